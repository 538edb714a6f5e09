"""Finds the operator whose result left the graph's values first; knows nothing of tasks or tolerances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from check.figures import rounded, sqnr_db
from check.graph_runner import GraphRunner
from check.graph_values import NodeValue, trace_graph
from check.program_values import Step, trace_program

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Matches:
    """The first node that gives each right value of the program's, and all nodes that some value equals."""

    values: dict[int, int]
    nodes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The node that a step should have equalled, its noise, and the nodes in between that nobody can see."""

    node: NodeValue
    sqnr_db: float
    hidden: tuple[NodeValue, ...]


def first_divergence(
    path: Path, method: str, graph: GraphRunner, calls: Sequence[tuple[Any, ...]], least_db: float
) -> dict[str, Any] | None:
    """Return where the last of `calls` goes wrong, as docs/design/program_reports.md describes.

    A program's values have no names. A value is right if some node of the graph gives it too, under whatever shape;
    the first step that reads only right values, gives another, and leads to the results, is the one.
    """
    nodes = trace_graph(graph, calls)
    steps = trace_program(path, method, calls)
    matches = match(steps, nodes, least_db)
    culprit = first_wrong(steps, matches)
    if culprit is None:
        return None
    return _report(culprit, counterpart(culprit, nodes, matches))


def match(steps: Sequence[Step], nodes: Sequence[NodeValue], least_db: float) -> Matches:
    """Compare each step's values with every node's of as many elements."""
    by_size: defaultdict[int, list[int]] = defaultdict(list)
    for at, node in enumerate(nodes):
        by_size[node.value.numel()].append(at)
    stacked = {
        size: torch.stack([nodes[at].value.flatten().to(torch.float32) for at in own]) for size, own in by_size.items()
    }
    values, matched = {}, set()
    for step in steps:
        for index, value in step.gives.items():
            rows = stacked.get(value.numel())
            found = _equal_rows(rows, value, least_db) if rows is not None else []
            places = [by_size[value.numel()][row] for row in found]
            matched |= set(places)
            if places:
                values[index] = min(places)
    return Matches(values, frozenset(matched))


def first_wrong(steps: Sequence[Step], matches: Matches) -> Step | None:
    """Return the first step that leads to a wrong result, reads nothing wrong, and gives something wrong.

    What depends on constants alone has no counterpart (weights are transposed as the backend likes): it is not blamed.
    """
    moving = _moving(steps)
    wrong = [
        step for step in steps if step.index in moving and any(index not in matches.values for index in step.gives)
    ]
    if not wrong:
        return None
    producers = {index: step for step in steps for index in step.gives if step.index in moving}
    pending, led = [wrong[-1]], set()
    while pending:
        step = pending.pop()
        if step.index in led:
            continue
        led.add(step.index)
        pending += [producers[index] for index in step.reads if index in producers and index not in matches.values]
        # What a state holds is what earlier steps that were called with it were given.
        pending += [other for other in steps if other.index < step.index and set(other.touches) & set(step.touches)]
    return next((step for step in wrong if step.index in led), None)


def counterpart(step: Step, nodes: Sequence[NodeValue], matches: Matches) -> Counterpart | None:
    """Return the node that `step` comes nearest to, among those after what it reads."""
    start = max((matches.values[index] for index in step.reads if index in matches.values), default=-1)
    later = [at for at in range(start + 1, len(nodes)) if at not in matches.nodes]
    found = [
        (sqnr_db(nodes[at].value, value), -at)
        for index, value in step.gives.items()
        if index not in matches.values
        for at in later
        if _comparable(nodes[at].value, value)
    ]
    if not found:
        return None
    # A kernel is one operator: the first node it can be. A delegate ends somewhere: the node that is most like it.
    db, place = max(found) if step.nodes else max(found, key=lambda pair: pair[1])
    hidden = tuple(nodes[at] for at in later if at <= -place and nodes[at].reads)
    return Counterpart(nodes[-place], db, hidden)


def _moving(steps: Sequence[Step]) -> frozenset[int]:
    """Return the steps that depend on inputs or state."""
    fixed: set[int] = set()
    moving = set()
    for step in steps:
        if not step.touches and all(index in step.constants or index in fixed for index in step.reads):
            fixed |= set(step.gives)
        else:
            moving.add(step.index)
    return frozenset(moving)


def _comparable(left: torch.Tensor, right: torch.Tensor) -> bool:
    return bool(left.numel() == right.numel() and left.dtype.is_floating_point == right.dtype.is_floating_point)


def _equal_rows(rows: torch.Tensor, value: torch.Tensor, least_db: float) -> list[int]:
    got = value.flatten().to(torch.float32)
    noise = ((rows - got) ** 2).sum(1)
    bound = (rows**2).sum(1) * 10 ** (-least_db / 10)
    return [int(row) for row in torch.nonzero(noise <= bound).flatten()]


def _report(step: Step, nearest: Counterpart | None) -> dict[str, Any]:
    inside = f" ({_shortened(step.nodes)})" if step.nodes else ""
    node = nearest.node if nearest is not None else None
    text = f"{step.operator}{inside}"
    if nearest is not None and node is not None:
        place = f"{text}, up to {node.place}" if step.nodes else f"{node.place} ({text})"
        text = f"{place}, signal to noise {round(nearest.sqnr_db)} dB"
    return {
        "text": text,
        "against": "graph",
        "instruction": step.index,
        "operator": step.operator,
        "delegate_nodes": list(step.nodes),
        "node": node.name if node is not None else None,
        "node_operator": node.operator if node is not None else None,
        "module": node.module if node is not None else None,
        "line": node.line if node is not None else None,
        "sqnr_db": rounded(nearest.sqnr_db) if nearest is not None else None,
        "suspects": list(dict.fromkeys(hidden.place for hidden in nearest.hidden)) if nearest is not None else [],
    }


def _shortened(nodes: Sequence[str]) -> str:
    more = len(nodes) - SHOWN
    return ", ".join(nodes[:SHOWN]) + (f" and {more} more" if more > 0 else "")
