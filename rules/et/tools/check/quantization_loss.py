"""Finds the operator that quantization hurt first, by comparing two graphs of one model; runs no program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from check.figures import rounded, sqnr_db
from check.graph_runner import GraphRunner
from check.graph_values import NodeValue, trace_graph

Place = tuple[str, str, int]
NORMALIZATION = "aten.batch_norm"
LOST_DB = 10.0
"""Below this more than a tenth of the signal's energy is noise."""


def first_loss(graph: GraphRunner, original: GraphRunner, calls: Sequence[tuple[Any, ...]]) -> dict[str, Any] | None:
    """Return the first operator of `graph` that is mostly noise against `original`, or the noisiest if none is."""
    quantized, floats = trace_graph(graph, calls), trace_graph(original, calls)
    truth = _folded(_by_place(floats), floats) if not _normalizes(quantized) else _by_place(floats)
    pairs = [(node, truth[key]) for key, node in _by_place(quantized).items() if key in truth]
    rated = [
        (sqnr_db(true.value, node.value), node)
        for node, true in pairs
        if node.value.shape == true.value.shape and bool(true.value.any())
    ]
    if not rated:
        return None
    db, node = next((pair for pair in rated if pair[0] < LOST_DB), min(rated, key=lambda pair: pair[0]))
    return {
        "text": f"{node.place}, signal to noise {round(db)} dB",
        "against": "float",
        "node": node.name,
        "node_operator": node.operator,
        "module": node.module,
        "line": node.line,
        "sqnr_db": rounded(db),
    }


def _by_place(nodes: Sequence[NodeValue]) -> dict[Place, NodeValue]:
    """Name each node by operator, module and how many such came before: names differ between the two graphs."""
    counts: Counter[tuple[str, str]] = Counter()
    places = {}
    for node in nodes:
        if node.value.dtype.is_floating_point and not node.operator.startswith("input ") and node.value.numel() > 1:
            key = (node.operator, node.module)
            places[(*key, counts[key])] = node
            counts[key] += 1
    return places


def _normalizes(nodes: Sequence[NodeValue]) -> bool:
    return any(node.operator == NORMALIZATION for node in nodes)


def _folded(places: dict[Place, NodeValue], nodes: Sequence[NodeValue]) -> dict[Place, NodeValue]:
    """Give what is normalized the normalized value: quantization folded the one into the other."""
    normalized = {node.reads[0]: node.value for node in nodes if node.operator == NORMALIZATION}
    return {key: replace(node, value=normalized.get(node.name, node.value)) for key, node in places.items()}


def is_hurt(figures: dict[str, Any]) -> bool:
    """Say whether figures against the float model are so far off that its cause is worth a search."""
    wrong_tokens = figures.get("tokens_equal", 0) < figures.get("tokens", 0)
    return bool(wrong_tokens or figures["non_finite"] or figures["sqnr_db"] < LOST_DB)


def example_call(recorded: dict[str, torch.Tensor], names: Sequence[str]) -> tuple[Any, ...]:
    """Return the first call that was recorded."""
    return tuple(recorded.get(f"0/{name}") for name in names)
