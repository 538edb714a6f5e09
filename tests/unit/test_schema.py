"""JSON Schemas for editors take what etbuild takes, as far as a schema can say it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomli

from etbuild.loading.workspace import load_workspace
from etbuild.schema import build_schema, workspace_schema

ROOT = Path(__file__).parents[2]
SCHEMA = build_schema(load_workspace(ROOT, ROOT))


def test_every_build_file_of_this_workspace_fits() -> None:
    files = [path for path in ROOT.rglob("BUILD.toml") if "etbuild-out" not in path.parts and "tests" not in path.parts]
    assert files
    for path in files:
        assert _misfits(tomli.loads(path.read_text()), SCHEMA, SCHEMA) == [], path


def test_the_workspace_file_fits() -> None:
    schema = workspace_schema()
    assert _misfits(tomli.loads((ROOT / "WORKSPACE").read_text()), schema, schema) == []


def test_what_cannot_be_does_not_fit() -> None:
    for text in (
        "[genrul.x]",
        '[genrule.x]\ncommand = "true"',
        "[genrule.x]\nouts = 1",
        "[genrule.x]\nsrcs = [1]",
        '[genrule.x]\ncmd = { selct = { default = "" } }',
        "[genrule.x]\nmanual = 1",
    ):
        assert _misfits(tomli.loads(text), SCHEMA, SCHEMA), text


def test_a_select_a_glob_and_a_size_fit() -> None:
    text = """
    [genrule.x]
    srcs = ["a", { glob = ["*.b"] }, { select = { default = "c" } }]
    cmd = { select = { "//toolchains/cpu:x86_64" = "a", default = "b" } }
    ram = "4GiB"
    """
    assert _misfits(tomli.loads(text), SCHEMA, SCHEMA) == []


def test_a_label_is_told_from_other_texts_and_has_its_docstring() -> None:
    attributes = SCHEMA["properties"]["pte"]["additionalProperties"]["properties"]
    assert attributes["model"]["anyOf"][0] == {"type": "string", "format": "label"}
    assert attributes["model"]["description"]
    assert "format" not in attributes["method"]["anyOf"][0]


_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def _misfits(value: Any, schema: Any, root: Any, place: str = "") -> list[str]:
    """Return the places in `value` that do not fit, by as much of JSON Schema as ours use."""
    if schema is True or schema == {}:
        return []
    if schema is False:
        return [place]
    if "$ref" in schema:
        return _misfits(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, place)
    if "anyOf" in schema:
        found = [_misfits(value, each, root, place) for each in schema["anyOf"]]
        return [] if [] in found else found[0]
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, _TYPES[k]) and (k == "boolean" or value is not True) for k in kinds):
        return [place]
    wrong = [place] if value not in schema.get("enum", [value]) or value != schema.get("const", value) else []
    if isinstance(value, list) and "items" in schema:
        wrong += [bad for i, each in enumerate(value) for bad in _misfits(each, schema["items"], root, f"{place}[{i}]")]
    if isinstance(value, dict):
        wrong += [name for name in schema.get("required", ()) if name not in value]
        for key, each in value.items():
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", True))
            wrong += _misfits(each, inner, root, f"{place}.{key}")
    return wrong
