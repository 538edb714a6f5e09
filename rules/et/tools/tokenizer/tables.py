"""Collects the tables of a flat file, each thing once; knows nothing of tokenizers or of bytes on disk."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T", bound=Hashable)

Ranges = tuple[tuple[int, int], ...]
"""Code points, as sorted, disjoint, inclusive ranges."""

Instruction = tuple[int, int, int, int]
"""An operation and its operands; `patterns` says which there are."""

MapEntry = tuple[int, int, int, int, int]
"""First and last code point, what happens to them, and the place and length of the string that it happens with."""

STRING, AROUND = 0, 1
"""What a map does with a code point: put a string for it, or put a string on both sides of it."""


@dataclass(slots=True)
class Tables:
    """Tables that operations refer to by index."""

    strings: bytearray = field(default_factory=bytearray)
    sets: list[Ranges] = field(default_factory=list)
    programs: list[tuple[Instruction, ...]] = field(default_factory=list)
    maps: list[tuple[MapEntry, ...]] = field(default_factory=list)
    classes: tuple[tuple[int, int, int], ...] = ()
    """Canonical combining classes: first and last code point, and their class."""
    compositions: tuple[tuple[int, int, int], ...] = ()
    """Canonical compositions: first, second, and what they become."""
    _places: dict[bytes, int] = field(default_factory=dict)

    def string(self, text: str | bytes) -> tuple[int, int]:
        """Return the place and length of a string."""
        content = text.encode() if isinstance(text, str) else text
        place = self._places.get(content)
        if place is None:
            place = self._places[content] = len(self.strings)
            self.strings += content
        return place, len(content)

    def set_of(self, ranges: Iterable[tuple[int, int]]) -> int:
        """Return the index of a set of code points."""
        return _once(self.sets, tuple(ranges))

    def program(self, instructions: Sequence[Instruction]) -> int:
        """Return the index of a pattern's program."""
        return _once(self.programs, tuple(instructions))

    def map_of(self, mapping: dict[int, str]) -> int:
        """Return the index of a map from code points to strings; what is not in it stays."""
        entries: list[MapEntry] = []
        for code_point, target in sorted(mapping.items()):
            change = self._change(code_point, target)
            if entries and entries[-1][1] == code_point - 1 and entries[-1][2:] == change:
                entries[-1] = (entries[-1][0], code_point, *change)
            else:
                entries.append((code_point, code_point, *change))
        return _once(self.maps, tuple(entries))

    def _change(self, code_point: int, target: str) -> tuple[int, int, int]:
        before, found, after = target.partition(chr(code_point))
        if found and before == after:
            return (AROUND, *self.string(before))
        return (STRING, *self.string(target))


def _once(table: list[T], value: T) -> int:
    if value not in table:
        table.append(value)
    return table.index(value)
