"""Frontier: which actions are needed, what each waits for, and which are ready. Knows nothing of keys or results.

It grows where a dynamic action has read what decides its actions: they take its place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence

from etbuild.execution.critical_path import producers_of
from etbuild.model.action import Action, ActionGraph
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.graph import reachable

_Indices = frozenset[int]


class Frontier:
    """The needed part of a graph."""

    def __init__(self, graph: ActionGraph, wanted: Iterable[Artifact], also: Sequence[int]) -> None:
        self.graph = graph
        self.producers = producers_of(graph)
        """Of each action, those that make its inputs."""
        self.wanted: dict[int, list[Artifact]] = {}
        for artifact in wanted:
            if artifact in graph.producers:
                self.wanted.setdefault(graph.producers[artifact], []).append(artifact)
        self.needed = sorted(reachable([*self.wanted, *also], lambda index: self.producers[index]))
        """Producers first."""
        self.waiting = {index: len(self.producers[index]) for index in self.needed}
        """For how many others each waits."""
        self.dependents: dict[int, list[int]] = {index: [] for index in self.needed}
        for index in self.needed:
            for producer in self.producers[index]:
                self.dependents[producer].append(index)
        self.ready = deque(index for index in self.needed if not self.waiting[index])

    def release(self, dependents: Iterable[int], ended: Collection[int]) -> None:
        """Let these wait for one less."""
        for dependent in dependents:
            self.waiting[dependent] -= 1
            if not self.waiting[dependent] and dependent not in ended:
                self.ready.append(dependent)

    def expand(self, index: int, actions: Sequence[Action], ended: Collection[int]) -> list[int]:
        """Put actions, producers first, in place of a dynamic one. Return the new ones' indices."""
        self.graph, places = spliced(self.graph, index, actions, self.waiting)
        new = [place for place in places if place not in self.waiting]
        self.producers += producers_of(ActionGraph(self.graph.actions[len(self.producers) :], self.graph.producers))
        at = self.needed.index(index)
        self.needed[at : at + 1] = new
        for place in new:
            pending = [producer for producer in self.producers[place] if producer not in ended]
            self.waiting[place], self.dependents[place] = len(pending), []
            for producer in pending:
                self.dependents[producer].append(place)
            if not pending:
                self.ready.append(place)
        self._hand_on(index, ended)
        return new

    def _hand_on(self, index: int, ended: Collection[int]) -> None:
        """Let those that waited for a dynamic action wait for who makes its outputs now."""
        outputs = self.graph.actions[index].outputs
        makers = frozenset(self.graph.producers[output] for output in outputs)
        pending = [maker for maker in makers if maker not in ended]
        dependents = self.dependents.pop(index)
        for dependent in dependents:
            self.producers[dependent] = (self.producers[dependent] - {index}) | makers
            self.waiting[dependent] += len(pending)
            for maker in pending:
                self.dependents[maker].append(dependent)
        for artifact in self.wanted.pop(index, ()):
            self.wanted.setdefault(self.graph.producers[artifact], []).append(artifact)
        self.release(dependents, ended)


def spliced(
    graph: ActionGraph, index: int, actions: Iterable[Action], needed: Collection[int]
) -> tuple[ActionGraph, list[int]]:
    """Return a graph where `actions` make what the dynamic action did, and where each of them is.

    One that is equal to a needed one is that one. Raises `output-conflict`.
    """
    everything, producers, places = list(graph.actions), dict(graph.producers), []
    for action in actions:
        known = next((producers[output] for output in action.outputs if output in producers), index)
        if known != index and known in needed:
            _require_equal(everything[known], action)
            places.append(known)
            continue
        places.append(len(everything))
        producers.update(dict.fromkeys(action.outputs, len(everything)))
        everything.append(action)
    return ActionGraph(tuple(everything), producers), places


def _require_equal(first: Action, second: Action) -> None:
    one, other = ((a.argv, a.env, a.mounts, a.outputs, set(a.inputs)) for a in (first, second))
    if one != other:
        message = f"'{second.outputs[0]}' must be made by one action, is made by different ones of "
        raise EtbuildError(Diagnostic("output-conflict", message + f"'{first.owner}' and '{second.owner}'"))
