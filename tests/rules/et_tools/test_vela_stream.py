"""Command streams of Ethos-U: what is in them, and what is none."""

from __future__ import annotations

import struct

import pytest

from pte.flatbuffer import InvalidProgram
from pte.vela_stream import CommandStream, described, node_kinds, read_stream

U55_128, U85_256 = 0x00001807, 0x20000118
CONVOLUTION, POOLING, STOP = (0x002,), (0x005,), (0xFFFF << 16,)
BASE_ADDRESS = (0x4000, 0x005)  # A command of two words, of which the second is no operation.


def block(name: str, content: bytes) -> bytes:
    return struct.pack("<16sIB11x", name.encode(), len(content), 0) + content + bytes(-len(content) % 16)


def commands(*words: tuple[int, ...], product: int = U55_128) -> bytes:
    flat = [word for each in words for word in each]
    head = [0x00100001, product, 0x10066001, 0x5, len(flat) << 16 | 0x2]
    return b"COP1" + struct.pack(f"<{len(head) + len(flat)}I", *head, *flat)


def stream(cmd_data: bytes, scratch: bytes = b"\x00\x10\x00\x00", end: str = "vela_end_stream") -> bytes:
    parts = {"vela_bin_stream": b"", "cmd_data": cmd_data, "weight_data": bytes(40), "scratch_size": scratch}
    parts |= {"inputs": bytes(40), "outputs": bytes(40), end: b""}
    return b"".join(block(name, content) for name, content in parts.items())


SOUND = commands(BASE_ADDRESS, CONVOLUTION, BASE_ADDRESS, POOLING, CONVOLUTION, STOP)


def test_a_stream_says_its_accelerator_operations_and_sizes() -> None:
    found = read_stream(b"before" + stream(SOUND) + b"behind", 6, len(stream(SOUND)))
    operations = ("conv2d", "pooling", "conv2d")
    assert found == CommandStream("ethos-u55-128", operations, len(SOUND), 40, 4096)
    assert described(found)["operations"] == {"conv2d": 2, "pooling": 1}


def test_the_product_is_the_one_that_is_announced() -> None:
    data = stream(commands(STOP, product=U85_256))
    assert read_stream(data, 0, len(data)).accelerator == "ethos-u85-256"


REFUSED = {
    "other blocks": (stream(SOUND, end="end"), "a command stream must have the blocks vela_bin_stream, cmd_data,"),
    "no magic": (stream(b"COP2" + SOUND[4:]), "commands must begin with COP1 and be words, begin with b'COP2'"),
    "half a word": (stream(SOUND[:-2]), "commands must begin with COP1 and be words"),
    "too few commands": (stream(SOUND[:-4]), "8 words of commands must follow what they are for, 7 do"),
    "no configuration": (stream(b"COP1" + struct.pack("<2I", 0x10002, 0)), "1 words of commands must follow"),
    "an unknown action": (stream(b"COP1" + struct.pack("<I", 0x77)), "word 0 before the commands must announce"),
    "a head alone": (stream(b"COP1" + struct.pack("<I", 0x5)), "no commands follow their head"),
    "no stop": (stream(commands(CONVOLUTION)), "commands must end with a stop"),
    "scratch of another form": (stream(SOUND, scratch=b"1"), "commands must begin with COP1 and be words"),
    "a block beyond the end": (stream(SOUND)[:70], "a block of 56 bytes begins at byte 64, there are 70"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_stream_says_why(case: str) -> None:
    data, message = REFUSED[case]
    with pytest.raises(InvalidProgram) as raised:
        read_stream(data, 0, len(data))
    assert str(raised.value).startswith(message)
    assert node_kinds(data, 0, len(data)) is None


def test_a_stream_cut_at_any_byte_is_none() -> None:
    data = stream(SOUND)
    for length in range(len(data)):
        assert node_kinds(data, 0, length) is None
