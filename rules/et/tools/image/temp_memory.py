"""Bounds the temporary memory of programs' calls, by what catalogues say of their kernels. Knows no kernel itself."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.diagnostics import mistake
from image.image_sources import Embedded
from pte.operators import given_arguments
from pte.program import DTYPE_SIZES, Instruction, Method, Plain, Tensor

ATTRIBUTE = "temp_memory"
Answer = int | tuple[int, int] | None
"""Bytes that a kernel cannot do without; or those it asks for, and those; or nobody knows."""


@dataclass(frozen=True, slots=True)
class TensorArgument:
    """A tensor of a call; `sizes` are the largest that it can have."""

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str

    @property
    def nbytes(self) -> int:
        """All its bytes."""
        size = DTYPE_SIZES[self.dtype]
        for each in self.sizes:
            size *= each
        return size

    @property
    def is_contiguous(self) -> bool:
        """Whether it lies as its sizes say, the last dimension innermost."""
        stride = 1
        for size, own in zip(reversed(self.sizes), reversed(self.strides), strict=True):
            if size != 1 and own != stride:
                return False
            stride *= size
        return True


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a kernel, as its function sees it."""

    arguments: tuple[Any, ...]
    """TensorArguments, numbers, texts, None, and tuples of these."""
    is_static: bool
    """Whether all its tensors always have these sizes."""
    vectors: str
    """What kernels compute by: "mve", "" for no vectors, "plain" for loops where size is all that counts."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """What says how much a kernel takes."""

    function: Callable[[Call], Answer]
    name: str
    """Of it, with its file."""


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes, and the call that takes them."""

    size: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """The most of calls."""

    methods: Mapping[tuple[str, str], Need]
    """What those of each program and method ask for."""
    needed: Need
    """What one of them cannot do without."""

    @property
    def wanted(self) -> Need:
        """What one of them asks for."""
        return max(self.methods.values(), key=lambda need: need.size, default=Need())


def read_kernels(catalogs: Iterable[tuple[Path, Path]]) -> Mapping[str, Kernel]:
    """Return what says how much kernels take, by operator: of files of operators, each with its file of functions."""
    found: dict[str, Kernel] = {}
    for toml, python in catalogs:
        functions = runpy.run_path(str(python), run_name=python.stem)
        for operator, entry in tomllib.loads(toml.read_text(encoding="utf-8")).items():
            name = entry.get("temp")
            if name is None:
                continue
            if not callable(functions.get(name)):
                message = f"'{python.name}' must have the function '{name}', which '{operator}' of '{toml}' names"
                raise mistake("bad-kernel-catalog", message)
            found[operator] = Kernel(functions[name], f"{python.name}:{name}")
    return found


def bound(programs: Sequence[Embedded], kernels: Mapping[str, Kernel], vectors: str, *, is_given: bool) -> Bound:
    """Return the most that calls ask for. Raises `unknown-temp-memory` where nobody knows, unless it `is_given`."""
    methods: dict[tuple[str, str], Need] = {}
    needed = Need()
    for program in programs:
        for method in program.program.methods:
            wanted = Need()
            for operator, at, step in _calls(method):
                if operator not in kernels:
                    continue
                place = f"{operator} (step {at}) in '{method.name}' of '{program.name}'"
                answer = _ask(kernels[operator], Call(*_arguments(method, step), vectors), place)
                if answer is None and not is_given:
                    message = f"'temp_memory' must be given: how much {place} takes is not known"
                    raise mistake("unknown-temp-memory", message, ATTRIBUTE, hint='temp_memory = "4KiB"')
                most, least = answer if isinstance(answer, tuple) else (answer or 0, answer or 0)
                wanted = max(wanted, Need(most, place), key=lambda need: need.size)
                needed = max(needed, Need(least, place), key=lambda need: need.size)
            methods[program.name, method.name] = wanted
    return Bound(methods, needed)


def asked(found: Bound, program: Embedded) -> Mapping[str, int]:
    """Return the bytes that each method of a program asks for."""
    return {method: need.size for (name, method), need in found.methods.items() if name == program.name}


def check(found: Bound, given: int | None) -> None:
    """Refuse less than kernels cannot do without. Raises `temp-memory-too-small`."""
    if given is not None and given < found.needed.size:
        message = f"'temp_memory' must be at least {found.needed.size} bytes for {found.needed.place}, is {given}"
        hint = f"leave it out: then it is what kernels ask for, {found.wanted.size} bytes"
        raise mistake("temp-memory-too-small", message, ATTRIBUTE, hint=hint)


def _calls(method: Method) -> Iterator[tuple[str, int, Instruction]]:
    for at, step in enumerate(method.instructions):
        if step.kind == "kernel":
            name, overload = method.operators[step.target]
            yield f"{name}.{overload}" if overload else name, at, step


def _ask(kernel: Kernel, call: Call, place: str) -> Answer:
    try:
        return kernel.function(call)
    except Exception as error:  # A catalogue's own function: whatever it raises is its mistake, told with the call.
        message = f"'{kernel.name}' must say how much temporary memory {place} takes: {type(error).__name__}: {error}"
        raise mistake("entry-failed", message) from error


def _arguments(method: Method, step: Instruction) -> tuple[tuple[Any, ...], bool]:
    """Return the values of a call, and whether all its tensors are static."""
    given = given_arguments(method, step)
    values = [method.values[index] for index in given if index >= 0]
    items = [method.values[index] for value in values if isinstance(value, Plain) for index in _present(value)]
    is_static = all(value.dynamism == "static" for value in (*values, *items) if isinstance(value, Tensor))
    return tuple(_argument(method, index) for index in given), is_static


def _present(value: Plain) -> tuple[int, ...]:
    return value.present if value.kind.endswith("list") else ()


def _argument(method: Method, index: int) -> Any:
    if index < 0:
        return None
    value = method.values[index]
    if isinstance(value, Tensor):
        return TensorArgument(value.sizes, _strides(value), value.dtype)
    if value.indices:
        return tuple(_argument(method, item) for item in value.indices)
    return () if value.kind == "int_list" else value.value


def _strides(tensor: Tensor) -> tuple[int, ...]:
    strides, stride = [0] * len(tensor.sizes), 1
    for dim in reversed(tensor.dim_order):
        strides[dim] = stride
        stride *= max(tensor.sizes[dim], 1)
    return tuple(strides)
