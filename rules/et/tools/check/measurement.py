"""What a measurement found, and its form as JSON; knows nothing of how it was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

TELLING_DB = {"float32": 60.0, "float16": 30.0, "bfloat16": 20.0, "quantized": 12.0}
"""Below this signal to noise against its own graph a program is clearly off: rounding alone stays above it."""


@dataclass(slots=True)
class Measurement:
    """The figures of one program."""

    kind: str
    method: str
    precision: str
    not_run: str = ""
    """Why the program was not run, if it was not: then its graph stands in its place, against the float one."""
    inputs: list[str] = field(default_factory=list)
    against_graph: dict[str, Any] = field(default_factory=dict)
    against_float: dict[str, Any] | None = None
    outputs: list[dict[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    recorded: dict[str, torch.Tensor] = field(default_factory=dict)
    expected: dict[str, torch.Tensor] = field(default_factory=dict)
    off: list[tuple[Any, ...]] | None = None
    """The calls up to the first whose result is clearly off, None if none is."""

    def report(self, first_divergence: dict[str, Any] | None) -> dict[str, Any]:
        """Return the measurement as docs/design/program_reports.md describes it."""
        return {
            "kind": self.kind,
            "method": self.method,
            "precision": self.precision,
            "inputs": self.inputs,
            **({"not_run": self.not_run} if self.not_run else {}),
            "against_graph": self.against_graph,
            "against_float": self.against_float,
            "first_divergence": first_divergence,
            "outputs": self.outputs,
            "texts": self.texts,
        }

    def record(
        self, index: int, names: list[str], inputs: tuple[Any, ...], outputs: dict[str, tuple[Any, ...]]
    ) -> None:
        """Keep one call's tensors: its inputs by name, and what the graph and the program gave."""
        for name, value in zip(names, inputs, strict=True):
            if isinstance(value, torch.Tensor):
                self.recorded[f"{index}/{name}"] = value.contiguous().clone()
        for source, values in outputs.items():
            for at, value in enumerate(values):
                if isinstance(value, torch.Tensor):
                    self.expected[f"{index}/{source}/{at}"] = value.contiguous().clone()
