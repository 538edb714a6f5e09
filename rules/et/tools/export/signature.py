"""Says what an exported program takes and gives: names, dtypes, shapes. Knows nothing of models."""

from __future__ import annotations

from typing import Any

import torch
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind


def is_dynamic(program: ExportedProgram) -> bool:
    """Tell whether any input has a dimension that may change."""
    return any(isinstance(size, list) for each in inputs_of(program) for size in each["shape"])


def inputs_of(program: ExportedProgram) -> list[dict[str, Any]]:
    """Return the name, dtype and shape of each input; a dimension that may change is [least, most]."""
    values = {node.name: node.meta.get("val") for node in program.graph.nodes if node.op == "placeholder"}
    specs = [spec for spec in program.graph_signature.input_specs if spec.kind is InputKind.USER_INPUT]
    return [{"name": spec.arg.name, **_tensor(values.get(spec.arg.name), program)} for spec in specs]


def outputs_of(program: ExportedProgram) -> list[dict[str, Any]]:
    """Return the dtype and shape of each output."""
    names = list(program.graph_signature.user_outputs)
    values = {node.name: node.meta.get("val") for node in program.graph.nodes}
    return [_tensor(values.get(name), program) if isinstance(name, str) else {"value": name} for name in names]


def _tensor(value: Any, program: ExportedProgram) -> dict[str, Any]:
    if not isinstance(value, torch.Tensor):
        return {"dtype": type(value).__name__, "shape": []}
    return {"dtype": str(value.dtype).removeprefix("torch."), "shape": [_size(size, program) for size in value.shape]}


def _size(size: Any, program: ExportedProgram) -> int | list[int | None]:
    if isinstance(size, int):
        return size
    bounds = program.range_constraints.get(size.node.expr)
    if bounds is None:
        return [0, None]
    return [int(bounds.lower), int(bounds.upper) if bounds.upper < 1 << 31 else None]
