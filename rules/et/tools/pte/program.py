"""The values that a `.pte` holds, as frozen data; knows neither the file's layout nor how to show them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

DTYPE_SIZES = {
    "uint8": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "float16": 2, "float32": 4, "float64": 8,
    "complex32": 4, "complex64": 8, "complex128": 16, "bool": 1,
    "qint8": 1, "quint8": 1, "qint32": 4, "bfloat16": 2, "quint4x2": 1, "quint2x4": 1, "bits16": 2,
    "float8_e5m2": 1, "float8_e4m3fn": 1, "float8_e5m2fnuz": 1, "float8_e4m3fnuz": 1,
    "uint16": 2, "uint32": 4, "uint64": 8,
}  # fmt: skip
"""Bytes of one element, by torch's name of the dtype."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where a tensor lies in planned memory."""

    memory_id: int
    offset: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor value; `sizes` are upper bounds where `dynamism` is not "static"."""

    dtype: str
    sizes: tuple[int, ...]
    dim_order: tuple[int, ...]
    dynamism: str
    data_index: int = 0
    """Which constant (or initial state) it is; 0 for none."""
    allocation: Allocation | None = None
    name: str | None = None
    external: bool = False
    """True if its bytes are outside of the file, under `name`."""
    mutable_segment: int = 0

    @property
    def nbytes(self) -> int:
        """Bytes of the whole tensor, at its upper bound."""
        return prod(self.sizes) * DTYPE_SIZES[self.dtype]

    @property
    def constant(self) -> bool:
        """True if its bytes are given and never change."""
        return self.allocation is None and (self.data_index > 0 or self.external)


Item = int | float | bool | str | None


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that is no tensor: `kind` is none, int, bool, double, string or a list of them or of tensors."""

    kind: str
    value: Item | tuple[Item, ...] = None
    indices: tuple[int, ...] = ()
    """Of int, tensor and optional tensor lists: their items' places among the method's values; -1 is none."""

    @property
    def present(self) -> tuple[int, ...]:
        """The indices that are not none."""
        return tuple(index for index in self.indices if index != -1)


Value = Tensor | Plain


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step of a method; `target` is an operator, a delegate, a value or an instruction, as `kind` says."""

    kind: str
    target: int
    args: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegate:
    """A part of the graph that a backend holds as one blob."""

    backend: str
    nbytes: int
    segment: int | None
    """The segment that holds the blob, None if it is in the flatbuffer."""
    nodes: tuple[str, ...] | None
    """The kinds of its nodes, None where the blob's form is not known."""
    compile_specs: tuple[tuple[str, int], ...] = ()
    """Each one's key and bytes."""


@dataclass(frozen=True, slots=True)
class Method:
    """An entry of the program."""

    name: str
    values: tuple[Value, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    instructions: tuple[Instruction, ...]
    operators: tuple[tuple[str, str], ...]
    """Name and overload."""
    delegates: tuple[Delegate, ...]
    buffer_sizes: tuple[int, ...]
    """Bytes of planned memory by memory id; id 0 is not used."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes behind the flatbuffer; `holds` is constants, state, delegates, named data or several of them."""

    offset: int
    nbytes: int
    holds: str


@dataclass(frozen=True, slots=True)
class Program:
    """A whole file."""

    file_bytes: int
    flatbuffer_bytes: int
    methods: tuple[Method, ...]
    segments: tuple[Segment, ...]
    constant_offsets: tuple[int, ...]
    inline_constant_bytes: int
    inline_delegate_bytes: int
    named_data: tuple[tuple[str, int], ...]
    """Each one's key and bytes; several keys may share bytes."""
