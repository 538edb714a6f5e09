"""Reads a SentencePiece `.model` file: byte-pair encoding, with or without bytes for what it has no piece for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.diagnostics import UserError, mistake
from tokenizer.protobuf import Message
from tokenizer.source import Source

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
"""What a piece is, as SentencePiece and GGUF number it."""

MARK = "\u2581"
"""What stands for a space."""

_BPE = 2
_KINDS = {1: "unigram", 2: "BPE", 3: "word", 4: "char"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece, how early it is made (the higher the earlier), and what it is."""

    text: str
    score: float
    kind: int


def read_sentencepiece(path: Path) -> Source:
    """Return what a SentencePiece model says."""
    try:
        return _source(path.name, Message(path.read_bytes()))
    except ValueError as error:
        message = f"'{path.name}' must be a SentencePiece model, is not: {error}"
        raise mistake("invalid-tokenizer", message, "src") from error


def _source(file: str, model: Message) -> Source:
    """Read the fields, which are numbered and have defaults as in sentencepiece_model.proto."""
    pieces = [_piece(Message(each)) for each in model.contents(1)]
    trainer, normalizer = Message(model.content(2)), Message(model.content(3))
    if not pieces:
        raise mistake("invalid-tokenizer", f"'{file}' must be a SentencePiece model, holds no piece", "src")
    _check_served(file, trainer, normalizer)
    spec, ranks = sentencepiece_spec(pieces, dummy_prefix=bool(normalizer.number(3, 1)))
    spec["controls"] = [index for index, piece in enumerate(pieces) if piece.kind == CONTROL]
    # Where the vocabulary failed, SentencePiece shows a sign of its own instead of the piece.
    sign = trainer.content(44, " \u2047 ".encode()).decode()
    spec["shown"] = {index: sign for index, piece in enumerate(pieces) if piece.kind == UNKNOWN}
    bos, eos = (_control(pieces, trainer.number(*field)) for field in ((41, 1), (42, 2)))
    return Source(spec, bos, eos, ranks, spelled=True)


def _piece(message: Message) -> Piece:
    return Piece(message.content(1).decode(), message.real(2), message.number(3, NORMAL))


def _check_served(file: str, trainer: Message, normalizer: Message) -> None:
    kind = trainer.number(3, 1)
    if kind != _BPE:
        raise _unsupported(file, "type", "BPE", _KINDS.get(kind, str(kind)))
    if normalizer.content(2):
        raise _unsupported(file, "normalization", "identity", normalizer.content(1).decode() or "its own")
    if normalizer.number(4, 1):
        raise _unsupported(file, "remove_extra_whitespaces", "false", "true")
    if trainer.number(24, 0) or not normalizer.number(5, 1):
        raise _unsupported(file, "whitespace", "escaped, as a prefix", "otherwise")


def _control(pieces: Sequence[Piece], index: int) -> int | None:
    return index if 0 <= index < len(pieces) and pieces[index].kind == CONTROL else None


def sentencepiece_spec(pieces: Sequence[Piece], *, dummy_prefix: bool) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Return what tokenizer.json would say of these pieces, and the ranks of the merges in it."""
    ids = {piece.text: index for index, piece in enumerate(pieces)}
    merges, ranks = _merges(pieces)
    unknown = [piece.text for piece in pieces if piece.kind == UNKNOWN]
    prefix = [{"type": "Prepend", "prepend": MARK}] if dummy_prefix else []
    spaces = {"type": "Replace", "pattern": {"String": " "}, "content": MARK}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": True, "special": False}
    back = {"type": "Replace", "pattern": {"String": MARK}, "content": " "}
    strip = [{"type": "Strip", "content": " ", "start": 1, "stop": 0}] if dummy_prefix else []
    spec = {
        "added_tokens": [
            {"id": index, "content": piece.text, **flags}
            for index, piece in enumerate(pieces)
            if piece.kind == USER_DEFINED
        ],
        "normalizer": {"type": "Sequence", "normalizers": [*prefix, spaces]},
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": {"type": "Sequence", "decoders": [back, {"type": "ByteFallback"}, {"type": "Fuse"}, *strip]},
        "model": {
            "type": "BPE",
            "unk_token": unknown[0] if unknown else None,
            "fuse_unk": True,
            "byte_fallback": any(piece.kind == BYTE for piece in pieces),
            "ignore_merges": False,
            "vocab": ids,
            "merges": merges,
        },
    }
    return spec, ranks


def _merges(pieces: Sequence[Piece]) -> tuple[list[tuple[str, str]], tuple[int, ...]]:
    """Return which pieces two others make, and their ranks: pieces of one score have one."""
    made = {piece.text: piece.score for piece in pieces if piece.kind in (NORMAL, UNUSED)}
    rank_of = {score: rank for rank, score in enumerate(sorted(set(made.values()), reverse=True))}
    merges = [
        (text[:cut], text[cut:], rank_of[score])
        for text, score in made.items()
        for cut in range(1, len(text))
        if text[:cut] in made and text[cut:] in made
    ]
    return [(left, right) for left, right, _ in merges], tuple(rank for _, _, rank in merges)


def _unsupported(file: str, what: str, served: str, found: str) -> UserError:
    message = f"the {what} of '{file}' must be {served}, is {found}"
    return mistake(
        "unsupported-tokenizer", message, "src", hint="name the model's tokenizer.json as src, if it has one"
    )
