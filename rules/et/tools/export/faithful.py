"""Holds an exported graph against what its model answers by its own code, before anything is made of the graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch.export import ExportedProgram

from check.figures import Comparison
from check.graph_runner import GraphRunner
from common.diagnostics import UserError, mistake
from export.request import ExportRequest

EXACT_DB = 60.0
ROUGH_DB = 20.0
"""Signal to noise that must be: of float32, and where values are rounded on the way, of less bits or quantized."""

Call = tuple[tuple[Any, ...], torch.Tensor]
"""Inputs in the graph's sequence, and what the model answers to them."""


def disagreement(program: ExportedProgram, calls: Iterable[Call], request: ExportRequest) -> str | None:
    """Say how far the graph is from its model over `calls`, which follow each other; None if it is near enough."""
    comparison = Comparison()
    graph = GraphRunner(program)
    for at, (inputs, own) in enumerate(calls):
        try:
            given = graph.run(inputs)[0]
        except UserError as error:  # What torch.export asserts of sizes and values.
            return f"it refuses what the model reads: {error}"
        if given.shape != own.shape:
            return f"its output is {list(given.shape)}, the model's {list(own.shape)}"
        comparison.add(own, given, f"call {at}")
    graph.reset()  # What it remembers is saved with the program.
    least = EXACT_DB if request.dtype == "float32" and request.quantize == "none" else ROUGH_DB
    if comparison.non_finite:
        return f"{comparison.non_finite} of its values are not finite"
    if comparison.sqnr_db < least:
        return f"signal to noise is {comparison.sqnr_db:.0f} dB, must be {least:.0f}"
    return None


def unfaithful(name: str, how: str) -> UserError:
    """Return the mistake of a graph that is far from its model."""
    message = f"the exported graph must answer as {name} does by itself, and does not: {how}"
    hint = "another 'attention' or 'wrapper' may serve it; or declare a torch_model whose entry does what is exported"
    return mistake("unfaithful-graph", message, "model", hint=hint)
