"""Runs a saved graph (`.pt2`) in eager torch, as the reference; knows nothing of programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.utils import _pytree

from common.diagnostics import mistake
from common.operators import load_operators
from common.reasons import first_line

Values = tuple[Any, ...]
"""Inputs or outputs in sequence: tensors, or the plain values that a graph takes."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """An input as the graph declares it; a size is None where it may vary."""

    name: str
    dtype: torch.dtype | None
    sizes: tuple[int | None, ...]
    largest: tuple[int, ...]
    """Each size's upper bound."""


class GraphRunner:
    """A graph that was saved and loaded again, with its state."""

    def __init__(self, exported: torch.export.ExportedProgram) -> None:
        self.exported = exported
        self.module = exported.module()
        self.inputs = input_specs(exported)
        self._state = {name: value.clone() for name, value in self.module.named_buffers()}

    def run(self, inputs: Values) -> Values:
        """Run once; state that the graph keeps is kept."""
        args, kwargs = _pytree.tree_unflatten(inputs, self.exported.call_spec.in_spec)
        with torch.no_grad():
            try:
                return tuple(_pytree.tree_leaves(self.module(*args, **kwargs)))
            except (RuntimeError, AssertionError) as error:  # What kernels refuse, and what torch.export asserts.
                message = f"the exported graph fails in eager torch: {first_line(error)}"
                raise mistake("graph-fails", message, "model", hint=_hint(error)) from error

    def reset(self) -> None:
        """Put every buffer back to what was loaded."""
        with torch.no_grad():
            for name, value in self.module.named_buffers():
                value.copy_(self._state[name])


def _hint(error: Exception) -> str | None:
    about_dtypes = "dtype" in str(error)
    return "parameters and floats of the inputs are converted to 'dtype', whatever they were" if about_dtypes else None


def load_graph(path: Path) -> GraphRunner:
    """Load the graph at `path`."""
    # Graphs may call operators of this library; they load only after it has named them.
    from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401

    try:
        load_operators()
        return GraphRunner(torch.export.load(path))
    except (RuntimeError, ValueError, OSError) as error:
        message = f"'{path.name}' is not a graph that torch.export saved: {first_line(error)}"
        raise mistake("invalid-graph", message) from error


def input_specs(exported: torch.export.ExportedProgram) -> tuple[InputSpec, ...]:
    """Return the inputs that a caller gives, in the sequence of the flat call."""
    nodes = {node.name: node for node in exported.graph.nodes if node.op == "placeholder"}
    names = [spec.arg.name for spec in exported.graph_signature.input_specs if spec.kind.name == "USER_INPUT"]
    return tuple(_input_spec(name, nodes[name].meta.get("val"), exported.range_constraints) for name in names)


def _input_spec(name: str, value: object, ranges: Any) -> InputSpec:
    if not isinstance(value, torch.Tensor):
        return InputSpec(name, None, (), ())
    sizes = tuple(size if isinstance(size, int) else None for size in value.shape)
    return InputSpec(name, value.dtype, sizes, tuple(_upper(size, ranges) for size in value.shape))


def _upper(size: Any, ranges: Any) -> int:
    if isinstance(size, int):
        return size
    bounds = ranges.get(size.node.expr)
    return int(bounds.upper) if bounds is not None and bounds.upper.is_Integer else 1 << 30


def equal_shapes(reference: Sequence[Any], candidate: Sequence[Any]) -> bool:
    """Say whether two results have as many values, of the same shapes."""
    return len(reference) == len(candidate) and all(
        getattr(left, "shape", None) == getattr(right, "shape", None)
        for left, right in zip(reference, candidate, strict=True)
    )
