"""Reads a linker's map as GNU ld writes it: which pieces of which objects are in a program. Knows no operators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

KINDS = {
    "code": (".text", ".init ", ".fini ", ".plt"),
    "constants": (".rodata", ".srodata", ".lrodata"),
    "data": (".data", ".sdata", ".tdata", ".got", ".init_array", ".fini_array", ".preinit_array", ".tm_clone"),
    "zeroed": (".bss", ".sbss", ".tbss", ".noinit", ".heap", ".stack", "COMMON"),
    "": (".debug", ".comment", ".ARM.attributes", ".riscv.", ".note.GNU-stack", "/DISCARD/", ".gnu_debug"),
}
"""By what a section's name begins with. What has no kind is in no file and no memory; all others are tables, of the
linker or for unwinding."""
TABLES = "tables"

_WRAPPED = re.compile(r"^( ?[.\w]\S*)\n +0x", re.MULTILINE)
"""A long name stands on a line of its own."""
_SECTION = re.compile(r"([./\w]\S*) +0x[0-9a-f]+ +(0x[0-9a-f]+)")
_PIECE = re.compile(r" ([.\w]\S*) +0x[0-9a-f]+ +(0x[0-9a-f]+) (\S.*)$")
_MIDDLE = ("startup.", "unlikely.", "hot.", "exit.", "rel.ro.local.", "rel.ro.", "rel.local.", "rel.", "cold.")
"""What stands between a section's kind and the symbol."""
_MERGED = re.compile(r"(str|cst)[\d.]+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an object that is in a program."""

    kind: str
    symbol: str
    """As the linker knows it; empty if the piece is not one symbol's."""
    object: str
    """Its path; a member of an archive is `lib.a(object)`. Empty: what the linker put between pieces."""
    nbytes: int


def read_map(text: str) -> tuple[Piece, ...]:
    """Return what lies in a program."""
    return tuple(piece for piece in _pieces(text) if piece.nbytes > 0 and piece.kind)


def _pieces(text: str) -> Iterator[Piece]:
    placed = text.partition("Linker script and memory map")[2]
    section, left = "", 0
    for line in _WRAPPED.sub(r"\1 0x", placed).splitlines():
        if found := _SECTION.match(line):
            yield Piece(_kind(section), "", "", left)
            section, left = found[1], int(found[2], 16)
        elif found := _PIECE.match(line):
            # What is merged, or shrinks when it is linked, is told with its size before that.
            nbytes = min(int(found[2], 16), left)
            kind = _kind(section)
            yield Piece(kind, "" if kind == TABLES else _symbol(found[1]), found[3], nbytes)
            left -= nbytes
    yield Piece(_kind(section), "", "", left)


def _kind(section: str) -> str:
    name = f"{section} "
    return next((kind for kind, starts in KINDS.items() if name.startswith(starts)), TABLES)


def _symbol(section: str) -> str:
    """Return the symbol that a section was made for, such as that of `.text._ZN1fEv`; `.rodata.str1.1` has none."""
    words = section.split(".", 2)
    symbol = words[2] if len(words) > 2 else ""
    for middle in _MIDDLE:
        symbol = symbol.removeprefix(middle)
    return "" if _MERGED.match(symbol) or f"{symbol}." in _MIDDLE or symbol in ("plt", "sec") else symbol
