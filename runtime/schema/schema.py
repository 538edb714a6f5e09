"""What a .fbs file declares, as values; knows neither its text nor C++."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

SCALARS = {
    "bool": ("bool", 1),
    "byte": ("int8_t", 1),
    "int8": ("int8_t", 1),
    "ubyte": ("uint8_t", 1),
    "uint8": ("uint8_t", 1),
    "short": ("int16_t", 2),
    "int16": ("int16_t", 2),
    "ushort": ("uint16_t", 2),
    "uint16": ("uint16_t", 2),
    "int": ("int32_t", 4),
    "int32": ("int32_t", 4),
    "uint": ("uint32_t", 4),
    "uint32": ("uint32_t", 4),
    "float": ("float", 4),
    "float32": ("float", 4),
    "long": ("int64_t", 8),
    "int64": ("int64_t", 8),
    "ulong": ("uint64_t", 8),
    "uint64": ("uint64_t", 8),
    "double": ("double", 8),
    "float64": ("double", 8),
}
"""Scalar type of a schema → its type in C++ and its bytes."""

FIRST_SLOT = 4
"""Where in a vtable the first field's entry is; each takes two bytes."""


class SchemaError(Exception):
    """The schema says what this generator does not know; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Enum:
    """`enum Name : byte { A = 0 }`, declared in `file`."""

    file: str
    namespace: str
    name: str
    underlying: str
    values: tuple[tuple[str, int], ...]

    @property
    def cpp(self) -> str:
        """Return its full name in C++."""
        return f"::{self.namespace}::{self.name}"


@dataclass(frozen=True, slots=True)
class Union:
    """`union Name { Table, … }`: the first member has type 1, 0 is none."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table. `slot` is its value's; the type of a union is in the slot before it."""

    name: str
    type: str
    is_vector: bool
    default: str
    required: bool
    slot: int


@dataclass(frozen=True, slots=True)
class Table:
    """`table Name { field: type; … }`."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """One file. The enums of files that it includes are among `enums`, by full name."""

    file: str
    namespace: str
    identifier: str
    root: str
    includes: tuple[str, ...]
    enums: tuple[Enum, ...]
    unions: tuple[Union, ...]
    tables: tuple[Table, ...]

    STRING: ClassVar[str] = "string"

    def enum(self, name: str) -> Enum | None:
        """Return the enum that `name` means here."""
        full = name if "." in name else f"{self.namespace}.{name}"
        return next((enum for enum in self.enums if f"{enum.namespace}.{enum.name}" == full), None)

    def union(self, name: str) -> Union | None:
        """Return the union of that name."""
        return next((union for union in self.unions if union.name == name), None)

    def table(self, name: str) -> Table | None:
        """Return the table of that name."""
        return next((table for table in self.tables if table.name == name), None)

    def scalar(self, name: str) -> tuple[str, int] | None:
        """Return the C++ type and the bytes of a scalar or an enum, None for what is stored elsewhere."""
        enum = self.enum(name)
        return (enum.cpp, SCALARS[enum.underlying][1]) if enum else SCALARS.get(name)
