"""Builds a method, value by value and call by call, out of the schema's own dataclasses. Knows no operator by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch
from executorch.exir import schema
from executorch.exir.scalar_type import ScalarType
from executorch.exir.schema import TensorShapeDynamism as Shape

DTYPES = {
    torch.uint8: ScalarType.BYTE,
    torch.int8: ScalarType.CHAR,
    torch.int16: ScalarType.SHORT,
    torch.int32: ScalarType.INT,
    torch.int64: ScalarType.LONG,
    torch.float16: ScalarType.HALF,
    torch.float32: ScalarType.FLOAT,
    torch.float64: ScalarType.DOUBLE,
    torch.bool: ScalarType.BOOL,
    torch.bfloat16: ScalarType.BFLOAT16,
}
LISTS = {"List[int]": "int", "List[SymInt]": "int"}


@dataclass(frozen=True)
class Node:
    """A tensor among the values: its index, and what it looks like."""

    index: int
    dtype: torch.dtype
    sizes: tuple[int, ...]
    order: tuple[int, ...]

    def meta(self) -> torch.Tensor:
        """Return a tensor of this form without elements: PyTorch tells of it what an operator would give."""
        return torch.empty(self.sizes, dtype=self.dtype, device="meta")


@dataclass(frozen=True)
class Given:
    """A scalar among the values, to be called with as it is; `like` stands for it where shapes are computed."""

    index: int
    like: Any


@dataclass
class Data:
    """What all methods of a program share: bytes of constants and of initial states. Index 0 is reserved."""

    constants: list[bytes] = field(default_factory=lambda: [b""])
    states: list[bytes] = field(default_factory=lambda: [b""])
    external: dict[str, tuple[bytes, Node]] = field(default_factory=dict)
    named: dict[str, bytes] = field(default_factory=dict)


class PlanBuilder:
    """One method in the making."""

    def __init__(self, name: str, data: Data, arenas: int = 1) -> None:
        self.name = name
        self.data = data
        self.arenas = [0] * (arenas + 1)
        self.values: list[schema.EValue] = []
        self.operators: list[schema.Operator] = []
        self.instructions: list[schema.Instruction] = []
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self.dynamism = Shape.STATIC
        self._arena = 0

    def value(self, value: Any) -> int:
        """Add a value and return its index."""
        self.values.append(schema.EValue(value))
        return len(self.values) - 1

    def scalar(self, value: bool | float) -> int:
        """Add a Bool, an Int or a Double."""
        if isinstance(value, bool):
            return self.value(schema.Bool(value))
        return self.value(schema.Int(value) if isinstance(value, int) else schema.Double(value))

    def ints(self, items: Sequence[int | Given]) -> int:
        """Add a list of numbers, which are values of their own; one that is among the values already stays the one."""
        return self.value(schema.IntList([i.index if isinstance(i, Given) else self.scalar(int(i)) for i in items]))

    def tensor(
        self,
        dtype: torch.dtype,
        sizes: Sequence[int],
        order: Sequence[int] | None = None,
        *,
        planned: bool = True,
        **changed: Any,
    ) -> Node:
        """Add a tensor with a place in an arena, or, if not planned, without memory."""
        node = Node(len(self.values), dtype, tuple(sizes), tuple(order if order is not None else range(len(sizes))))
        fields = {
            "scalar_type": DTYPES[dtype],
            "storage_offset": 0,
            "sizes": list(node.sizes),
            "dim_order": list(node.order),
            "requires_grad": False,
            "layout": 0,
            "data_buffer_idx": 0,
            "allocation_info": self._place(nbytes(node)) if planned else None,
            "shape_dynamism": self.dynamism,
        }
        self.value(schema.Tensor(**(fields | changed)))
        return node

    def constant(self, content: torch.Tensor, **changed: Any) -> Node:
        """Add a tensor whose bytes stand in the program."""
        self.data.constants.append(raw(content))
        index = len(self.data.constants) - 1
        fields = {"data_buffer_idx": index, "shape_dynamism": Shape.STATIC}
        return self.tensor(content.dtype, content.shape, planned=False, **(fields | changed))

    def state(self, content: torch.Tensor, name: str | None = None) -> Node:
        """Add a tensor that is changed by calls and begins with these bytes."""
        self.data.states.append(raw(content))
        extra = schema.ExtraTensorInfo(fully_qualified_name=name) if name else None
        fields = {"data_buffer_idx": len(self.data.states) - 1, "shape_dynamism": Shape.STATIC}
        return self.tensor(content.dtype, content.shape, **fields, extra_tensor_info=extra)

    def external(self, content: torch.Tensor, name: str, *, planned: bool = False, stored: bool = True) -> Node:
        """Add a tensor whose bytes stand in a file beside the program, if stored."""
        where = schema.ExtraTensorInfo(fully_qualified_name=name, location=schema.TensorDataLocation.EXTERNAL)
        node = self.tensor(
            content.dtype, content.shape, planned=planned, extra_tensor_info=where, shape_dynamism=Shape.STATIC
        )
        if stored:
            self.data.external[name] = (raw(content), node)
        return node

    def call(self, operator: str, functional: Any, *given: Any, **named: Any) -> list[Node]:
        """Call an operator that writes into `out` arguments, whose forms PyTorch tells from its functional twin."""
        results = functional(*meta(given), **{name: meta(value) for name, value in named.items()})
        results = list(results) if isinstance(results, tuple | list) else [results]
        base, _, overload = operator.partition(".")
        arguments = torch._C._get_schema(f"aten::{base}", overload)
        order = given[0].order if given and isinstance(given[0], Node) else ()
        outs = [self.tensor(x.dtype, x.shape, order if len(order) == x.dim() else None) for x in results]
        indices, positional, following = [], list(given), list(outs)
        for argument in arguments.arguments:
            kind = str(argument.type)
            if argument.is_out:
                if kind == "List[Tensor]":
                    indices.append(self.value(schema.TensorList([out.index for out in outs])))
                else:
                    indices.append(following.pop(0).index)
            elif positional:
                indices.append(self.argument(positional.pop(0), kind))
            else:
                value = named.get(argument.name, argument.default_value)
                indices.append(self.argument(value, kind))
        returned = [index for index, a in zip(indices, arguments.arguments, strict=True) if a.is_out]
        self.kernel(f"aten::{base}", overload, [*indices, *returned])
        return outs

    def kernel(self, name: str, overload: str, arguments: Sequence[int]) -> None:
        """Add an instruction that calls a kernel."""
        operator = schema.Operator(name, overload)
        if operator not in self.operators:
            self.operators.append(operator)
        self.add(schema.KernelCall(self.operators.index(operator), list(arguments)))

    def add(self, instruction: Any) -> int:
        """Add any instruction and return its index."""
        self.instructions.append(schema.Instruction(instruction))
        return len(self.instructions) - 1

    def argument(self, value: Any, kind: str) -> int:
        """Add what an operator is called with, as the kind that it declares; return its index."""
        if isinstance(value, Node | Given):
            return value.index
        if value is None:
            return self.value(schema.Null())
        if kind == "List[Tensor]":
            return self.value(schema.TensorList([node.index for node in value]))
        if kind == "List[Optional[Tensor]]":
            return self.value(schema.OptionalTensorList([-1 if node is None else node.index for node in value]))
        if isinstance(value, str):
            return self.value(schema.String(value))
        if isinstance(value, torch.dtype):
            return self.scalar(int(DTYPES[value]))
        if isinstance(value, list | tuple):
            if "float" in kind:
                return self.value(schema.DoubleList([float(item) for item in value]))
            if "bool" in kind:
                return self.value(schema.BoolList([bool(item) for item in value]))
            return self.ints(value)
        return self.scalar(float(value) if kind == "float" and not isinstance(value, bool) else value)

    def plan(self) -> schema.ExecutionPlan:
        """Return the method."""
        return schema.ExecutionPlan(
            name=self.name,
            container_meta_type=schema.ContainerMetadata(f"in:{len(self.inputs)}", f"out:{len(self.outputs)}"),
            values=self.values,
            inputs=self.inputs,
            outputs=self.outputs,
            chains=[schema.Chain([], [], self.instructions, None)],
            operators=self.operators,
            delegates=[],
            non_const_buffer_sizes=self.arenas,
        )

    def _place(self, size: int) -> schema.AllocationDetails:
        """Return the next place: arenas take turns, nothing shares memory."""
        self._arena = self._arena % (len(self.arenas) - 1) + 1
        offset = self.arenas[self._arena]
        self.arenas[self._arena] = -(-(offset + size) // 16) * 16
        return schema.AllocationDetails(self._arena, offset, 0)


def meta(value: Any) -> Any:
    """Return what stands for an argument where only shapes are computed."""
    if isinstance(value, Node):
        return value.meta()
    if isinstance(value, Given):
        return value.like
    return [meta(item) for item in value] if isinstance(value, list | tuple) else value


def nbytes(node: Node) -> int:
    """Return how much memory a tensor takes."""
    return math.prod(node.sizes) * item_size(node.dtype)


@cache
def item_size(dtype: torch.dtype) -> int:
    """Return the size of one element."""
    return torch.empty((), dtype=dtype).element_size()


def raw(content: torch.Tensor) -> bytes:
    """Return a tensor's bytes."""
    return bytes(content.contiguous().flatten().view(torch.uint8).tolist())
