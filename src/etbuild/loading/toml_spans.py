"""Finds where each key and element of a TOML text stands. Knows nothing of what they mean; the text must be valid."""

from __future__ import annotations

import re

import tomli

from etbuild.model.frozen import frozen

TomlPath = tuple[str | int, ...]
"""Keys and indices from the document's root, such as ("pte", "llama", "deps", 1)."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[^\s=.\]\[{},\"'#]+")
_BASIC = re.compile(r'"(?:[^"\\]|\\.)*"')
_LITERAL = re.compile(r"'[^']*'")
_LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?""""{0,2}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''.*?''''{0,2}", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\n#]*[^,\]}\n#\s]")


@frozen
class Place:
    """Offsets into a text: of a key, and of its value. They are the same for an element, and for a table's header."""

    key_start: int
    key_end: int
    start: int
    end: int
    header: tuple[str, ...] = ()
    """The header's own keys, where the table has one."""


def find_places(text: str) -> dict[TomlPath, Place]:
    """Return the place of every key and element of a valid TOML `text` whose line ends are newlines."""
    walker = _Walker(text)
    walker.document()
    return walker.places


class _Walker:
    """One pass over a text; `at` is the offset of what comes next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[TomlPath, Place] = {}
        self.lengths: dict[TomlPath, int] = {}

    def document(self) -> None:
        table: TomlPath = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BLANK)

    def header(self) -> TomlPath:
        """Read [a.b] or [[a.b]]; return the path of the table that it opens."""
        start = self.at
        brackets = 2 if self.text.startswith("[[", start) else 1
        self.at += brackets
        keys = tuple(key for key, _, _ in self.keys())
        self.at += brackets
        path: TomlPath = ()
        for depth, key in enumerate(keys, 1):
            path = (*path, key)
            self.places.setdefault(path, Place(start, self.at, start, self.at))
            if depth == len(keys) and brackets == 2:
                self.lengths[path] = self.lengths.get(path, 0) + 1
            if path in self.lengths:
                # A header that goes through an array of tables means its last table.
                path = (*path, self.lengths[path] - 1)
        self.places[path] = Place(start, self.at, start, self.at, keys)
        return path

    def pair(self, table: TomlPath) -> None:
        keys = self.keys()
        self.at += 1
        self.skip(_SPACE)
        first, last = keys[0][1], keys[-1][2]
        start = self.at
        path = (*table, *(key for key, _, _ in keys))
        self.value(path)
        for count in range(1, len(keys)):
            self.places.setdefault(path[: len(table) + count], Place(first, last, start, self.at))
        self.places[path] = Place(first, last, start, self.at)

    def keys(self) -> list[tuple[str, int, int]]:
        """Read a dotted key; return each part with its start and end."""
        found: list[tuple[str, int, int]] = []
        while True:
            self.skip(_SPACE)
            start = self.at
            quoted = self.text[start] in "\"'"
            self.skip((_BASIC if self.text[start] == '"' else _LITERAL) if quoted else _BARE_KEY)
            token = self.text[start : self.at]
            found.append((_unquoted(token) if quoted else token, start, self.at))
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return found
            self.at += 1

    def value(self, path: TomlPath) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        elif opening == '"':
            self.skip(_LONG_BASIC if self.text.startswith('"""', self.at) else _BASIC)
        elif opening == "'":
            self.skip(_LONG_LITERAL if self.text.startswith("'''", self.at) else _LITERAL)
        else:
            self.skip(_SCALAR)

    def array(self, path: TomlPath) -> None:
        index = 0
        while self.next_is_not("]"):
            start = self.at
            self.value((*path, index))
            self.places[(*path, index)] = Place(start, self.at, start, self.at)
            index += 1

    def inline_table(self, path: TomlPath) -> None:
        while self.next_is_not("}"):
            self.pair(path)

    def next_is_not(self, closing: str) -> bool:
        """Step over an opening bracket or a comma; tell whether something comes before `closing`."""
        if self.text[self.at] in "[{,":
            self.at += 1
        self.skip(_BLANK)
        if self.text[self.at] == ",":
            return self.next_is_not(closing)
        if self.text[self.at] == closing:
            self.at += 1
            return False
        return True

    def skip(self, token: re.Pattern[str]) -> None:
        match = token.match(self.text, self.at)
        assert match is not None, f"no {token.pattern} at offset {self.at}"  # noqa: S101 - tomli took the text.
        self.at = match.end()


def _unquoted(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    key: str = tomli.loads(f"x = {token}")["x"]
    return key
