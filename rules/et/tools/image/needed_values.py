"""Leaves of a method's values those that something reads, and of equal constants one. Reads and writes no files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import takewhile

from pte.program import Instruction, Method, Plain, Tensor

SHARED = {"none", "int", "bool", "double", "string", "int_list", "double_list", "bool_list"}
"""Kinds of values that are the same wherever they are equal, as long as nothing writes to them."""


def needed_values(method: Method) -> Method:
    """Return `method` with fewer values: a program has each number once for every place where it is read."""
    read, written = _read(method), _written(method)
    places: dict[int, int] = {}
    known: dict[tuple[str, str], int] = {}
    kept: list[Plain | Tensor] = []
    # What lists hold comes first, so that lists of equal numbers are equal.
    for index in sorted(read, key=lambda at: (bool(_items(method, at)), at)):
        value = _moved(method.values[index], places)
        key = (value.kind, repr((value.value, value.indices))) if isinstance(value, Plain) else None
        shared = isinstance(value, Plain) and value.kind in SHARED and index not in written
        if key is not None and shared and key in known:
            places[index] = known[key]
            continue
        places[index] = len(kept)
        if key is not None and shared:
            known[key] = len(kept)
        kept.append(value)
    return replace(
        method,
        values=tuple(kept),
        inputs=tuple(places[index] for index in method.inputs),
        outputs=tuple(places[index] for index in method.outputs),
        instructions=tuple(_renamed(step, places) for step in method.instructions),
    )


def _items(method: Method, index: int) -> tuple[int, ...]:
    value = method.values[index]
    return value.present if isinstance(value, Plain) else ()


def _read(method: Method) -> set[int]:
    named = {*method.inputs, *method.outputs, *_written_by_steps(method.instructions)}
    named |= {index for step in method.instructions for index in step.args}
    return named | {item for index in named for item in _items(method, index)}


def _written_by_steps(steps: Iterable[Instruction]) -> Iterable[int]:
    return (step.target for step in steps if step.kind in {"move", "free"})


def _written(method: Method) -> set[int]:
    """Return values that may change: of a call, what stands behind its last tensor may be its result."""
    found = {*method.inputs, *_written_by_steps(method.instructions)}
    for step in method.instructions:
        if step.kind == "kernel":
            found |= {*takewhile(lambda at: not _holds_tensors(method, at), reversed(step.args))}
    return found


def _holds_tensors(method: Method, index: int) -> bool:
    value = method.values[index]
    return isinstance(value, Tensor) or value.kind.endswith("tensor_list")


def _moved(value: Plain | Tensor, places: Mapping[int, int]) -> Plain | Tensor:
    if isinstance(value, Tensor) or not value.indices:
        return value
    return replace(value, indices=tuple(places.get(index, index) for index in value.indices))


def _renamed(step: Instruction, places: Mapping[int, int]) -> Instruction:
    target = places[step.target] if step.kind in {"move", "free"} else step.target
    return replace(step, target=target, args=tuple(places[index] for index in step.args))
