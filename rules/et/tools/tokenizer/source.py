"""What a tokenizer's files say, in the terms of tokenizer.json, whatever their format was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """A tokenizer as the library `tokenizers` writes it, and what that format has no place for."""

    spec: dict[str, Any]
    bos: int | None = None
    eos: int | None = None
    ranks: tuple[int, ...] | None = None
    """The merges' ranks where several are equal, as in SentencePiece; else their places in the list."""
    spelled: bool = False
    """Whether added tokens are looked for as they are spelled, in the normalized text."""
