"""A recorded call: an operator, what it is called with, what it must answer, and how near.

Knows kinds of arguments, not where calls come from. `Call.of` takes arguments by name, as the schema has them:

    Call.of(schema, {"self": x, "other": y, "alpha": 2}, [Output(torch.add(x, y, alpha=2))], Tolerance(rtol=1e-6))

An argument that a kernel changes (`is_write`) takes its place among the outputs, in the schema's order; so does what a
functional operator returns. Dtypes, layouts and memory formats are numbers, as in a program. Tensors are contiguous or
channels last; others are made contiguous. Last stands once more what an operator writes, as in a program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import torch

DTYPES = {
    torch.uint8: 0,
    torch.int8: 1,
    torch.int16: 2,
    torch.int32: 3,
    torch.int64: 4,
    torch.float16: 5,
    torch.float32: 6,
    torch.float64: 7,
    torch.complex32: 8,
    torch.complex64: 9,
    torch.complex128: 10,
    torch.bool: 11,
    torch.bfloat16: 15,
    torch.uint16: 27,
    torch.uint32: 28,
}
MEMORY_FORMATS = {
    torch.contiguous_format: 0,
    torch.preserve_format: 1,
    torch.channels_last: 2,
    torch.channels_last_3d: 3,
}


class Unrecordable(Exception):  # noqa: N818 -- it is no error: the call is left out
    """No program can hold such a call."""


class Kind(IntEnum):
    """What an argument is."""

    NONE = 0
    INT = 1
    DOUBLE = 2
    BOOL = 3
    STRING = 4
    INTS = 5
    DOUBLES = 6
    BOOLS = 7
    TENSOR = 8
    TENSORS = 9
    OPTIONAL_TENSORS = 10
    RETURNED = 11


class Compare(IntEnum):
    """What of an answer is compared."""

    VALUES = 0
    SIZES = 1
    UNIT_RANGE = 2  # Random numbers: each in [0, 1).
    NORMAL = 3  # Random numbers: finite, mean and deviation near 0 and 1 if there are many.


class Dynamism(IntEnum):
    """Which sizes a tensor may take."""

    STATIC = 0
    BOUND = 1
    UNBOUND = 2


@dataclass(frozen=True)
class Tolerance:
    """How far an answer may be: |answer - expected| <= atol + rtol * |expected|; integers and bools are exact if 0."""

    rtol: float = 0.0
    atol: float = 0.0


@dataclass(frozen=True)
class Output:
    """A tensor that the kernel writes: what it must hold then; what it holds and its sizes before, if that matters."""

    expected: torch.Tensor
    before: torch.Tensor | None = None
    room: tuple[int, ...] | None = None
    dynamism: Dynamism = Dynamism.STATIC


@dataclass(frozen=True)
class Argument:
    """One argument: its content is a number, a text, a sequence, a tensor, an Output or a sequence of arguments."""

    kind: Kind
    content: Any = None


@dataclass(frozen=True)
class Call:
    """A call of an operator."""

    operator: str
    arguments: tuple[Argument, ...]
    tolerance: Tolerance = field(default_factory=Tolerance)
    compare: Compare = Compare.VALUES
    signed_zeros: bool = False

    @staticmethod
    def of(
        schema: Any,
        given: Mapping[str, Any],
        outputs: Sequence[Output],
        tolerance: Tolerance | None = None,
        compare: Compare = Compare.VALUES,
    ) -> Call:
        """Return the call with the schema's arguments in their order; what is not given has its default."""
        rest, arguments, written = list(outputs), [], []
        for position, argument in enumerate(schema.arguments):
            kind = str(argument.type)
            if argument.is_out or (argument.alias_info is not None and argument.alias_info.is_write):
                if argument.is_out or len(outputs) == 1:
                    written.append(position)
                if kind == "List[Tensor]":
                    arguments.append(Argument(Kind.TENSORS, tuple(Argument(Kind.TENSOR, output) for output in rest)))
                    rest = []
                else:
                    arguments.append(Argument(Kind.TENSOR, rest.pop(0)))
            elif argument.name in given or argument.has_default_value():
                arguments.append(argument_of(given.get(argument.name, argument.default_value), kind))
            else:
                raise Unrecordable(argument.name)
        arguments += (Argument(Kind.TENSOR, output) for output in rest)
        if not rest:
            arguments.append(Argument(Kind.RETURNED, tuple(written)))
        name = ".".join(filter(None, (schema.name, schema.overload_name)))
        return Call(name, tuple(arguments), tolerance or Tolerance(), compare)


def argument_of(value: Any, kind: str) -> Argument:
    """Return the argument that an operator is given, as the kind that it declares."""
    wanted = kind.removeprefix("Optional[").removesuffix("]") if kind.startswith("Optional[") else kind
    if value is None:
        return Argument(Kind.NONE)
    if wanted == "Tensor":
        if not isinstance(value, torch.Tensor):
            raise Unrecordable(f"a {type(value).__name__} in a tensor's place")
        return Argument(Kind.TENSOR, value)
    if wanted in ("List[Tensor]", "List[Optional[Tensor]]"):
        of = Kind.TENSORS if wanted == "List[Tensor]" else Kind.OPTIONAL_TENSORS
        inner = "Tensor" if of == Kind.TENSORS else "Optional[Tensor]"
        return Argument(of, tuple(argument_of(each, inner) for each in value))
    if wanted.startswith("List["):
        several = value if isinstance(value, list | tuple) else [value]
        of, number = {"int": (Kind.INTS, int), "float": (Kind.DOUBLES, float), "bool": (Kind.BOOLS, bool)}[wanted[5:-1]]
        return Argument(of, tuple(number(each) for each in several))
    return Argument(*scalar_of(value, wanted))


def scalar_of(value: Any, wanted: str) -> tuple[Kind, Any]:
    """Return kind and content of a value that is no tensor and no list."""
    if isinstance(value, torch.dtype):
        return Kind.INT, DTYPES[value]
    if isinstance(value, torch.memory_format):
        return Kind.INT, MEMORY_FORMATS[value]
    if isinstance(value, torch.layout):
        return Kind.INT, 0
    if isinstance(value, str):
        return Kind.STRING, value
    if wanted == "float" and isinstance(value, int | float):
        return Kind.DOUBLE, float(value)
    for of, number in ((Kind.BOOL, bool), (Kind.INT, int), (Kind.DOUBLE, float)):
        if isinstance(value, number) and wanted in ("number", number.__name__):
            return of, value
    raise Unrecordable(f"a {type(value).__name__} in the place of {wanted}")


def dim_order(tensor: torch.Tensor) -> tuple[int, ...]:
    """Return the order in which the dimensions lie in memory, from the outermost: the usual one or channels last."""
    usual = tuple(range(tensor.dim()))
    if tensor.dim() not in (4, 5) or tensor.is_contiguous():
        return usual
    channels_last = (0, *usual[2:], 1)
    return channels_last if tensor.permute(channels_last).is_contiguous() else usual
