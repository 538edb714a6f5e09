"""Compares what a program calls with the kernels of the official runtime; knows nothing of how it was lowered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def missing_kernels(report: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the operators of `report` that the official runtime has no kernel for."""
    # Each of these imports registers kernels.
    from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401
    from executorch.runtime import Runtime

    there = set(Runtime.get().operator_registry.operator_names)
    return tuple(sorted(set(_names(report)) - there))


def _names(report: Mapping[str, Any]) -> Iterator[str]:
    for method in report["methods"].values():
        for call in method["operators"]:
            yield f"{call['operator']}.{call['overload']}" if call["overload"] else call["operator"]
