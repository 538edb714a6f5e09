"""Writes the constexpr tables that drive verify.cpp over files of one schema; knows what must be present."""

from __future__ import annotations

from collections.abc import Sequence

from accessor_header import NOTICE
from schema import Field, Schema, SchemaError, Table

REQUIRED = frozenset({("EValue", "val"), ("Instruction", "instr_args"), ("BackendDelegate", "processed")})
"""Tables and unions without which nothing can be made of the table that they are in. Of these unions none is NONE; any
union's value is there if its type says so."""

LARGEST = 255
"""Fields, tables and members are numbered by bytes."""


def tables_name(header: str) -> str:
    """Return the name of the header with the tables that belong to the accessors in `header`."""
    return header.replace(".h", "_tables.h")


def verifier_tables(schema: Schema) -> str:
    """Return the text of the header with the tables."""
    members: list[int] = []
    first = [0]
    fields: list[str] = []
    for table in schema.tables:
        for field in table.fields:
            fields += _rules(schema, table, field, members)
        first.append(len(fields))
    if max(len(fields), len(schema.tables), len(members)) > LARGEST:
        raise SchemaError(f"{schema.file}: there may be {LARGEST} fields, tables and members of unions")
    namespace = f"{schema.namespace}::verification"
    return f"""{NOTICE.format(file=schema.file)}

#pragma once

#include "verify.h"

namespace {namespace} {{

using Kind = ::executorch::runtime::internal::FieldKind;

// Of all tables' fields, in the sequence of their slots: kind, and the table, width or union that it leads to.
constexpr ::executorch::runtime::internal::FieldRule kFields[] = {{
{"".join(f"    {rule},{chr(10)}" for rule in fields)}}};

// Where each table's fields start in kFields; the last is their end.
constexpr uint8_t kFirstFields[] = {{{_numbers(first)}}};

// For each union: how many members, and which tables they are.
constexpr uint8_t kUnionMembers[] = {{{_numbers(members or [0])}}};

constexpr ::executorch::runtime::internal::StructureRules kRules = {{
    kFields, kFirstFields, kUnionMembers, {_index(schema, schema.root)}, {{{_characters(schema.identifier)}}}}};

// The most references that can wait at once while a file is walked, whatever it holds.
constexpr size_t kPendingBound = {1 + _pending(schema, schema.root, ())};

}}  // namespace {namespace}
"""


def _rules(schema: Schema, table: Table, field: Field, members: list[int]) -> list[str]:
    """Return the rules of a field's slots: a union has two."""
    union = schema.union(field.type)
    kind, of = _kind(schema, field)
    if union:
        of = len(members)
        members += [len(union.members), *(_index(schema, member) for member in union.members)]
    required = field.required or (table.name, field.name) in REQUIRED
    rule = f"{{Kind::{kind}, {str(required).lower()}, {of}}}"
    return ["{Kind::kScalar, false, 0}", rule] if union else [rule]


def _kind(schema: Schema, field: Field) -> tuple[str, int]:
    """Return a field's FieldKind, and its width or the table that it leads to."""
    scalar = schema.scalar(field.type)
    if scalar:
        kind = "kBools" if field.is_vector and field.type == "bool" else "kScalars" if field.is_vector else "kScalar"
        return kind, scalar[1].bit_length() - 1
    if field.type == Schema.STRING:
        return "kStrings" if field.is_vector else "kString", 0
    if schema.union(field.type):
        return "kUnion", 0
    return "kTables" if field.is_vector else "kTable", _index(schema, field.type)


def _index(schema: Schema, name: str) -> int:
    return [table.name for table in schema.tables].index(name)


def _pending(schema: Schema, name: str, path: tuple[str, ...]) -> int:
    """Return how many references below a table can wait: its own, and those of the one that is followed first."""
    if name in path:
        raise SchemaError(f"{schema.file}: table {name!r} contains itself; the walk has no bound then")
    table = schema.table(name)
    children: list[Sequence[str]] = []
    for field in table.fields if table else ():
        union = schema.union(field.type)
        if union or schema.table(field.type):
            children.append(union.members if union else (field.type,))
    below = max((_pending(schema, child, (*path, name)) for group in children for child in group), default=0)
    return len(children) + below


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _characters(text: str) -> str:
    return ", ".join(f"'{character}'" for character in text)
