"""Reads a serialized Protocol Buffers message by the numbers of its fields; knows no schema.

The export environment has no library for it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5


class Message:
    """The fields of a message. What is asked for in another form than it has is a ValueError."""

    def __init__(self, content: bytes) -> None:
        """Read `content`. Raises ValueError if it is no message."""
        self._fields: dict[int, list[int | bytes]] = {}
        at = 0
        while at < len(content):
            tag, at = _varint(content, at)
            value, at = _value(content, at, tag & 7)
            self._fields.setdefault(tag >> 3, []).append(value)

    def number(self, field: int, default: int) -> int:
        """Return a whole number, of those that are there the last."""
        value = self._fields.get(field, (default,))[-1]
        if isinstance(value, bytes):
            raise ValueError(f"field {field} must be a number, is bytes")  # noqa: TRY004  The file is at fault.
        return value - (1 << 64) if value >= 1 << 63 else value

    def real(self, field: int) -> float:
        """Return a number of 4 bytes."""
        return float(struct.unpack("<f", self.content(field, bytes(4))[:4].ljust(4, b"\0"))[0])

    def content(self, field: int, default: bytes = b"") -> bytes:
        """Return bytes, of those that are there the last."""
        return self.contents(field)[-1] if field in self._fields else default

    def contents(self, field: int) -> Sequence[bytes]:
        """Return all bytes of a repeated field."""
        values = self._fields.get(field, [])
        if any(isinstance(value, int) for value in values):
            raise ValueError(f"field {field} must be bytes, is a number")
        return [value for value in values if isinstance(value, bytes)]


def _value(content: bytes, at: int, kind: int) -> tuple[int | bytes, int]:
    if kind == _VARINT:
        return _varint(content, at)
    if kind not in (_BYTES, _FIXED_32, _FIXED_64):
        raise ValueError(f"byte {at} begins no field")
    length, at = _varint(content, at) if kind == _BYTES else (4 if kind == _FIXED_32 else 8, at)
    if length > len(content) - at:
        raise ValueError(f"a field of {length} bytes begins where {len(content) - at} are left")
    return content[at : at + length], at + length


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(content[at : at + 10]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, at + index + 1
    raise ValueError(f"the number at byte {at} does not end")
