"""Reads the symbols of programs and archives as `nm` lists them. Knows no operators.

What is optimized when it is linked comes from one object: there a map has pieces, and only symbols say what is in them.
"""

from __future__ import annotations

import subprocess
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from size.link_map import Piece

KINDS = {"t": "code", "r": "constants", "d": "data", "g": "data", "s": "zeroed", "b": "zeroed", "v": "constants"}
"""By what `nm` says; others, such as weak functions, are code."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name for some bytes."""

    address: int
    nbytes: int
    kind: str
    name: str
    """As the linker knows it."""
    text: str
    """As C++ has it, without parameters."""


def symbols_of(nm: Sequence[str], program: str) -> tuple[Symbol, ...]:
    """Return what has a size, in the order of addresses; of several names for the same bytes the first."""
    found: dict[int, Symbol] = {}
    plain, readable = ([] if not nm else _lines([*nm, *flags, "-S", "-n", program]) for flags in ((), ("-C",)))
    for line, other in zip(plain, readable, strict=True):
        words = line.split()
        if len(words) == 4 and words[2] not in "uUN":
            kind, text = KINDS.get(words[2].lower(), "code"), other.split(maxsplit=3)[3]
            symbol = Symbol(int(words[0], 16), int(words[1], 16), kind, words[3], without_parameters(text))
            found.setdefault(symbol.address, symbol)
    return tuple(found[at] for at in sorted(found))


def without_parameters(text: str) -> str:
    """Return a name of C++ up to its parameters: `a::(anonymous namespace)::f(int) const` as `a::f`."""
    return text.replace("(anonymous namespace)::", "").partition("(")[0] or text


def defined_by(nm: Sequence[str], archives: Iterable[str]) -> frozenset[str]:
    """Return the symbols that archives define."""
    lines = [line.split() for archive in archives for line in (_lines([*nm, "--defined-only", archive]) if nm else ())]
    return frozenset(words[2] for words in lines if len(words) == 3)


def split(pieces: Iterable[Piece], symbols: Sequence[Symbol]) -> Iterator[Piece]:
    """Yield pieces that are each one symbol's, as far as symbols tell."""
    addresses = [symbol.address for symbol in symbols]
    for piece in pieces:
        start, end = (bisect_left(addresses, at) for at in (piece.address, piece.address + piece.nbytes))
        inside = symbols[start:end]
        if piece.symbol or not piece.object or not inside:
            yield piece
            continue
        left = piece.nbytes
        for symbol in inside:
            taken = min(symbol.nbytes, left)
            left -= taken
            yield replace(piece, symbol=symbol.name, nbytes=taken, address=symbol.address)
        if left:
            yield replace(piece, nbytes=left)


def as_pieces(symbols: Iterable[Symbol]) -> tuple[Piece, ...]:
    """Return what a program without a map holds: no more than its symbols."""
    return tuple(Piece(each.kind, each.name, "?", each.nbytes, each.address) for each in symbols)


def _lines(words: Sequence[str]) -> list[str]:
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    except OSError:  # There need not be such a program.
        return []
    return done.stdout.splitlines()
