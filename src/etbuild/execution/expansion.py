"""Expanding dynamic actions: what they read, who takes their place, and the order of all then. Runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from etbuild.execution.critical_path import producers_of
from etbuild.execution.input_tree import Files
from etbuild.execution.outcome import Execution
from etbuild.model.action import Action, ActionGraph
from etbuild.model.artifact import Artifact
from etbuild.model.digest import Digest
from etbuild.model.frozen import replace
from etbuild.model.graph import topological_order
from etbuild.model.plan import BuildPlan

_SMALL = 1 << 20


class _Blobs(Protocol):
    def read(self, digest: Digest) -> bytes | None:
        """Return a blob's bytes, or None if they are gone."""

    def put(self, content: bytes) -> Digest:
        """Keep a few bytes."""


def actions_of(
    action: Action, files: Callable[[Artifact], Files], blobs: _Blobs
) -> tuple[tuple[Action, ...], set[str]]:
    """Return the actions that a dynamic one comes to; none, and the paths of what is gone, if that is not known.

    Raises EtbuildError for what the expansion finds wrong, FileNotFoundError for a source.
    """
    assert action.expansion is not None  # noqa: S101 - it is dynamic.
    contents: dict[Artifact, bytes] = {}
    missing: set[str] = set()
    for artifact in action.expansion.read:
        if artifact.is_source:
            contents[artifact] = Path(artifact.location).read_bytes()
            continue
        [(path, file)] = files(artifact)
        content = blobs.read(file.digest)
        if content is None:
            missing.add(path)
            continue
        contents[artifact] = content
        if len(content) <= _SMALL:
            blobs.put(content)  # Where all blobs go, what is there to do must still be known.
    return () if missing else action.expansion.expand(contents), missing


def ordered(graph: ActionGraph) -> tuple[ActionGraph, Mapping[int, int]]:
    """Return a graph with producers before consumers again, and where each action has gone."""
    producers = producers_of(graph)
    order = topological_order(range(len(graph.actions)), lambda index: sorted(producers[index]))
    moved = {index: place for place, index in enumerate(order)}
    actions = tuple(graph.actions[index] for index in order)
    return ActionGraph(actions, {output: moved[index] for output, index in graph.producers.items()}), moved


def expanded_plan(plan: BuildPlan, execution: Execution) -> tuple[BuildPlan, Execution]:
    """Return the plan with the actions that its dynamic ones came to, and what became of them."""
    if not execution.dynamic:
        return plan, execution
    graph, moved = ordered(execution.graph)
    targets = [t if t.test is None else replace(t, test=moved[t.test]) for t in plan.targets]
    outcomes = {moved[index]: outcome for index, outcome in execution.outcomes.items()}
    return replace(plan, targets=tuple(targets), actions=graph), replace(execution, outcomes=outcomes, graph=graph)
