"""Reads one method of a `.pte`: its values, instructions and delegates; knows nothing of the rest of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pte import vela_stream, xnnpack_blob
from pte.flatbuffer import BOOL, INT8, INT32, INT64, UINT8, UINT32, UINT64, Bytes, InvalidProgram, Table
from pte.program import DTYPE_SIZES, Allocation, Delegate, Instruction, Method, Plain, Tensor, Value

DTYPES = dict(zip((*range(18), *range(22, 30)), DTYPE_SIZES, strict=True))
"""Torch's name of a dtype by the number in the file."""
DYNAMISM = ("static", "bounded", "unbounded")
INSTRUCTIONS = ("none", "kernel", "delegate", "move", "jump_false", "free")
MAX_RANK = 16
IN_FLATBUFFER, IN_SEGMENT = 0, 1

NODE_KINDS = {xnnpack_blob.BACKEND: xnnpack_blob.node_kinds, vela_stream.BACKEND: vela_stream.node_kinds}
"""What reads a backend's blobs."""


@dataclass(frozen=True, slots=True)
class BlobLookup:
    """Where delegates' blobs are: those in the flatbuffer and those in segments, as (position, length)."""

    data: Bytes
    inline: Sequence[tuple[int, int]]
    segments: Sequence[tuple[int, int]]


def read_method(table: Table, blobs: BlobLookup) -> Method:
    """Read the method in `table` and check every index in it."""
    name = table.text(0)
    if not name:
        raise InvalidProgram("a method must have a name")
    try:
        method = _read(name, table, blobs)
        _check_indices(method)
    except InvalidProgram as error:
        raise InvalidProgram(f"method '{name}': {error}") from error
    return method


def _read(name: str, table: Table, blobs: BlobLookup) -> Method:
    _read_container_metadata(table.table(1))
    return Method(
        name=name,
        values=tuple(_value(value) for value in table.tables(2)),
        inputs=table.integers(3, INT32),
        outputs=table.integers(4, INT32),
        instructions=tuple(step for chain in table.tables(5) for step in _instructions(chain)),
        operators=tuple((operator.text(0) or "", operator.text(1) or "") for operator in table.tables(6)),
        delegates=tuple(_delegate(delegate, blobs) for delegate in table.tables(7)),
        buffer_sizes=table.integers(8, INT64),
    )


def _read_container_metadata(table: Table | None) -> None:
    """Nothing here needs it, but a file that was cut short in it is not whole."""
    if table is not None:
        table.text(0)
        table.text(1)


def _value(table: Table) -> Value:
    tag, value = table.integer(0, UINT8), table.table(1)
    if tag == 0 or tag > len(READERS):
        raise InvalidProgram(f"the tag of a value must be 1 to {len(READERS)}, is {tag}")
    if value is None:
        raise InvalidProgram(f"a value with tag {tag} is missing")
    return READERS[tag - 1](value)


def _tensor(table: Table) -> Tensor:
    number = table.integer(0, INT8)
    if number not in DTYPES:
        raise InvalidProgram(f"no dtype has the number {number}")
    sizes, dim_order = table.integers(2, INT32), table.integers(3, UINT8)
    if len(sizes) > MAX_RANK or any(size < 0 for size in sizes):
        raise InvalidProgram(f"a tensor must have up to {MAX_RANK} sizes of at least 0, has {list(sizes)}")
    if sorted(dim_order) != list(range(len(sizes))):
        raise InvalidProgram(f"the dim order {list(dim_order)} is no permutation of {len(sizes)} dimensions")
    dynamism, storage_offset = table.integer(8, INT8), table.integer(1, INT32)
    if not 0 <= dynamism < len(DYNAMISM):
        raise InvalidProgram(f"a tensor's dynamism must be 0, 1 or 2, is {dynamism}")
    if storage_offset:
        raise InvalidProgram(f"a tensor's storage offset must be 0, is {storage_offset}")
    return _placed(table, Tensor(DTYPES[number], sizes, dim_order, DYNAMISM[dynamism], table.integer(5, UINT32)))


def _placed(table: Table, tensor: Tensor) -> Tensor:
    """Add where the tensor's bytes are."""
    place, extra = table.table(6), table.table(9)
    allocation = None
    if place is not None:
        allocation = Allocation(place.integer(0, UINT32), place.integer(1, UINT32) | place.integer(2, UINT32) << 32)
    if extra is None:
        return Tensor(*_base(tensor), allocation=allocation)
    external = extra.integer(2, INT8) == 1
    return Tensor(*_base(tensor), allocation, extra.text(1), external, extra.integer(0, UINT64))


