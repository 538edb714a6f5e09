"""JSON Schemas of BUILD.toml and WORKSPACE, for editors, made of the rules' own schemas. Knows no target."""

from __future__ import annotations

import inspect
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from etbuild.attribute_docs import describe
from etbuild.loading.common_attributes import CommonAttrs, PackageAttrs
from etbuild.loading.workspace import WorkspaceAttrs
from etbuild.model.attrs import Attrs, as_tables
from etbuild.model.attrs_schema import core_schema_of
from etbuild.model.rule import Rule
from etbuild.model.workspace import Workspace

Schema = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SELECT = {"$ref": "#/$defs/select"}
_GLOB = {"$ref": "#/$defs/glob"}
_SHARED: Schema = {
    "select": {
        "description": "A value by constraint values or platforms; `default` where none of them holds.",
        "type": "object",
        "properties": {"select": {"type": "object"}},
        "required": ["select"],
        "additionalProperties": False,
    },
    "glob": {
        "description": "The package's files that match.",
        "type": "object",
        "properties": {name: {"type": "array", "items": {"type": "string"}} for name in ("glob", "exclude")},
        "required": ["glob"],
        "additionalProperties": False,
    },
    "matrix": {
        "description": "A target for each combination of values: lists by attribute, `name` with {attribute} in it.",
        "type": "object",
        "properties": {"name": {"type": "string"}, "exclude": {"type": "array", "items": {"type": "object"}}},
        "required": ["name"],
        "additionalProperties": {"type": "array"},
    },
}


def workspace_schema() -> Schema:
    """Return the JSON Schema of WORKSPACE."""
    return {"$schema": _DIALECT, **_of(WorkspaceAttrs, keep_required=True)}


def build_schema(workspace: Workspace) -> Schema:
    """Return the JSON Schema of the BUILD.toml files of a workspace: of the rules of its families."""
    properties = {"package": _of(PackageAttrs)}
    common = _of(CommonAttrs)["properties"]
    for family in workspace.families:
        for rule in family.rules:
            properties[rule.name] = {
                "description": rule.doc,
                "type": "object",
                "additionalProperties": _target(rule, common),
            }
    return {
        "$schema": _DIALECT,
        "title": "BUILD.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": _SHARED,
    }


def _target(rule: Rule[Any], common: Schema) -> Schema:
    schema = _of(rule.attrs)
    plain = schema["properties"]
    chosen = {name: {"anyOf": [_with_parts(value), _SELECT]} for name, value in plain.items()}
    for name, value in plain.items():
        if "description" in value:
            chosen[name]["description"] = value["description"]
    matrix = {"matrix": {"$ref": "#/$defs/matrix"}}
    return {**schema, "properties": {**matrix, **common, **chosen}}


def _of(schema: type[Attrs], *, keep_required: bool = False) -> Schema:
    """Return an Attrs' JSON Schema."""
    core: Any = core_schema_of(schema)
    found: Schema = _cleaned(_Generator().generate(core))
    if not keep_required:
        found.pop("required", None)  # [package] defaults or a matrix may give it.
    return found


class _Generator(GenerateJsonSchema):
    """Makes JSON Schemas of the core schemas of Attrs: what pydantic's models say of themselves is told here."""

    def model_schema(self, schema: Any) -> Schema:
        """Return the schema of a table, with the docstrings of its attributes."""
        made = self.generate_inner(schema["schema"])
        for name, text in describe(schema["cls"]).items():
            made["properties"][name]["description"] = text
        about = schema["cls"].__doc__
        return {**made, **({"description": inspect.cleandoc(about)} if about else {}), "additionalProperties": False}

    def encode_default(self, dft: Any) -> Any:
        """Return a default as BUILD.toml has it."""
        return as_tables(dft, defaults=False)

    def function_plain_schema(self, schema: Any) -> Schema:
        """Return the schema of a Checker."""
        return dict(schema["metadata"])


def _cleaned(value: Any) -> Any:
    """Return a schema without what editors show to nobody's use, and without null, which TOML has not."""
    if isinstance(value, list):
        return [_cleaned(element) for element in value if element != {"type": "null"}]
    if not isinstance(value, dict):
        return value
    keep = {key: part for key, part in value.items() if not (key == "title" and isinstance(part, str))}
    cleaned = {key: _cleaned(part) for key, part in keep.items() if not (key == "default" and part is None)}
    if isinstance(cleaned.get("anyOf"), list) and len(cleaned["anyOf"]) == 1:
        [only] = cleaned.pop("anyOf")
        cleaned = {**only, **cleaned}
    return cleaned


def _with_parts(value: Schema) -> Schema:
    """Return a list's schema that takes selects among its elements, and globs where those are texts."""
    value = {key: part for key, part in value.items() if key != "description"}
    if value.get("type") != "array" or not isinstance(value.get("items"), dict):
        return value
    extra = [_SELECT, _GLOB] if value["items"].get("type") == "string" else [_SELECT]
    whole = {**value, "items": {"anyOf": [value["items"], *extra]}}
    return {"anyOf": [whole, _GLOB]} if _GLOB in extra else whole
