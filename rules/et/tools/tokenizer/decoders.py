"""Compiles how tokens become text again; knows nothing of how text became tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.diagnostics import UserError, mistake

BYTE_LEVEL, BYTE_FALLBACK, DROP_FIRST, WORD_PIECES, JOIN_BY_SPACES = 1, 2, 4, 8, 16
"""Bytes are joined · <0xNN> is a byte · the first token loses what is replaced · WordPiece · a space between."""

SERVED = "Sequence of Replace, ByteFallback, Fuse and Strip; ByteLevel; Metaspace; WordPiece"


@dataclass(slots=True)
class Decoder:
    """What is done to the tokens of a text."""

    flags: int = 0
    replaced: str = ""
    by: str = ""
    strip: int = 0
    """How many spaces the text loses at its start."""
    prefix: str = ""
    """WordPiece: what marks a token that goes on with a word."""
    cleanup: bool = False


def compile_decoder(spec: dict[str, Any] | None) -> Decoder:
    """Return a decoder, from what tokenizer.json says."""
    if spec is None:
        return Decoder(JOIN_BY_SPACES)
    decoder = Decoder()
    steps = _flat(spec)
    for index, step in enumerate(steps):
        _add(decoder, step, [each["type"] for each in steps[:index]])
    return decoder


def _flat(spec: dict[str, Any]) -> list[dict[str, Any]]:
    if spec["type"] == "Sequence":
        return [step for each in spec["decoders"] for step in _flat(each)]
    return [spec]


def _add(decoder: Decoder, step: dict[str, Any], before: list[str]) -> None:
    kind = step["type"]
    if kind == "Fuse":
        return
    if kind == "ByteLevel" and not before:
        decoder.flags |= BYTE_LEVEL
    elif kind == "ByteFallback" and "Fuse" not in before:
        decoder.flags |= BYTE_FALLBACK
    elif kind == "Replace" and "String" in step["pattern"] and not decoder.replaced and "Fuse" not in before:
        decoder.replaced, decoder.by = step["pattern"]["String"], step["content"]
    elif kind == "Metaspace" and not decoder.replaced and "Fuse" not in before:
        decoder.replaced, decoder.by = step["replacement"], " "
        decoder.flags |= DROP_FIRST if step["prepend_scheme"] != "never" else 0
    elif kind == "Strip" and "Fuse" in before and step["content"] == " " and not step["stop"]:
        decoder.strip = step["start"]
    elif kind == "WordPiece" and not before:
        decoder.flags |= WORD_PIECES
        decoder.prefix, decoder.cleanup = step["prefix"], step["cleanup"]
    else:
        raise _unsupported(kind, before)


def _unsupported(kind: str, before: list[str]) -> UserError:
    where = f" after {', '.join(before)}" if before else ""
    return mistake("unsupported-tokenizer", f"the decoder must be {SERVED}; is {kind}{where}", "src")
