"""Reads a program's memory plan: its buffers, and where each tensor lies and for how long; knows no planner."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from pte.program import Method, Plain, Program, Tensor
from pte.reader import read_program


def plan_of(path: Path) -> dict[str, Any]:
    """Return the memory plan of the program at `path`, as docs/design/program_reports.md describes."""
    return plan_report(read_program(path))


def plan_report(program: Program) -> dict[str, Any]:
    """Return the memory plan of `program`; methods that only give a constant have none."""
    return {"methods": {method.name: method_plan(method) for method in program.methods if method.instructions}}


def method_plan(method: Method) -> dict[str, Any]:
    """Return the buffers of `method`, each with the most bytes that live in it at once, and its planned tensors."""
    tensors = _tensors(method)
    buffers = [
        {"memory_id": index, "bytes": size, "most_alive": _most_alive([t for t in tensors if t["memory_id"] == index])}
        for index, size in enumerate(method.buffer_sizes)
        if index > 0
    ]
    return {"instructions": len(method.instructions), "buffers": buffers, "tensors": tensors}


def _tensors(method: Method) -> list[dict[str, Any]]:
    uses, end = _uses(method), max(0, len(method.instructions) - 1)
    planned = []
    for index, value in enumerate(method.values):
        if not isinstance(value, Tensor) or value.allocation is None:
            continue
        role = _role(method, index)
        # State outlives the call; what nothing uses is kept for as long.
        used = uses[index] if role != "state" and uses[index] else [0, end]
        planned.append({
            "value": index, "role": role, "name": value.name, "dtype": value.dtype, "sizes": list(value.sizes),
            "memory_id": value.allocation.memory_id, "offset": value.allocation.offset, "bytes": value.nbytes,
            "first": min(used), "last": max(used),
        })  # fmt: skip
    return sorted(planned, key=lambda tensor: (tensor["memory_id"], tensor["offset"], tensor["first"]))


def _role(method: Method, index: int) -> str:
    if index in method.inputs:
        return "input"
    # Values are numbered as the graph meets them: constants and buffers, then inputs, then results.
    if method.inputs and index < min(method.inputs):
        return "state"
    return "output" if index in method.outputs else "intermediate"


def _uses(method: Method) -> defaultdict[int, list[int]]:
    """Return the instructions that need each value; inputs are there from the first, outputs to the last."""
    end = max(0, len(method.instructions) - 1)
    uses: defaultdict[int, list[int]] = defaultdict(list)
    for at, step in enumerate(method.instructions):
        targets = (step.target,) if step.kind in {"move", "free"} else ()
        for index in _with_items(method, (*step.args, *targets)):
            uses[index].append(at)
    for index in _with_items(method, method.inputs):
        uses[index].append(0)
    for index in _with_items(method, method.outputs):
        uses[index].append(end)
    return uses


def _with_items(method: Method, indices: tuple[int, ...]) -> list[int]:
    """Return `indices` and the items of the lists of tensors among them."""
    found = list(indices)
    for index in indices:
        value = method.values[index]
        if isinstance(value, Plain) and value.kind.endswith("tensor_list"):
            found += value.present
    return found


def _most_alive(tensors: list[dict[str, Any]]) -> int:
    """Return the most bytes that live at once: no plan can need fewer."""
    changes: defaultdict[int, int] = defaultdict(int)
    place: dict[str, Any] | None = None
    last = -1
    for tensor in tensors:
        if not tensor["bytes"]:
            continue  # It shares its place with what is there, and is none of it.
        # Values that start at one place at one time are one tensor: a view, or a buffer updated in place.
        if place is not None and tensor["offset"] == place["offset"] and tensor["first"] <= last:
            first, last = last + 1, max(last, tensor["last"])
        else:
            place, first, last = tensor, tensor["first"], tensor["last"]
        if first <= last:
            changes[first] += tensor["bytes"]
            changes[last + 1] -= tensor["bytes"]
    alive = most = 0
    for at in sorted(changes):
        alive += changes[at]
        most = max(most, alive)
    return most
