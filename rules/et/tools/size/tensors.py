"""Which tensors an image's programs hold and plan memory for. Knows nothing of linking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pte.plan import method_plan
from pte.program import Program, Tensor


def arenas(name: str, program: Program) -> Iterator[dict[str, Any]]:
    """Yield each planned memory of a program with its tensors; no plan can need less than the most alive at once."""
    for method in program.methods:
        if not method.instructions:
            continue
        plan = method_plan(method)
        for buffer in plan["buffers"]:
            yield {
                "program": name,
                "method": method.name,
                "memory_id": buffer["memory_id"],
                "bytes": buffer["bytes"],
                "lower_bound": buffer["most_alive"],
                "instructions": plan["instructions"],
                "tensors": [each for each in plan["tensors"] if each["memory_id"] == buffer["memory_id"]],
            }


def tensors(name: str, program: Program) -> Iterator[tuple[str, str, int]]:
    """Yield each tensor: `constant` or `planned`, what it is called whatever else there is, and its bytes."""
    seen = set()
    for method in program.methods:
        for value in method.values:
            if not isinstance(value, Tensor) or (value.constant and (value.external or value.data_index in seen)):
                continue
            form = f"{value.dtype}[{', '.join(map(str, value.sizes))}]"
            called = f"{name}: {value.name} {form}" if value.name else f"{name}: {form}"
            if value.constant:
                seen.add(value.data_index)  # Methods share them.
                yield "constant", called, value.nbytes
            elif value.allocation is not None:
                yield "planned", called, value.nbytes
