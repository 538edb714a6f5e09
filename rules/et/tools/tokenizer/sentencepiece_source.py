"""Reads a SentencePiece `.model` file: byte-pair encoding, with or without bytes for what it has no piece for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.diagnostics import UserError, mistake
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
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped,unused-ignore]
    from sentencepiece import sentencepiece_model_pb2 as schema  # type: ignore[import-not-found,import-untyped,unused-ignore]

    model = schema.ModelProto()
    try:
        model.ParseFromString(path.read_bytes())
    except DecodeError as error:
        raise mistake("invalid-tokenizer", f"'{path.name}' must be a SentencePiece model, is not", "src") from error
    if not model.pieces:
        raise mistake("invalid-tokenizer", f"'{path.name}' must be a SentencePiece model, holds no piece", "src")
    trainer, normalizer = model.trainer_spec, model.normalizer_spec
    if trainer.model_type != _BPE:
        raise _unsupported(path, "type", "BPE", _KINDS.get(trainer.model_type, str(trainer.model_type)))
    if normalizer.precompiled_charsmap:
        raise _unsupported(path, "normalization", "identity", normalizer.name or "its own")
    if normalizer.remove_extra_whitespaces:
        raise _unsupported(path, "remove_extra_whitespaces", "false", "true")
    if trainer.treat_whitespace_as_suffix or not normalizer.escape_whitespaces:
        raise _unsupported(path, "whitespace", "escaped, as a prefix", "otherwise")
    pieces = [Piece(piece.piece, piece.score, piece.type) for piece in model.pieces]
    spec, ranks = sentencepiece_spec(pieces, dummy_prefix=normalizer.add_dummy_prefix)
    spec["controls"] = [index for index, piece in enumerate(pieces) if piece.kind == CONTROL]
    # Where the vocabulary failed, SentencePiece shows a sign of its own instead of the piece.
    spec["shown"] = {index: trainer.unk_surface for index, piece in enumerate(pieces) if piece.kind == UNKNOWN}
    kinds = {index: piece.kind for index, piece in enumerate(pieces)}
    bos, eos = (index if kinds.get(index) == CONTROL else None for index in (trainer.bos_id, trainer.eos_id))
    return Source(spec, bos, eos, ranks, spelled=True)


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


def _unsupported(path: Path, what: str, served: str, found: str) -> UserError:
    message = f"the {what} of '{path.name}' must be {served}, is {found}"
    return mistake(
        "unsupported-tokenizer", message, "src", hint="name the model's tokenizer.json as src, if it has one"
    )
