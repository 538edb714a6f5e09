"""The tokens of a tokenizer: their spellings, their kinds, and the merges that make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NONE = 0xFFFFFFFF
"""No such id."""

EXISTS, SPECIAL, BYTE, GLUED, CONTINUES = 1, 2, 4, 8, 16
"""Of an id: it is a token · that steers a model · that is a byte · before which no space comes · goes on a word."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Two neighbours that become one; the lowest rank first, of equal ones the leftmost."""

    left: int
    right: int
    rank: int
    result: int


def byte_alphabet() -> dict[str, int]:
    """Return the byte that each letter of a byte-level vocabulary stands for.

    Printable bytes stand for themselves; the others follow from U+0100 on, in their order.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + index): byte for index, byte in enumerate(others)}


def spelled_bytes(token: str, alphabet: Mapping[str, int]) -> bytes | None:
    """Return the bytes that a token of a byte-level vocabulary stands for, None if it is none of such a vocabulary."""
    if all(letter in alphabet for letter in token):
        return bytes(alphabet[letter] for letter in token)
    return None


def fallback_byte(token: str) -> int | None:
    """Return the byte that a token such as <0x0A> stands for."""
    if len(token) == 6 and token.startswith("<0x") and token.endswith(">"):
        try:
            return int(token[3:5], 16)
        except ValueError:
            return None
    return None


def merges_of(pairs: Sequence[tuple[str, str]], ranks: Sequence[int], ids: Mapping[str, int]) -> list[Merge]:
    """Return the merges, by their first token, then their second; of equal pairs the last counts."""
    found = {
        (ids[left], ids[right]): Merge(ids[left], ids[right], rank, ids[left + right])
        for (left, right), rank in zip(pairs, ranks, strict=True)
    }
    return [found[pair] for pair in sorted(found)]
