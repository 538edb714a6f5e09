"""The simplest correct execution: one action after the other, nothing clever. What the scheduler must agree with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from etbuild.model.action import Action, ActionGraph
from etbuild.model.artifact import Artifact

Contents = dict[Artifact, bytes | None]
"""What each output holds; None where it was not made."""


def run_serially(
    graph: ActionGraph, wanted: Sequence[Artifact], run: Callable[[Action, list[bytes]], list[bytes] | None]
) -> Contents:
    """Return what every output that is needed holds; `run` returns an action's outputs, or None if it fails."""
    needed: set[int] = set()
    pending = [graph.producers[artifact] for artifact in wanted]
    while pending:
        index = pending.pop()
        if index not in needed:
            needed.add(index)
            pending += [graph.producers[artifact] for artifact in graph.actions[index].inputs]
    contents: Contents = {}
    for index in sorted(needed):
        action = graph.actions[index]
        inputs = [contents[artifact] for artifact in action.inputs]
        made = None if None in inputs else run(action, [content for content in inputs if content is not None])
        for position, output in enumerate(action.outputs):
            contents[output] = made[position] if made is not None else None
    return contents
