"""Reads a `.pte` whole, checking every offset, index and size once; knows nothing of how programs run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TypeVar

from pte.flatbuffer import UINT32, UINT64, Bytes, Flatbuffer, InvalidProgram, Table
from pte.method_reader import BlobLookup, read_method
from pte.program import Method, Program, Segment, Tensor

T = TypeVar("T")

HEADER_AT = 8
HEADER_MIN = 24
HEADER_WITH_SIZE = 32
SCHEMA_VERSION = 0


def read_program(path: Path) -> Program:
    """Read the program in the file at `path`; InvalidProgram says what is wrong with it."""
    try:
        with path.open("rb") as stream:
            size = path.stat().st_size
            if size < HEADER_AT:
                raise InvalidProgram(f"a program has at least 8 bytes, the file has {size}")
            with mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
                return parse_program(data)
    except OSError as error:
        raise InvalidProgram(error.strerror or "it cannot be read") from error


def parse_program(data: Bytes) -> Program:
    """Read the program that `data` is."""
    if len(data) < HEADER_AT:
        raise InvalidProgram(f"a program has at least 8 bytes, there are {len(data)}")
    if bytes(data[4:8]) != b"ET12":
        raise InvalidProgram(f"bytes 4 to 8 must be 'ET12', are {bytes(data[4:8])!r}")
    size, base = _extent(data)
    root = Flatbuffer(data, 0, size).root()
    version = root.integer(0, UINT32)
    if version > SCHEMA_VERSION:
        raise InvalidProgram(f"the schema's version must be 0, is {version}")
    spans = [_segment_span(table, base, len(data)) for table in root.tables(4)]
    inline = [table.span(0) for table in root.tables(3)]
    methods = tuple(read_method(table, BlobLookup(data, inline, spans)) for table in root.tables(1))
    named = _named_data(root, spans)
    return Program(
        file_bytes=len(data),
        flatbuffer_bytes=size,
        methods=_checked_names(methods),
        segments=_segments(root, spans, methods),
        constant_offsets=_constant_offsets(root, spans, methods),
        inline_constant_bytes=sum(table.span(0)[1] for table in root.tables(2)),
        inline_delegate_bytes=sum(length for _, length in inline),
        named_data=named,
    )


def _extent(data: Bytes) -> tuple[int, int]:
    """Return the size of the flatbuffer and where segments start, from the extended header where there is one."""
    if bytes(data[8:12]) != b"eh00":
        return len(data), len(data)
    head = Flatbuffer(data, 0, len(data))
    length = head.scalar(UINT32, 12, "the extended header")
    if length < HEADER_MIN:
        raise InvalidProgram(f"the extended header has {length} bytes, must have at least {HEADER_MIN}")
    head.check(HEADER_AT, length, "the extended header")
    size, base = head.scalar(UINT64, 16, "the header"), head.scalar(UINT64, 24, "the header")
    segments = head.scalar(UINT64, 32, "the header") if length >= HEADER_WITH_SIZE else 0
    head.check(0, size, "the flatbuffer")
    head.check(base, segments, "the segments")
    if segments and base < size:
        raise InvalidProgram(f"segments start at byte {base}, inside the flatbuffer of {size}")
    return size, base


def _segment_span(table: Table, base: int, file_size: int) -> tuple[int, int]:
    offset, length = table.integer(0, UINT64), table.integer(1, UINT64)
    if base + offset + length > file_size:
        raise InvalidProgram(
            f"a segment spans bytes [{base + offset}, {base + offset + length}), the file has {file_size}"
        )
    return base + offset, length


def _checked_names(methods: tuple[Method, ...]) -> tuple[Method, ...]:
    names = [method.name for method in methods]
    if len(set(names)) != len(names):
        raise InvalidProgram(f"methods must have different names, are {', '.join(names)}")
    return methods


def _named_data(root: Table, spans: Sequence[tuple[int, int]]) -> tuple[tuple[str, int], ...]:
    entries = [(table.text(0) or "", table.integer(1, UINT32)) for table in root.tables(7)]
    return tuple((key, _item(spans, index, "segment")[1]) for key, index in entries)


def _segments(root: Table, spans: Sequence[tuple[int, int]], methods: Sequence[Method]) -> tuple[Segment, ...]:
    """Say what each segment holds; one may serve several ends."""
    holds: defaultdict[int, set[str]] = defaultdict(set)
    constants = root.table(5)
    if constants is not None and constants.integers(1, UINT64):
        holds[constants.integer(0, UINT32)].add("constants")
    for state in root.tables(6):
        holds[state.integer(0, UINT32)].add("state")
    for delegate in (delegate for method in methods for delegate in method.delegates):
        if delegate.segment is not None:
            holds[delegate.segment].add("delegates")
    for table in root.tables(7):
        holds[table.integer(1, UINT32)].add("named data")
    return tuple(
        Segment(offset, length, " and ".join(sorted(holds[index])) or "nothing")
        for index, (offset, length) in enumerate(spans)
    )


def _constant_offsets(root: Table, spans: Sequence[tuple[int, int]], methods: Sequence[Method]) -> tuple[int, ...]:
    """Return where each constant starts in its segment, having checked that every tensor's bytes are inside."""
    table = root.table(5)
    offsets = table.integers(1, UINT64) if table is not None else ()
    room = _item(spans, table.integer(0, UINT32), "segment")[1] if table is not None and offsets else 0
    inline = [entry.span(0)[1] for entry in root.tables(2)]
    states = [state.integers(1, UINT64) for state in root.tables(6)]
    for tensor in (value for method in methods for value in method.values if isinstance(value, Tensor)):
        if tensor.external or not tensor.data_index:
            continue
        if tensor.allocation is not None:
            _item(_item(states, tensor.mutable_segment, "state"), tensor.data_index, "state")
        elif inline:
            _check_room(tensor, 0, _item(inline, tensor.data_index, "constant"))
        else:
            _check_room(tensor, _item(offsets, tensor.data_index, "constant"), room)
    return offsets


def _check_room(tensor: Tensor, offset: int, room: int) -> None:
    if offset + tensor.nbytes > room:
        raise InvalidProgram(f"a constant spans bytes [{offset}, {offset + tensor.nbytes}), its data has {room}")


def _item(items: Sequence[T], index: int, what: str) -> T:
    if not 0 <= index < len(items):
        raise InvalidProgram(f"{what} {index} does not exist, there are {len(items)}")
    return items[index]


def gaps(program: Program) -> int:
    """Return the bytes that align parts of the file."""
    spans = sorted({(segment.offset, segment.offset + segment.nbytes) for segment in program.segments})
    ends = [(0, program.flatbuffer_bytes), *spans, (program.file_bytes, program.file_bytes)]
    return sum(max(0, after[0] - before[1]) for before, after in pairwise(ends))
