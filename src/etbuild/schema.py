"""JSON Schemas of BUILD.toml and WORKSPACE, for editors, made of the rules' own schemas. Knows no target."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import model_json_schema

from etbuild.attribute_docs import describe
from etbuild.loading.common_attributes import CommonAttrs, PackageAttrs
from etbuild.loading.workspace import WorkspaceAttrs
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
    return {"$schema": _DIALECT, **_of(WorkspaceAttrs, "workspace", {}, keep_required=True)[0]}


def build_schema(workspace: Workspace) -> Schema:
    """Return the JSON Schema of the BUILD.toml files of a workspace: of the rules of its families."""
    defs = dict(_SHARED)
    properties = {"package": _of(PackageAttrs, "package", defs)[0]}
    for family in workspace.families:
        for rule in family.rules:
            target = _target(rule, defs)
            properties[rule.name] = {
                "description": rule.doc,
                "type": "object",
                "additionalProperties": target,
            }
    return {
        "$schema": _DIALECT,
        "title": "BUILD.toml",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": defs,
    }


def _target(rule: Rule[Any], defs: Schema) -> Schema:
    schema, plain = _of(rule.attrs, rule.name, defs)
    common, _ = _of(CommonAttrs, "common", defs)
    chosen = {name: {"anyOf": [_with_parts(value), _SELECT]} for name, value in plain.items()}
    for name, value in plain.items():
        if "description" in value:
            chosen[name]["description"] = value["description"]
    matrix = {"matrix": {"$ref": "#/$defs/matrix"}}
    return {**schema, "properties": {**matrix, **common["properties"], **chosen}}


def _of(model: type[BaseModel], name: str, defs: Schema, *, keep_required: bool = False) -> tuple[Schema, Schema]:
    """Return a model's schema and its properties; the schemas that it refers to are put into `defs`."""
    schema = model_json_schema(describe(model), ref_template=f"#/$defs/{name}.{{model}}")
    parts = {f"{name}.{part}": _cleaned(value) for part, value in schema.pop("$defs", {}).items()}
    defs.update(parts)
    schema = _cleaned(schema)
    if not keep_required:
        schema.pop("required", None)  # [package] defaults or a matrix may give it.
    elif parts:
        schema["$defs"] = parts
    return schema, schema["properties"]


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
