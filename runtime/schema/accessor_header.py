"""Writes the C++ header that gives a schema's enums and tables their accessors; knows nothing of verification."""

from __future__ import annotations

from collections.abc import Iterator

from schema import SCALARS, Enum, Field, Schema, SchemaError, Table, Union

NOTICE = "// Generated from {file}: do not edit. Safe to call once the file has passed verify.h."


def header_name(file: str) -> str:
    """Return the name of the header for the schema in `file`."""
    stem = file.removesuffix(".fbs").removesuffix("_flatcc").removesuffix("_schema")
    return f"{stem}_schema.h"


def accessor_header(schema: Schema) -> str:
    """Return the header's text."""
    parts = [
        NOTICE.format(file=schema.file),
        "#pragma once",
        "\n".join(f'#include "{name}"' for name in ("flatbuffer.h", *map(header_name, schema.includes))),
        f"namespace {schema.namespace} {{",
        *(_enum(enum) for enum in schema.enums if enum.file == schema.file),
        *(_union_enum(union) for union in schema.unions),
        "\n".join(f"struct {table.name};" for table in schema.tables),
        *(_table(schema, table) for table in schema.tables),
        f"}}  // namespace {schema.namespace}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _enum(enum: Enum) -> str:
    values = "".join(f"  {name} = {number},\n" for name, number in enum.values)
    return f"enum class {enum.name} : {SCALARS[enum.underlying][0]} {{\n{values}}};"


def _union_enum(union: Union) -> str:
    values = "".join(f"  {name} = {number},\n" for number, name in enumerate(("NONE", *union.members)))
    return f"enum class {union.name} : uint8_t {{\n{values}}};"


def _table(schema: Schema, table: Table) -> str:
    lines = [line for field in table.fields for line in _accessors(schema, field)]
    slots = [f"static constexpr uint16_t slot_of_{field.name} = {field.slot};" for field in table.fields]
    body = "".join(f"  {line}\n" for line in (*lines, *slots))
    return f"struct {table.name} {{\n{body}}};" if body else f"struct {table.name} {{}};"


def _accessors(schema: Schema, field: Field) -> Iterator[str]:
    name, slot = field.name, field.slot
    scalar = schema.scalar(field.type)
    union = schema.union(field.type)
    if field.is_vector:
        element = scalar[0] if scalar else f"::flatbuffers::Offset<{_pointee(schema, field.type)}>"
        vector = f"::flatbuffers::Vector<{element}, uint32_t>"
        yield f"const {vector}* {name}() const {{"
        yield f"  return static_cast<const {vector}*>(::flatbuffers::target_or_empty(this, {slot}));"
        yield "}"
    elif scalar:
        read = f"::flatbuffers::read<{scalar[0]}>(this, {slot}, {_default(schema, field)})"
        yield f"{scalar[0]} {name}() const {{ return {read}; }}"
    elif field.type == Schema.STRING:
        yield f"const ::flatbuffers::String* {name}() const {{"
        yield f"  return static_cast<const ::flatbuffers::String*>(::flatbuffers::target_or_empty(this, {slot}));"
        yield "}"
    elif union:
        yield from _union_accessors(union, name, slot)
    else:
        pointee = _pointee(schema, field.type)
        yield f"const {pointee}* {name}() const {{"
        yield f"  return static_cast<const {pointee}*>(::flatbuffers::target(this, {slot}));"
        yield "}"


def _union_accessors(union: Union, name: str, slot: int) -> Iterator[str]:
    read = f"::flatbuffers::read<uint8_t>(this, {slot - 2}, 0)"
    yield f"{union.name} {name}_type() const {{ return static_cast<{union.name}>({read}); }}"
    yield f"const void* {name}() const {{ return ::flatbuffers::target(this, {slot}); }}"
    for member in union.members:
        yield f"const {member}* {name}_as_{member}() const {{"
        yield f"  return static_cast<const {member}*>({name}_type() == {union.name}::{member} ? {name}() : nullptr);"
        yield "}"


def _pointee(schema: Schema, name: str) -> str:
    return "::flatbuffers::String" if name == Schema.STRING else f"::{schema.namespace}::{name}"


def _default(schema: Schema, field: Field) -> str:
    enum = schema.enum(field.type)
    if enum is None:
        return field.default or ("false" if field.type == "bool" else "0")
    numbers = dict(enum.values)
    if not field.default:
        return f"static_cast<{enum.cpp}>(0)"
    if field.default not in numbers:
        raise SchemaError(
            f"{schema.file}: {field.default!r}, the default of {field.name!r}, is no value of {enum.name}"
        )
    return f"{enum.cpp}::{field.default}"
