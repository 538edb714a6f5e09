"""Reads tables of a flatbuffer and believes nothing: each offset and length is checked; knows no schema."""

from __future__ import annotations

import struct
from mmap import mmap

Bytes = bytes | memoryview | mmap
"""What a flatbuffer is read from; a mapped file costs no memory."""

BOOL = struct.Struct("<?")
INT8 = struct.Struct("<b")
UINT8 = struct.Struct("<B")
UINT16 = struct.Struct("<H")
INT32 = struct.Struct("<i")
UINT32 = struct.Struct("<I")
INT64 = struct.Struct("<q")
UINT64 = struct.Struct("<Q")
DOUBLE = struct.Struct("<d")


class InvalidProgram(Exception):  # noqa: N818  The name is the field's: Error::InvalidProgram.
    """The bytes are no whole, sound program; the message says what must be and what is."""


class Flatbuffer:
    """The bytes [start, start + size) of a file, as tables."""

    def __init__(self, data: Bytes, start: int, size: int) -> None:
        self._data = data
        self._start = start
        self._size = size
        # A writer never stores more elements than bytes; overlapping tables of a forged file could, without end.
        self._left = size

    def root(self) -> Table:
        """Return the table that the first four bytes point to."""
        return Table(self, self.scalar(UINT32, 0, "the root offset"))

    def scalar(self, form: struct.Struct, position: int, what: str) -> int:
        """Read one whole number (or truth value) at `position`."""
        self.check(position, form.size, what)
        return int(form.unpack_from(self._data, self._start + position)[0])

    def scalars(self, form: struct.Struct, position: int, count: int, what: str) -> tuple[float, ...]:
        """Read `count` numbers in sequence."""
        self.check(position, form.size * count, what)
        first = self._start + position
        return tuple(number for (number,) in form.iter_unpack(self._data[first : first + form.size * count]))

    def text(self, position: int, length: int, what: str) -> str:
        """Read UTF-8 text and see that its closing NUL is there."""
        self.check(position, length + 1, what)
        self.spend(length, what)
        first = self._start + position
        if self._data[first + length] != 0:
            raise InvalidProgram(f"{what} must end with a zero byte")
        try:
            return bytes(self._data[first : first + length]).decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidProgram(f"{what} must be UTF-8 text") from error

    def check(self, position: int, length: int, what: str) -> None:
        """Refuse a span that leaves the buffer."""
        if position < 0 or length < 0 or position > self._size - length:
            raise InvalidProgram(f"{what} spans bytes [{position}, {position + length}), there are {self._size}")

    def spend(self, count: int, what: str) -> None:
        """Count an element read; there cannot be more of them than bytes."""
        self._left -= count
        if self._left < 0:
            raise InvalidProgram(f"{what}: tables overlap")

    def absolute(self, position: int) -> int:
        """Return where in the file `position` is."""
        return self._start + position


class Table:
    """One table; fields are asked for by number, in the sequence of the schema."""

    __slots__ = ("_buffer", "_fields", "_position")

    def __init__(self, buffer: Flatbuffer, position: int) -> None:
        self._buffer = buffer
        self._position = position
        vtable = position - buffer.scalar(INT32, position, "a table")
        length = buffer.scalar(UINT16, vtable, "a table's fields")
        if length < 4 or length % 2:
            raise InvalidProgram(f"a table's list of fields has {length} bytes, must be an even number from 4")
        buffer.spend(1, "a table")
        self._fields = buffer.scalars(UINT16, vtable, length // 2, "a table's fields")
        buffer.check(position, int(self._fields[1]), "a table")

    def _field(self, number: int, size: int) -> int | None:
        """Return where field `number` is, or None where the writer left it at its default."""
        offset = int(self._fields[number + 2]) if number + 2 < len(self._fields) else 0
        if not offset:
            return None
        # Not within the table's own size: writers share a list of fields between tables that end at different places.
        self._buffer.check(self._position + offset, size, f"field {number} of a table")
        return self._position + offset

    def _target(self, number: int) -> int | None:
        """Return where the offset in field `number` points to."""
        position = self._field(number, 4)
        return None if position is None else position + self._buffer.scalar(UINT32, position, "an offset")

    def integer(self, number: int, form: struct.Struct, default: int = 0) -> int:
        """Read a whole number (or a truth value)."""
        position = self._field(number, form.size)
        return default if position is None else self._buffer.scalar(form, position, f"field {number}")

    def double(self, number: int) -> float:
        """Read a floating-point number."""
        position = self._field(number, DOUBLE.size)
        return 0.0 if position is None else self._buffer.scalars(DOUBLE, position, 1, f"field {number}")[0]

    def text(self, number: int) -> str | None:
        """Read a string, or None where there is none."""
        target = self._target(number)
        if target is None:
            return None
        return self._buffer.text(target + 4, self._buffer.scalar(UINT32, target, "a string"), "a string")

    def table(self, number: int) -> Table | None:
        """Read a table, or None where there is none."""
        target = self._target(number)
        return None if target is None else Table(self._buffer, target)

    def tables(self, number: int) -> tuple[Table, ...]:
        """Read a vector of tables."""
        first, offsets = self._vector(number, UINT32)
        return tuple(Table(self._buffer, first + 4 * index + int(offset)) for index, offset in enumerate(offsets))

    def integers(self, number: int, form: struct.Struct) -> tuple[int, ...]:
        """Read a vector of whole numbers."""
        return tuple(int(item) for item in self._vector(number, form)[1])

    def doubles(self, number: int) -> tuple[float, ...]:
        """Read a vector of floating-point numbers."""
        return self._vector(number, DOUBLE)[1]

    def span(self, number: int) -> tuple[int, int]:
        """Return where in the file a vector of bytes is, and its length; nothing is read."""
        target = self._target(number)
        if target is None:
            return 0, 0
        length = self._buffer.scalar(UINT32, target, "a vector's length")
        self._buffer.check(target + 4, length, "a vector of bytes")
        return self._buffer.absolute(target + 4), length

    def _vector(self, number: int, form: struct.Struct) -> tuple[int, tuple[float, ...]]:
        target = self._target(number)
        if target is None:
            return 0, ()
        count = self._buffer.scalar(UINT32, target, "a vector's length")
        self._buffer.spend(count, "a vector")
        return target + 4, self._buffer.scalars(form, target + 4, count, "a vector")
