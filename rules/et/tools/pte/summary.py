"""Sums a program up for people and for `diff`: methods with their inputs and outputs, bytes by part; does not print."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pte.operators import method_operators
from pte.plan import method_plan
from pte.program import Method, Plain, Program, Tensor, Value
from pte.reader import gaps


def summarize(program: Program) -> dict[str, Any]:
    """Return what `program` holds, as docs/design/program_reports.md describes."""
    entries = [method for method in program.methods if method.instructions]
    return {
        "bytes": part_bytes(program),
        "methods": {method.name: _method(method) for method in entries},
        "constant_methods": {m.name: constant_result(m) for m in program.methods if not m.instructions},
        "constants": _constants(program),
        "named_data": [{"key": key, "bytes": size} for key, size in program.named_data],
        "external_data": sorted({value.name or "" for value in _tensors(program) if value.external}),
    }


def part_bytes(program: Program) -> dict[str, int]:
    """Return the bytes of the file by part; they sum up to the file's."""
    parts: Counter[str] = Counter()
    for segment in set(program.segments):
        parts[segment.holds] += segment.nbytes
    inline = program.inline_constant_bytes + program.inline_delegate_bytes
    alignment = gaps(program)
    return {
        "file": program.file_bytes,
        "instructions and values": program.flatbuffer_bytes - inline,
        "constants": parts.pop("constants", 0) + program.inline_constant_bytes,
        "delegates": parts.pop("delegates", 0) + program.inline_delegate_bytes,
        "named data": parts.pop("named data", 0),
        "state": parts.pop("state", 0),
        **dict(sorted(parts.items())),
        "alignment": alignment,
    }


def constant_result(method: Method) -> Any:
    """Return what a method without instructions gives: a value, or a list of them."""
    results = [_plain(method, method.values[index]) for index in method.outputs]
    return results[0] if len(results) == 1 else results


def describe(method: Method, index: int) -> dict[str, Any]:
    """Return kind, dtype and sizes of one input or output."""
    value = method.values[index]
    if isinstance(value, Plain):
        return {"kind": value.kind}
    return {"kind": "tensor", "dtype": value.dtype, "sizes": list(value.sizes), "dynamism": value.dynamism}


def _plain(method: Method, value: Value) -> Any:
    if isinstance(value, Tensor):
        return {"kind": "tensor", "dtype": value.dtype, "sizes": list(value.sizes)}
    if value.kind == "int_list":
        return [_plain(method, method.values[index]) for index in value.present]
    return list(value.value) if isinstance(value.value, tuple) else value.value


def _method(method: Method) -> dict[str, Any]:
    plan = method_plan(method)
    return {
        "inputs": [describe(method, index) for index in method.inputs],
        "outputs": [describe(method, index) for index in method.outputs],
        "instructions": len(method.instructions),
        **method_operators(method),
        "planned_memory": plan["buffers"],
        "state_bytes": sum(tensor["bytes"] for tensor in plan["tensors"] if tensor["role"] == "state"),
    }


def _tensors(program: Program) -> list[Tensor]:
    return [value for method in program.methods for value in method.values if isinstance(value, Tensor)]


def _constants(program: Program) -> dict[str, Any]:
    """Return how many constants there are and their bytes by dtype; one that several values share counts once."""
    unique = {value.data_index: value for value in _tensors(program) if value.constant and not value.external}
    dtypes: Counter[str] = Counter()
    for value in unique.values():
        dtypes[value.dtype] += value.nbytes
    return {"count": len(unique), "bytes_by_dtype": dict(sorted(dtypes.items()))}
