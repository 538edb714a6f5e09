"""Builds the bytes of small `.pte` programs for the reader's tests, from nested Python values."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEFAULT_SIZES = [2, 3]


@dataclass(frozen=True)
class Number:
    """A scalar field."""

    form: str
    value: float


@dataclass(frozen=True)
class Numbers:
    """A vector of scalars."""

    form: str
    values: Sequence[float]


Table = Mapping[int, Any]
"""Fields by number: Number, Numbers, str, a Table, or a list of Tables."""


def encode(root: Table, identifier: bytes = b"ET12", head: bytes = b"") -> bytearray:
    """Return a flatbuffer, front to back: a table, then what it refers to."""
    out = bytearray(struct.pack("<I", 0) + identifier + head)
    _point(out, 0, _table(out, root))
    return out


def program(methods: Sequence[Table], **fields: Any) -> Table:
    return {0: Number("<I", 0), 1: list(methods), **{int(name[1:]): value for name, value in fields.items()}}


def method(name: str, values: Sequence[Table], **fields: Any) -> Table:
    return {0: name, 2: list(values), **{int(number[1:]): value for number, value in fields.items()}}


def tensor(offset: int | None = 0, data_index: int = 0, sizes: Sequence[int] = DEFAULT_SIZES, dtype: int = 6) -> Table:
    place = {} if offset is None else {6: {0: Number("<I", 1), 1: Number("<I", offset)}}
    fields = {
        0: Number("<b", dtype),
        2: Numbers("<i", sizes),
        3: Numbers("<B", range(len(sizes))),
        5: Number("<I", data_index),
    }
    return {0: Number("<B", 5), 1: {**fields, **place}}


def integer(value: int) -> Table:
    return {0: Number("<B", 2), 1: {0: Number("<q", value)}}


def kernel_call(operator: int, args: Sequence[int]) -> Table:
    return {0: Number("<B", 1), 1: {0: Number("<i", operator), 1: Numbers("<i", args)}}


def add_program() -> bytearray:
    """x + 1 for a float32[2, 3], with the 1 inline: one method, one operator, planned memory of 64 bytes."""
    add = method(
        "forward",
        [tensor(None, 1, [1]), tensor(0), integer(1), tensor(32)],
        f3=Numbers("<i", [1]),
        f4=Numbers("<i", [3]),
        f5=[{2: [kernel_call(0, [1, 0, 2, 3, 3])]}],
        f6=[{0: "aten::add", 1: "out"}],
        f8=Numbers("<q", [0, 64]),
    )
    seven = method("get_seven", [integer(7)], f4=Numbers("<i", [0]), f8=Numbers("<q", [0]))
    constants = [{0: Numbers("<B", [])}, {0: Numbers("<B", [0, 0, 128, 63])}]
    return encode(program([add, seven], f2=constants))


def _table(out: bytearray, fields: Table) -> int:
    sizes = {
        number: struct.calcsize(value.form) if isinstance(value, Number) else 4 for number, value in fields.items()
    }
    vtable = len(out)
    count = max(fields, default=-1) + 1
    offsets, end = [0] * count, 4
    for number, size in sizes.items():
        offsets[number], end = end, end + size
    out += struct.pack(f"<HH{count}H", 4 + 2 * count, end, *offsets)
    start = len(out)
    out += struct.pack("<i", start - vtable) + bytes(end - 4)
    for number, value in fields.items():
        at = start + offsets[number]
        if isinstance(value, Number):
            struct.pack_into(value.form, out, at, value.value)
        else:
            _point(out, at, _target(out, value))
    return start


def _target(out: bytearray, value: Any) -> int:
    if isinstance(value, Mapping):
        return _table(out, value)
    start = len(out)
    if isinstance(value, str):
        out += struct.pack("<I", len(value)) + value.encode() + b"\0"
    elif isinstance(value, Numbers):
        out += struct.pack("<I", len(value.values))
        for item in value.values:
            out += struct.pack(value.form, item)
    else:
        out += struct.pack("<I", len(value)) + bytes(4 * len(value))
        for index, item in enumerate(value):
            _point(out, start + 4 + 4 * index, _table(out, item))
    return start


def _point(out: bytearray, at: int, target: int) -> None:
    struct.pack_into("<I", out, at, target - at)
