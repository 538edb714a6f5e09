"""Counts what a program calls, operators with their dtypes and delegates; knows nothing of memory or constants."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pte.program import Instruction, Method, Plain, Program, Tensor, Value
from pte.reader import read_program


def operators_of(path: Path) -> dict[str, Any]:
    """Return what the program at `path` calls, as docs/design/program_reports.md describes."""
    return operators_report(read_program(path))


def operators_report(program: Program) -> dict[str, Any]:
    """Return what `program` calls, method by method, and the sums over all of them."""
    methods = {method.name: method_operators(method) for method in program.methods if method.instructions}
    backends: Counter[str] = Counter()
    for report in methods.values():
        for delegate in report["delegates"]:
            backends[delegate["backend"]] += delegate["count"]
    return {
        "methods": methods,
        "delegates": dict(sorted(backends.items())),
        "operators_outside_delegates": sum(report["operators_outside_delegates"] for report in methods.values()),
    }


def method_operators(method: Method) -> dict[str, Any]:
    """Return the operators that `method` calls, with the dtypes of their tensors, and its delegates."""
    calls = [step for step in method.instructions if step.kind == "kernel"]
    counts = Counter((method.operators[call.target], call_dtypes(method, call)) for call in calls)
    return {
        "operators": [
            {"operator": name, "overload": overload, "dtypes": list(dtypes), "count": count}
            for ((name, overload), dtypes), count in sorted(counts.items())
        ],
        "operators_outside_delegates": len(calls),
        "delegates": _delegates(method),
    }


def call_dtypes(method: Method, call: Instruction) -> tuple[str, ...]:
    """Return the dtype of each tensor of a call in sequence, "none" for an absent one, "[float32]" for a list."""
    return tuple(dtype for index in given_arguments(method, call) if (dtype := _dtype(method, method.values[index])))


def given_arguments(method: Method, call: Instruction) -> tuple[int, ...]:
    """Return a call's arguments without the results at the end, which repeat the `out` arguments."""
    *given, last = call.args or (-1,)
    result = method.values[last] if last >= 0 else None
    repeated = {last}
    if isinstance(result, Plain) and result.kind == "tensor_list":
        repeated = set(result.present)
    return tuple(given) if repeated <= set(given) else call.args


def _dtype(method: Method, value: Value) -> str | None:
    if isinstance(value, Tensor):
        return value.dtype
    if value.kind == "none":
        return "none"
    if value.kind in {"tensor_list", "optional_tensor_list"}:
        items = [method.values[index] for index in value.present]
        dtypes = sorted({item.dtype for item in items if isinstance(item, Tensor)})
        return f"[{','.join(dtypes)}]"
    return None


def _delegates(method: Method) -> list[dict[str, Any]]:
    """Return one entry a backend."""
    calls = Counter(method.delegates[step.target].backend for step in method.instructions if step.kind == "delegate")
    entries = []
    for backend in sorted({delegate.backend for delegate in method.delegates}):
        own = [delegate for delegate in method.delegates if delegate.backend == backend]
        kinds = [delegate.nodes for delegate in own if delegate.nodes is not None]
        nodes = Counter(kind for each in kinds for kind in each)
        entries.append({
            "backend": backend,
            "count": len(own),
            "calls": calls[backend],
            "bytes": sum(delegate.nbytes for delegate in own),
            # Only where every blob could be read is a sum the truth.
            "nodes": nodes.total() if len(kinds) == len(own) else None,
            "node_kinds": dict(sorted(nodes.items())) if len(kinds) == len(own) else None,
        })  # fmt: skip
    return entries
