"""Reads a linker's map as GNU ld writes it: which pieces of which objects are in a program, and in which memories.

Knows no operators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

KINDS = {
    "code": (".text", ".init ", ".fini ", ".plt"),
    "constants": (".rodata", ".srodata", ".lrodata"),
    "data": (".data", ".sdata", ".tdata", ".got", ".init_array", ".fini_array", ".preinit_array", ".tm_clone", ".hot."),
    "zeroed": (".bss", ".sbss", ".tbss", ".noinit", ".heap", ".stack", "COMMON"),
    "": (".debug", ".comment", ".ARM.attributes", ".riscv.", ".note.GNU-stack", "/DISCARD/", ".gnu_debug"),
}
"""By what a section's name begins with. What has no kind is in no file and no memory; all others are tables, of the
linker or for unwinding."""
TABLES = "tables"

_WRAPPED = re.compile(r"^( ?[.\w]\S*)\n +0x", re.MULTILINE)
"""A long name stands on a line of its own."""
_SECTION = re.compile(r"([./\w]\S*) +(0x[0-9a-f]+) +(0x[0-9a-f]+)(?: load address (0x[0-9a-f]+))?")
_PIECE = re.compile(r" ([.\w]\S*) +(0x[0-9a-f]+) +(0x[0-9a-f]+) (\S.*)$")
_REGION = re.compile(r"^(\w+) +(0x[0-9a-f]+) +(0x[0-9a-f]+) +(\w+)$", re.MULTILINE)
_EMPTY = re.compile(r"bss|noinit|heap|stack")
"""Sections that nothing is loaded for, whatever load address a map gives them."""
_MIDDLE = ("startup.", "unlikely.", "hot.", "exit.", "rel.ro.local.", "rel.ro.", "rel.local.", "rel.", "cold.")
"""What stands between a section's kind and the symbol."""
_MERGED = re.compile(r"(str|cst)[\d.]+$")


@dataclass(frozen=True, slots=True)
class Region:
    """A memory of the processor."""

    name: str
    origin: int
    nbytes: int
    writable: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an object that is in a program."""

    kind: str
    symbol: str
    """As the linker knows it; empty if the piece is not one symbol's."""
    object: str
    """Its path; a member of an archive is `lib.a(object)`. Empty: what the linker put between pieces."""
    nbytes: int
    address: int = field(default=0, compare=False)
    section: str = field(default="", compare=False)
    memories: tuple[str, ...] = field(default=(), compare=False)
    """The regions that have it: of what is copied at the start both. None where regions have no names."""


def read_map(text: str) -> tuple[Piece, ...]:
    """Return what lies in a program."""
    return tuple(piece for piece in _pieces(text, read_regions(text)) if piece.nbytes > 0 and piece.kind)


def read_regions(text: str) -> tuple[Region, ...]:
    """Return the memories that the linker was told of."""
    head = text.partition("Memory Configuration")[2].partition("Linker script and memory map")[0]
    found = (Region(name, int(at, 16), int(size, 16), "w" in what) for name, at, size, what in _REGION.findall(head))
    return tuple(region for region in found if region.name != "default")


@dataclass
class _Section:
    """The section that is read: what is left of it are the gaps between its pieces."""

    name: str = ""
    memories: tuple[str, ...] = ()
    left: int = 0

    def take(self, symbol: str, owner: str, nbytes: int, address: int = 0) -> Piece:
        self.left -= nbytes
        return Piece(_kind(self.name), symbol, owner, nbytes, address, self.name, self.memories)


def _pieces(text: str, regions: Sequence[Region]) -> Iterator[Piece]:
    placed = text.partition("Linker script and memory map")[2]
    section = _Section()
    for line in _WRAPPED.sub(r"\1 0x", placed).splitlines():
        if found := _SECTION.match(line):
            yield section.take("", "", section.left)
            section = _Section(found[1], _memories(found, regions), int(found[3], 16))
        elif found := _PIECE.match(line):
            # What is merged, or shrinks when it is linked, is told with its size before that.
            nbytes = min(int(found[3], 16), section.left)
            symbol = "" if _kind(section.name) == TABLES else _symbol(found[1])
            yield section.take(symbol, found[4], nbytes, int(found[2], 16))
    yield section.take("", "", section.left)


def _memories(section: re.Match[str], regions: Sequence[Region]) -> tuple[str, ...]:
    address = int(section[2], 16)
    loaded = address if section[4] is None or _EMPTY.search(section[1]) else int(section[4], 16)
    places = dict.fromkeys((address, loaded))
    return tuple(r.name for at in places for r in regions if r.origin <= at < r.origin + r.nbytes)


def _kind(section: str) -> str:
    name = f"{section} "
    return next((kind for kind, starts in KINDS.items() if name.startswith(starts)), TABLES)


def _symbol(section: str) -> str:
    """Return the symbol that a section was made for, such as that of `.text._ZN1fEv`; `.rodata.str1.1` has none.

    What has a memory of its own stands behind that memory's name.
    """
    words = section.split(".", 2)
    symbol = words[2] if len(words) > 2 else ""
    if section.startswith(".hot."):
        return symbol.partition(".")[2]
    if symbol.startswith("tier."):
        return ""
    for middle in _MIDDLE:
        symbol = symbol.removeprefix(middle)
    return "" if _MERGED.match(symbol) or f"{symbol}." in _MIDDLE or symbol in ("plt", "sec") else symbol
