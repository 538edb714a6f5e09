"""Reads the text of a .fbs file; what it does not know is a SchemaError with file and line. Knows no C++."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath

from schema import FIRST_SLOT, SCALARS, Enum, Field, Schema, SchemaError, Table, Union

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>"[^"\n]*")|(?P<word>[A-Za-z_][\w.]*)|(?P<number>-?\d+(?:\.\d+)?)|(?P<mark>[{}()\[\]:;,=])""",
    re.DOTALL,
)
KNOWN_ATTRIBUTES = frozenset({"force_align", "required"})


def parse_schema(text: str, file: str, included: Mapping[str, Schema]) -> Schema:
    """Return what `text` declares; `included` has the files that it may include, by name."""
    return _Parser(text, file, included).schema()


class _Parser:
    def __init__(self, text: str, file: str, included: Mapping[str, Schema]) -> None:
        self._file = file
        self._included = included
        self._tokens = list(self._split(text))
        self._at = 0
        self._namespace = self._identifier = self._root = ""
        self._includes: list[str] = []
        self._enums: list[Enum] = []
        self._unions: list[Union] = []
        self._tables: list[tuple[str, list[_RawField]]] = []

    def _split(self, text: str) -> list[tuple[str, int]]:
        tokens = []
        position = 0
        while position < len(text):
            line = text.count("\n", 0, position) + 1
            match = TOKEN.match(text, position)
            if match is None:
                raise SchemaError(f"{self._file}:{line}: {text[position]!r} is not known")
            if match.lastgroup != "space":
                tokens.append((match.group(), line))
            position = match.end()
        return tokens

    def schema(self) -> Schema:
        declarations: dict[str, Callable[[], None]] = {
            "include": self._include,
            "namespace": self._read_namespace,
            "file_identifier": self._read_identifier,
            "file_extension": self._read_extension,
            "root_type": self._read_root,
            "enum": self._enum,
            "union": self._union,
            "table": self._table,
        }
        while self._at < len(self._tokens):
            word = self._next()
            if word not in declarations:
                raise self._wrong(f"a declaration must be one of {', '.join(declarations)}, is {word!r}")
            declarations[word]()
        return self._resolved()

    def _next(self) -> str:
        if self._at == len(self._tokens):
            raise SchemaError(f"{self._file}: ends in the middle of a declaration")
        self._at += 1
        return self._tokens[self._at - 1][0]

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _wrong(self, message: str) -> SchemaError:
        return SchemaError(f"{self._file}:{self._tokens[self._at - 1][1]}: {message}")

    def _expect(self, mark: str) -> None:
        found = self._next()
        if found != mark:
            raise self._wrong(f"must be {mark!r}, is {found!r}")

    def _accept(self, mark: str) -> bool:
        found = self._peek() == mark
        self._at += found
        return found

    def _word(self) -> str:
        word = self._next()
        if not re.fullmatch(r"[A-Za-z_][\w.]*", word):
            raise self._wrong(f"must be a name, is {word!r}")
        return word

    def _statement(self) -> str:
        word = self._next().strip('"')
        self._expect(";")
        return word

    def _include(self) -> None:
        name = self._statement()
        if PurePath(name).name not in self._included:
            raise self._wrong(f"{name!r} is included, but not among the files that were given before")
        schema = self._included[PurePath(name).name]
        self._includes.append(schema.file)
        self._enums += schema.enums

    def _read_namespace(self) -> None:
        self._namespace = self._statement()

    def _read_identifier(self) -> None:
        self._identifier = self._statement()

    def _read_extension(self) -> None:
        self._statement()

    def _read_root(self) -> None:
        self._root = self._statement()

    def _enum(self) -> None:
        name = self._word()
        self._expect(":")
        underlying = self._word()
        if underlying not in SCALARS:
            raise self._wrong(f"an enum's type must be a whole number's, is {underlying!r}")
        values: list[tuple[str, int]] = []
        self._expect("{")
        while not self._accept("}"):
            value = self._word()
            number = int(self._next()) if self._accept("=") else (values[-1][1] + 1 if values else 0)
            values.append((value, number))
            if not self._accept(",") and self._peek() != "}":
                raise self._wrong(f"a value must be followed by ',' or '}}', is by {self._peek()!r}")
        self._enums.append(Enum(self._file, self._namespace, name, underlying, tuple(values)))

    def _union(self) -> None:
        name = self._word()
        members = []
        self._expect("{")
        while not self._accept("}"):
            members.append(self._word())
            if not self._accept(",") and self._peek() != "}":
                raise self._wrong(f"a member must be followed by ',' or '}}', is by {self._peek()!r}")
        self._unions.append(Union(name, tuple(members)))

    def _table(self) -> None:
        name = self._word()
        fields: list[_RawField] = []
        self._expect("{")
        while not self._accept("}"):
            fields.append(self._field())
        self._tables.append((name, fields))

    def _field(self) -> _RawField:
        name = self._word()
        self._expect(":")
        is_vector = self._accept("[")
        kind = self._word()
        if is_vector:
            self._expect("]")
        line = self._tokens[self._at - 1][1]
        default = self._next() if self._accept("=") else ""
        attributes = self._attributes() if self._accept("(") else frozenset()
        self._expect(";")
        return _RawField(name, kind, is_vector, default, "required" in attributes, line)

    def _attributes(self) -> frozenset[str]:
        names = set()
        while True:
            name = self._word()
            if name not in KNOWN_ATTRIBUTES:
                raise self._wrong(f"an attribute must be one of {', '.join(sorted(KNOWN_ATTRIBUTES))}, is {name!r}")
            names.add(name)
            if self._accept(":"):
                self._next()
            if self._accept(")"):
                return frozenset(names)
            self._expect(",")

    def _resolved(self) -> Schema:
        unions = {union.name for union in self._unions}
        tables = tuple(Table(name, _placed(fields, unions)) for name, fields in self._tables)
        schema = Schema(
            self._file,
            self._namespace,
            self._identifier,
            self._root,
            tuple(self._includes),
            tuple(self._enums),
            tuple(self._unions),
            tables,
        )
        self._check(schema)
        return schema

    def _check(self, schema: Schema) -> None:
        """See that each type is declared; a vector of unions or vectors is not known."""
        for raw in (raw for _, fields in self._tables for raw in fields):
            known = schema.scalar(raw.type) or schema.table(raw.type) or raw.type == Schema.STRING
            if not known and (raw.is_vector or not schema.union(raw.type)):
                shown = f"[{raw.type}]" if raw.is_vector else raw.type
                raise SchemaError(f"{self._file}:{raw.line}: the type {shown!r} is not known")
        names = [
            *(member for union in schema.unions for member in union.members),
            *([schema.root] if schema.root else []),
        ]
        for name in names:
            if not schema.table(name):
                raise SchemaError(f"{self._file}: {name!r} must be a table of this file")


class _RawField:
    """A field as written, without its slot."""

    __slots__ = ("default", "is_vector", "line", "name", "required", "type")

    def __init__(self, name: str, kind: str, is_vector: bool, default: str, required: bool, line: int) -> None:
        self.name, self.type, self.is_vector = name, kind, is_vector
        self.default, self.required, self.line = default, required, line


def _placed(fields: list[_RawField], unions: set[str]) -> tuple[Field, ...]:
    """Give each field its slot: a union takes two, its type's and its value's."""
    placed = []
    slot = FIRST_SLOT
    for raw in fields:
        if raw.type in unions:
            slot += 2
        placed.append(Field(raw.name, raw.type, raw.is_vector, raw.default, raw.required, slot))
        slot += 2
    return tuple(placed)
