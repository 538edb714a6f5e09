"""What the flat file of a tokenizer holds: tables, operations and figures, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass

from tokenizer.decoders import Decoder
from tokenizer.normalizers import Operation
from tokenizer.tables import Tables
from tokenizer.vocabulary import Merge

BPE, WORD_PIECE = 1, 2
IS_BYTE_LEVEL, HAS_BYTE_FALLBACK, FUSES_UNKNOWN, IGNORES_MERGES = 1, 2, 4, 8
"""What a model does, of the flags of the flat file."""

SINGLE_WORD, LSTRIP, RSTRIP, NORMALIZED = 1, 2, 4, 8
"""How an added token is looked for."""


@dataclass(slots=True)
class Definition:
    """All that the flat file holds."""

    tables: Tables
    model: int
    model_flags: int
    pieces: list[bytes]
    flags: list[int]
    model_ids: list[int]
    """Ids that the model itself may give, by their spelling."""
    merges: list[Merge]
    byte_ids: list[int]
    """The id of each byte."""
    added: list[tuple[bytes, int, int]]
    """What is looked for, its id, and how."""
    normalizer: list[Operation]
    splitter: list[Operation]
    prefix: list[int]
    suffix: list[int]
    decoder: Decoder
    unknown: int
    bos: int
    eos: int
    word_limit: int
    """WordPiece: more characters than that make a word unknown."""
    continuing: bytes
    """WordPiece: what marks a token that goes on with a word."""
    word_set: int
    """Code points that an added token of a single word may not touch."""
    space_set: int
    """What an added token may swallow beside it."""
