"""Words a method's plan as constant tables of C++, for runtime/compiled/compiled_method.h. Reads no files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from common.diagnostics import mistake
from pte.method_reader import DTYPES
from pte.program import Instruction, Method, Plain, Program, Tensor, Value

NUMBERS = {name: number for number, name in DTYPES.items()}
LISTS = {"int_list": "Ints", "tensor_list": "Tensors", "optional_tensor_list": "OptionalTensors"}
ARRAYS = {"string": ("Text", "char"), "double_list": ("Doubles", "double"), "bool_list": ("Bools", "bool")}
STEPS = {"move": "kMove", "jump_false": "kJumpFalse", "free": "kFree"}
NONE = 0xFFFF
"""Stands for the -1 of a list of optional tensors."""
VIEW = ("executorch_prim::et_view", "default")
"""The operator that gives a tensor its data."""
LIMIT = 0xFFFD
"""Values, steps and operators are counted in 16 bits; the last three are kinds of steps."""


@dataclass
class Tables:
    """What the tables of one method name, gathered while they are worded."""

    prefix: str
    lines: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    _known: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)

    def constant(self, kind: str, items: Sequence[str]) -> str:
        """Return the name of an array of `items`: one for all that are equal; null for none."""
        key = (kind, tuple(items))
        if not items:
            return "nullptr"
        if key not in self._known:
            self._known[key] = f"{self.prefix}_constant_{len(self._known)}"
            self.lines.append(f"const {kind} {self._known[key]}[] = {{{', '.join(items)}}};")
        return self._known[key]

    def held(self, kind: str, items: Sequence[str]) -> int:
        """Return where an array of `items` is named among the constants that values name."""
        name = self.constant(kind, items)
        if name not in self.constants:
            self.constants.append(name)
        return self.constants.index(name)

    def variable(self, items: Sequence[int]) -> str:
        """Return the name of an array of 32-bit integers that may change."""
        if not items:
            return "nullptr"
        name = f"{self.prefix}_variable_{len(self.lines)}"
        self.lines.append(f"int32_t {name}[] = {{{', '.join(map(str, items))}}};")
        return name

    def place(self, indices: Sequence[int]) -> int:
        """Return where `indices` begin among the places."""
        self.places += [NONE if index == -1 else index for index in indices]
        return len(self.places) - len(indices)


def check(name: str, program: Program) -> None:
    """Refuse what tables cannot hold. Raises `not-compilable`."""
    for method in program.methods:
        for what in _obstacles(method, len(program.constant_offsets)):
            message = f"'{method.name}' of '{name}' cannot be a compiled plan: it has {what}"
            raise mistake("not-compilable", message, "plan", hint='plan = "loaded"')


def _obstacles(method: Method, constants: int) -> Iterator[str]:
    tensors = [value for value in method.values if isinstance(value, Tensor)]
    if method.delegates:
        yield f"parts for the backend '{method.delegates[0].backend}'"
    if any(tensor.external for tensor in tensors):
        yield "weights outside of the program"
    if any(tensor.allocation is not None and tensor.data_index for tensor in tensors):
        yield "tensors that change and begin with data"
    if any(tensor.constant and tensor.data_index >= constants for tensor in tensors):
        yield "weights that are in no segment"
    if any(tensor.dynamism == "unbounded" for tensor in tensors):
        yield "tensors without a bound"
    if max(len(method.values), len(method.instructions), len(method.operators)) >= LIMIT:
        yield f"more than {LIMIT - 1} values, steps or operators"


def definition(name: str, method: Method, constants: Sequence[int], data: str) -> Iterator[str]:
    """Yield the tables and the memory of `method`, which is called `name` in C++, and its plan.

    `data` names the constants' segment, `constants` says where each begins; planned memory is `<name>_memory_<id>`.
    """
    tables = Tables(name)
    tensors = [value for value in method.values if isinstance(value, Tensor)]
    worded = [_tensor(tables, tensor, constants, data) for tensor in tensors]
    values = list(_values(tables, method.values))
    steps = [_step(tables, each) for each in method.instructions]
    operators = [f'"{operator}{"." if overload else ""}{overload}"' for operator, overload in method.operators]
    yield from tables.lines
    sizes = {}
    for what, kind, items in (
        ("tensors", "etbuild::CompiledTensor", worded),
        ("values", "etbuild::CompiledValue", values),
        ("constants", "void* const", tables.constants),
        ("steps", "etbuild::CompiledStep", steps),
        ("places", "uint16_t", [str(place) for place in tables.places]),
        ("operators", "char* const", operators),
        ("inputs", "etbuild::CompiledPort", [_port(method, index, is_input=True) for index in method.inputs]),
        ("outputs", "etbuild::CompiledPort", [_port(method, index, is_input=False) for index in method.outputs]),
    ):
        table = f"{name}_plan_{what}"
        sizes[what] = f"{{{table if items else 'nullptr'}, {len(items)}}}"
        if items:
            yield f"constexpr {kind} {table}[] = {{" if what == "values" else f"const {kind} {table}[] = {{"
            yield from (f"    {item}," for item in items)
            yield "};"
    yield from _memory(name, method, len(tensors))
    memories = ("tensor_memory", "value_memory", "list_memory", "kernel_memory", "argument_memory")
    view = method.operators.index(VIEW) if VIEW in method.operators else NONE
    words = [*sizes.values(), str(_may_lack_data(method)).lower(), str(view)]
    words += [*(f"{name}_{memory}" for memory in memories), f"{name}_temp"]
    yield from ("", "}  // namespace", "")
    yield f"const etbuild::CompiledPlan {name}::plan = {{"
    yield from (f"    {word}," for word in words)
    yield "};"


def _port(method: Method, index: int, *, is_input: bool) -> str:
    value = method.values[index]
    if not isinstance(value, Tensor):
        return f"{{{index}, false, 0}}"
    planned = value.allocation is not None or (not is_input and value.data_index > 0)
    return f"{{{index}, {str(planned).lower()}, {math.prod(value.sizes)}}}"


def _may_lack_data(method: Method) -> bool:
    """Say whether a call could meet a tensor without data: one that is freed, or that nobody has to give any."""
    given = {*method.inputs}
    return any(step.kind == "free" for step in method.instructions) or any(
        isinstance(value, Tensor) and value.allocation is None and not value.data_index and index not in given
        for index, value in enumerate(method.values)
    )


def _memory(name: str, method: Method, tensors: int) -> Iterator[str]:
    arity = max((len(step.args) for step in method.instructions), default=0)
    lists = f"etbuild::compiled_list_bytes({name}_plan_values)" if method.values else "1"
    yield f"alignas(TensorImpl) uint8_t {name}_tensor_memory[{max(tensors, 1)} * sizeof(TensorImpl)];"
    yield f"alignas(EValue) uint8_t {name}_value_memory[{max(len(method.values), 1)} * sizeof(EValue)];"
    yield f"alignas(8) uint8_t {name}_list_memory[{lists}];"
    yield f"OpFunction {name}_kernel_memory[{max(len(method.operators), 1)}];"
    yield f"EValue* {name}_argument_memory[{max(arity, 1)}];"


def _tensor(tables: Tables, tensor: Tensor, constants: Sequence[int], data: str) -> str:
    strides = _strides(tensor)
    dynamic = tensor.dynamism != "static"
    sizes = tables.variable(tensor.sizes) if dynamic else tables.constant("int32_t", [*map(str, tensor.sizes)])
    steps = tables.variable(strides) if dynamic else tables.constant("int32_t", [*map(str, strides)])
    order = tables.constant("uint8_t", [*map(str, tensor.dim_order)])
    where = "nullptr"
    if tensor.allocation is not None:
        where = f"{tables.prefix}_memory_{tensor.allocation.memory_id} + {tensor.allocation.offset}"
    elif tensor.data_index:
        where = f"const_cast<uint8_t*>({data} + {constants[tensor.data_index]})"
    rank = len(tensor.sizes)
    return f"{{{where}, {sizes}, {steps}, {order}, {NUMBERS[tensor.dtype]}, {rank}, {str(dynamic).lower()}}}"


def _strides(tensor: Tensor) -> list[int]:
    """Return the strides of a dense tensor; a size of 0 counts as 1."""
    strides = [1] * len(tensor.sizes)
    step = 1
    for dimension in reversed(tensor.dim_order):
        strides[dimension] = step
        step *= max(tensor.sizes[dimension], 1)
    return strides


def _values(tables: Tables, values: Sequence[Value]) -> Iterator[str]:
    tensors = 0
    for value in values:
        if isinstance(value, Tensor):
            yield _row("Tensor", index=tensors)
            tensors += 1
        else:
            yield _plain(tables, value)


def _plain(tables: Tables, value: Plain) -> str:
    if value.kind in LISTS:
        return _row(LISTS[value.kind], count=len(value.indices), index=tables.place(value.indices))
    if value.kind in ARRAYS:
        kind, element = ARRAYS[value.kind]
        content = value.value.encode() if isinstance(value.value, str) else value.value
        items = (
            [_item(item, element) for item in content if item is not None]
            if isinstance(content, (tuple, bytes))
            else []
        )
        return _row(kind, count=len(items), index=tables.held(element, items))
    if value.kind == "double" and isinstance(value.value, float):
        return _row("Double", index=tables.held("double", [_real(value.value)]))
    if value.kind == "bool":
        return _row("Bool", index=int(bool(value.value)))
    if value.kind == "int" and isinstance(value.value, int):
        return _int(tables, value.value)
    return _row("None")


def _int(tables: Tables, number: int) -> str:
    if -(2**31) <= number < 2**31:
        return _row("Int", index=number)
    word = "INT64_MIN" if number == -(2**63) else f"INT64_C({number})"
    return _row("LongInt", index=tables.held("int64_t", [word]))


def _row(kind: str, count: int = 0, index: int = 0) -> str:
    return f"{{etbuild::CompiledValue::Kind::{kind}, {count}, {index}}}"


def _item(item: float | bool | str, element: str) -> str:
    if element == "double":
        return _real(float(item))
    return str(bool(item)).lower() if element == "bool" else f"'\\x{int(item):02x}'"


def _real(number: float) -> str:
    if math.isnan(number):
        return '__builtin_nan("")'
    if math.isinf(number):
        return "__builtin_inf()" if number > 0 else "-__builtin_inf()"
    return number.hex()


def _step(tables: Tables, step: Instruction) -> str:
    if step.kind == "kernel":
        return f"{{{step.target}, {len(step.args)}, {tables.place(step.args)}}}"
    first, count = (step.target, 0) if step.kind == "free" else (step.args[0], step.target)
    return f"{{etbuild::CompiledStep::{STEPS[step.kind]}, {count}, {first}}}"
