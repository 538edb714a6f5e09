"""Reads the command stream that Vela makes for an Ethos-U; knows nothing of the program around it."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pte.flatbuffer import Bytes, InvalidProgram

BACKEND = "EthosUBackend"
BLOCK = struct.Struct("<16sIB11x")
"""A block's name, its bytes, and whether they are elsewhere; its bytes follow, filled up to 16."""
BLOCKS = ("vela_bin_stream", "cmd_data", "weight_data", "scratch_size", "inputs", "outputs", "vela_end_stream")
MAGIC = b"COP1"
CONFIGURATION, COMMANDS, NOTHING = 1, 2, 5
"""What a word before the commands announces, in its lowest byte."""
PRODUCTS = {0: "ethos-u55", 1: "ethos-u65", 2: "ethos-u85"}
STOP = 0x000
OPERATIONS = {0x002: "conv2d", 0x003: "depthwise_conv2d", 0x005: "pooling", 0x006: "elementwise", 0x007: "resize"}
"""By the code of a command: what the accelerator computes. Others set registers, copy or wait."""


@dataclass(frozen=True, slots=True)
class CommandStream:
    """What an accelerator is given."""

    accelerator: str
    """Such as `ethos-u55-128`."""
    operations: tuple[str, ...]
    commands_bytes: int
    weights_bytes: int
    scratch_bytes: int
    """Of memory that it works in, inputs and outputs included."""


def node_kinds(data: Bytes, start: int, size: int) -> tuple[str, ...] | None:
    """Return the operations of a blob in their sequence, None where it is of no known form."""
    try:
        return read_stream(data, start, size).operations
    except InvalidProgram:
        return None


def read_stream(data: Bytes, start: int, size: int) -> CommandStream:
    """Return what the blob [start, start + size) holds."""
    blocks = dict(_blocks(bytes(data[start : start + size])))
    if tuple(blocks) != BLOCKS:
        raise InvalidProgram(f"a command stream must have the blocks {', '.join(BLOCKS)}, has {', '.join(blocks)}")
    commands, scratch = blocks["cmd_data"], blocks["scratch_size"]
    if commands[:4] != MAGIC or len(commands) % 4 or len(scratch) != 4:
        raise InvalidProgram(f"commands must begin with {MAGIC.decode()} and be words, begin with {commands[:4]!r}")
    words = [word for (word,) in struct.iter_unpack("<I", commands[4:])]
    accelerator, first = _head(words)
    return CommandStream(
        accelerator,
        tuple(_operations(words[first:])),
        len(commands),
        len(blocks["weight_data"]),
        int.from_bytes(scratch, "little"),
    )


def _blocks(blob: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at + BLOCK.size <= len(blob):
        name, length, _ = BLOCK.unpack_from(blob, at)
        at += BLOCK.size
        if length > len(blob) - at:
            raise InvalidProgram(f"a block of {length} bytes begins at byte {at}, there are {len(blob)}")
        yield name.rstrip(b"\0").decode("latin-1"), blob[at : at + length]
        at += -(-length // 16) * 16


def _head(words: list[int]) -> tuple[str, int]:
    """Return the accelerator that is announced, and where the commands begin."""
    at, accelerator = 0, ""
    while at < len(words):
        action = words[at] & 0xFF
        if action == COMMANDS:
            length = (words[at] >> 16) | (words[at] & 0xFF00) << 8
            at += 1
            if not accelerator or length != len(words) - at:
                raise InvalidProgram(f"{length} words of commands must follow what they are for, {len(words) - at} do")
            return accelerator, at
        if action == CONFIGURATION and at + 2 < len(words):
            accelerator, at = _accelerator(words[at + 1]), at + 3
        elif action == NOTHING:
            at += 1
        else:
            raise InvalidProgram(f"word {at} before the commands must announce something, is {words[at]:#x}")
    raise InvalidProgram("no commands follow their head")


def _accelerator(word: int) -> str:
    return f"{PRODUCTS.get(word >> 28, f'product-{word >> 28}')}-{1 << (word & 0xF)}"


def _operations(words: list[int]) -> Iterator[str]:
    """Yield what is computed; a command is one word, or two where its bit 14 is set."""
    at, code = 0, -1
    while at < len(words):
        is_long = words[at] >> 14 & 1
        code = -1 if is_long else words[at] & 0x3FF
        if code in OPERATIONS:
            yield OPERATIONS[code]
        at += 1 + is_long
    if code != STOP:
        raise InvalidProgram("commands must end with a stop")


def described(stream: CommandStream) -> Mapping[str, object]:
    """Return what reports hold of it: operations are counted."""
    return {
        "accelerator": stream.accelerator,
        "operations": dict(sorted(Counter(stream.operations).items())),
        "commands_bytes": stream.commands_bytes,
        "weights_bytes": stream.weights_bytes,
        "scratch_bytes": stream.scratch_bytes,
    }