def _base(tensor: Tensor) -> tuple[str, tuple[int, ...], tuple[int, ...], str, int]:
    return tensor.dtype, tensor.sizes, tensor.dim_order, tensor.dynamism, tensor.data_index


READERS: tuple[Callable[[Table], Value], ...] = (
    lambda _: Plain("none"),
    lambda table: Plain("int", table.integer(0, INT64)),
    lambda table: Plain("bool", bool(table.integer(0, BOOL))),
    lambda table: Plain("double", table.double(0)),
    _tensor,
    lambda table: Plain("string", table.text(0) or ""),
    lambda table: Plain("int_list", indices=table.integers(0, INT64)),
    lambda table: Plain("double_list", table.doubles(0)),
    lambda table: Plain("bool_list", tuple(bool(item) for item in table.integers(0, BOOL))),
    lambda table: Plain("tensor_list", indices=table.integers(0, INT32)),
    lambda table: Plain("optional_tensor_list", indices=table.integers(0, INT32)),
)


def _instructions(chain: Table) -> tuple[Instruction, ...]:
    chain.integers(0, INT32)
    chain.integers(1, INT32)
    for frames in chain.tables(3):
        for frame in frames.tables(0):
            for field in (0, 2, 3):
                frame.text(field)
    return tuple(_instruction(table) for table in chain.tables(2))


def _instruction(table: Table) -> Instruction:
    tag, call = table.integer(0, UINT8), table.table(1)
    if not 0 < tag < len(INSTRUCTIONS) or call is None:
        raise InvalidProgram(f"the tag of an instruction must be 1 to {len(INSTRUCTIONS) - 1}, is {tag}")
    kind = INSTRUCTIONS[tag]
    if kind in {"kernel", "delegate"}:
        return Instruction(kind, call.integer(0, INT32), call.integers(1, INT32))
    if kind == "free":
        return Instruction(kind, call.integer(0, INT32))
    first, second = call.integer(0, INT32), call.integer(1, INT32)
    # Of a move the target is the value it writes, of a jump the instruction it goes to.
    return Instruction(kind, second, (first,))


def _delegate(table: Table, blobs: BlobLookup) -> Delegate:
    backend, processed = table.text(0), table.table(1)
    if not backend or processed is None:
        raise InvalidProgram("a delegate must name its backend and its blob")
    place, index = processed.integer(0, INT8), processed.integer(1, UINT32)
    spans = blobs.segments if place == IN_SEGMENT else blobs.inline
    if index >= len(spans):
        raise InvalidProgram(f"a delegate's blob has the index {index}, there are {len(spans)}")
    start, size = spans[index]
    read = NODE_KINDS.get(backend)
    nodes = read(blobs.data, start, size) if read else None
    specs = tuple((spec.text(0) or "", spec.span(1)[1]) for spec in table.tables(2))
    return Delegate(backend, size, index if place == IN_SEGMENT else None, nodes, specs)


def _check_indices(method: Method) -> None:
    values = len(method.values)
    _check(method.inputs, values, "an input")
    _check(method.outputs, values, "an output")
    for value in method.values:
        if isinstance(value, Plain):
            _check(value.present, values, "an item of a list")
    limits = {
        "kernel": len(method.operators), "delegate": len(method.delegates),
        "jump_false": len(method.instructions) + 1, "move": values, "free": values,
    }  # fmt: skip
    for instruction in method.instructions:
        _check([instruction.target], limits[instruction.kind], f"the target of a {instruction.kind} instruction")
        _check(instruction.args, values, "an argument")
    for tensor in method.values:
        if isinstance(tensor, Tensor) and tensor.allocation is not None:
            _check_allocation(tensor, tensor.allocation, method.buffer_sizes)


def _check(indices: Sequence[int], limit: int, what: str) -> None:
    for index in indices:
        if not 0 <= index < limit:
            raise InvalidProgram(f"{what} has the index {index}, must be below {limit}")


def _check_allocation(tensor: Tensor, place: Allocation, sizes: Sequence[int]) -> None:
    if not 0 < place.memory_id < len(sizes):
        raise InvalidProgram(f"a tensor lies in memory {place.memory_id}, there are 1 to {len(sizes) - 1}")
    if place.offset + tensor.nbytes > sizes[place.memory_id]:
        raise InvalidProgram(
            f"a tensor ends at byte {place.offset + tensor.nbytes} of memory {place.memory_id},"
            f" which has {sizes[place.memory_id]}"
        )
