"""The core schema of an Attrs: what pydantic makes of the same annotations, without importing pydantic for it.

A type that is not among those below is handed to pydantic itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen, names_of
from etbuild.model.markers import AsWritten, Checker, Converted, Limits, flat
from etbuild.model.validator import SchemaValidator

if TYPE_CHECKING:
    from etbuild.model.attrs import Attrs

CoreSchema = dict[str, Any]
REQUIRED = object()
"""The default of an attribute that must be given."""
_LIMITS = names_of(Limits)


@frozen
class Attribute:
    """A field of an Attrs."""

    name: str
    kind: Any
    """Its whole type, with all markers."""
    default: Any = REQUIRED
    """An AsWritten where it is checked too."""


_ATTRIBUTES: dict[type[Attrs], Mapping[str, Attribute]] = {}
_VALIDATORS: dict[type[Attrs], SchemaValidator] = {}


def attributes_of(schema: type[Attrs]) -> Mapping[str, Attribute]:
    """Return the attributes of a schema by name: its bases' first."""
    if schema not in _ATTRIBUTES:
        with _diagnosed(schema):
            hints = get_type_hints(schema, include_extras=True).items()
        kinds = {name: kind for name, kind in hints if not name.startswith("__")}
        _ATTRIBUTES[schema] = {
            name: Attribute(name, kind, getattr(schema, name, REQUIRED)) for name, kind in kinds.items()
        }
    return _ATTRIBUTES[schema]


def validator_of(schema: type[Attrs]) -> SchemaValidator:
    """Return what checks tables against a schema."""
    if schema not in _VALIDATORS:
        with _diagnosed(schema):
            core: Any = core_schema_of(schema)
            _VALIDATORS[schema] = SchemaValidator(core)
    return _VALIDATORS[schema]


@contextmanager
def _diagnosed(schema: type[Attrs]) -> Iterator[None]:
    """Tell who wrote a schema what is wrong with it. Raises EtbuildError."""
    try:
        yield
    except EtbuildError:
        raise
    except Exception as error:  # An annotation is code: it may raise anything.
        name = f"{schema.__module__}.{schema.__qualname__}"
        message = f"the annotations of {name} must be types that can be checked, are not: {error}"
        raise EtbuildError(Diagnostic("bad-family", message)) from error


def core_schema_of(kind: Any) -> CoreSchema:
    """Return the core schema of a type, markers and all."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _marked(*arguments)
    if origin in (Union, UnionType):
        return _union(arguments)
    if origin is Literal:
        return {"type": "literal", "expected": list(arguments)}
    if origin is tuple or origin in (dict, Mapping):
        return _collection(origin, arguments)
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    return _table(kind) if hasattr(kind, "__attrs_checks__") else _pydantics(kind)


def _collection(origin: Any, arguments: tuple[Any, ...]) -> CoreSchema:
    parts = [core_schema_of(each) for each in arguments if each is not ...]
    if origin is not tuple:
        return {"type": "dict", "keys_schema": parts[0], "values_schema": parts[1]}
    many = {"variadic_item_index": 0} if arguments[1:] == (...,) else {}
    return {"type": "tuple", "items_schema": parts, **many}


_PLAIN: Mapping[Any, str] = {bool: "bool", int: "int", float: "float", str: "str", NoneType: "none", Any: "any"}


def _union(members: tuple[Any, ...]) -> CoreSchema:
    others = [core_schema_of(member) for member in members if member is not NoneType]
    schema = others[0] if len(others) == 1 else {"type": "union", "choices": others}
    return {"type": "nullable", "schema": schema} if NoneType in members else schema


def _marked(kind: Any, *markers: Any) -> CoreSchema:
    """Return the schema of a type with markers: ours, and pydantic's own where they set limits."""
    alone = [marker for marker in markers if isinstance(marker, Checker)]
    schema = _checked(alone[0]) if alone else core_schema_of(kind)
    for marker in flat(markers):
        found = {name: limit for name in _LIMITS if (limit := getattr(marker, name, None)) is not None}
        if isinstance(marker, Converted):
            schema = _converted(schema, marker)
        elif found and not isinstance(marker, type):
            schema = _limited(schema, found)
        elif type(marker).__module__.startswith("pydantic."):
            raise TypeError(f"of pydantic's markers only limits are understood, here is a {type(marker).__name__}")
    return schema


def _checked(marker: Checker) -> CoreSchema:
    return {"type": "function-plain", "function": _function(marker.function), "metadata": {**marker.json}}


def _limited(schema: CoreSchema, found: CoreSchema) -> CoreSchema:
    if "schema" in schema:
        return {**schema, "schema": _limited(schema["schema"], found)}
    return {**schema, **found}


def _converted(schema: CoreSchema, marker: Converted) -> CoreSchema:
    made = {"type": f"function-{marker.when}", "function": _function(marker.function), "schema": schema}
    return made | ({"json_schema_input_schema": core_schema_of(marker.takes)} if marker.takes is not None else {})


def _function(function: Any) -> CoreSchema:
    """Return a function as core schemas have it: one with a second parameter is told of the validation."""
    return {"type": "with-info" if function.__code__.co_argcount == 2 else "no-info", "function": function}


def _table(schema: type[Attrs]) -> CoreSchema:
    fields = {each.name: {"type": "model-field", "schema": _field(each)} for each in attributes_of(schema).values()}
    inner: CoreSchema = {"type": "model-fields", "fields": fields, "model_name": schema.__name__}
    checks = schema.__attrs_checks__
    for each in checks:
        inner = _converted(inner, each) if each.when == "before" else inner
    config = {"extra_fields_behavior": "forbid", "strict": True, "title": schema.__name__}
    made: CoreSchema = {"type": "model", "cls": schema, "schema": inner, "config": config}
    for each in checks:
        made = _converted(made, each) if each.when == "after" else made
    return made


def _field(attribute: Attribute) -> CoreSchema:
    schema, default = core_schema_of(attribute.kind), attribute.default
    if default is REQUIRED:
        return schema
    if isinstance(default, AsWritten):
        return {"type": "default", "schema": schema, "default": default.value, "validate_default": True}
    return {"type": "default", "schema": schema, "default": default}


def _pydantics(kind: Any) -> CoreSchema:
    from pydantic import ConfigDict, TypeAdapter  # noqa: PLC0415 - only for types of which nothing is known here.

    # A model of pydantic's has its own configuration.
    config = None if hasattr(kind, "model_fields") else ConfigDict(strict=True)
    made: Any = TypeAdapter(kind, config=config).core_schema
    return dict(made)
