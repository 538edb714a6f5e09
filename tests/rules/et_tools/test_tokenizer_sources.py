"""SentencePiece models, read without its library: what is served, and what is no model."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from common.diagnostics import UserError
from tokenizer.protobuf import Message
from tokenizer.sentencepiece_source import BYTE, CONTROL, NORMAL, UNKNOWN, read_sentencepiece
from tokenizer.source import Source

PIECES = [("<unk>", 0.0, UNKNOWN), ("<s>", 0.0, CONTROL), ("<0x41>", 0.0, BYTE), ("ab", -1.5, NORMAL)]
PIECES += [("a", -2.0, NORMAL), ("b", -3.0, NORMAL)]
BPE, AS_IT_IS = [(3, 2), (42, -1)], [(1, b"identity"), (3, 0), (4, 0)]


def varint(value: int) -> bytes:
    value %= 1 << 64
    return varint_of(value & 0x7F, value >> 7)


def varint_of(low: int, rest: int) -> bytes:
    return bytes([low]) if not rest else bytes([low | 0x80]) + varint(rest)


def message(*fields: tuple[int, int | float | bytes]) -> bytes:
    written = b""
    for number, value in fields:
        if isinstance(value, bytes):
            written += varint(number << 3 | 2) + varint(len(value)) + value
        elif isinstance(value, float):
            written += varint(number << 3 | 5) + struct.pack("<f", value)
        else:
            written += varint(number << 3) + varint(value)
    return written


def model(trainer: list[tuple[int, int]] = BPE, normalizer: list[tuple[int, int | bytes]] = AS_IT_IS) -> bytes:
    pieces = [(1, message((1, text.encode()), (2, score), (3, kind))) for text, score, kind in PIECES]
    return message(*pieces, (2, message(*trainer)), (3, message(*normalizer)))


def read(folder: Path, content: bytes) -> Source:
    path = folder / "spm.model"
    path.write_bytes(content)
    return read_sentencepiece(path)


def test_a_model_says_its_pieces_their_merges_and_what_begins_a_text(tmp_path: Path) -> None:
    source = read(tmp_path, model())
    assert source.spec["model"]["vocab"] == {text: index for index, (text, _, _) in enumerate(PIECES)}
    assert source.spec["model"]["merges"] == [("a", "b")]
    assert source.spec["model"]["byte_fallback"] is True
    assert (source.bos, source.eos, source.ranks) == (1, None, (0,))
    assert source.spec["shown"] == {0: " \u2047 "}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "'spm.model' must be a SentencePiece model, holds no piece"),
        (
            b"\x0a\x05ab",
            "'spm.model' must be a SentencePiece model, is not: a field of 5 bytes begins where 2 are left",
        ),
        (b"no model", "'spm.model' must be a SentencePiece model, is not: byte 1 begins no field"),
        (message((1, 7)), "'spm.model' must be a SentencePiece model, is not: field 1 must be bytes, is a number"),
        (b"\xff" * 12, "'spm.model' must be a SentencePiece model, is not: the number at byte 0 does not end"),
        (model(trainer=[]), "the type of 'spm.model' must be BPE, is unigram"),
        (model(normalizer=[]), "the remove_extra_whitespaces of 'spm.model' must be false, is true"),
        (model(normalizer=[(2, b"x"), (1, b"nfkc")]), "the normalization of 'spm.model' must be identity, is nfkc"),
    ],
)
def test_what_is_no_model_or_is_not_served_is_said(tmp_path: Path, content: bytes, text: str) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, content)
    assert [each.message for each in caught.value.diagnostics] == [text]


def test_a_model_that_is_cut_off_or_damaged_is_read_or_refused(tmp_path: Path) -> None:
    whole = model()
    damaged = [whole[:size] for size in range(len(whole))]
    damaged += [
        bytes([*whole[:at], whole[at] ^ change, *whole[at + 1 :]]) for at in range(len(whole)) for change in (1, 128)
    ]
    refused = 0
    for content in damaged:
        try:
            read(tmp_path, content)
        except UserError:
            refused += 1
    assert len(whole) < refused < len(damaged)


def test_numbers_are_whole_and_signed() -> None:
    assert [Message(message((42, value))).number(42, 7) for value in (-1, 0, 1 << 40)] == [-1, 0, 1 << 40]
    assert Message(b"").number(42, 7) == 7
    assert Message(message((2, -1.5))).real(2) == -1.5
