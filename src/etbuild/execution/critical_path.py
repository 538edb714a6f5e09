"""Which actions need which, what they read, and what waits longest behind each. Knows nothing of state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from etbuild.model.action import Action, ActionGraph
from etbuild.model.artifact import InputSet
from etbuild.model.graph import reachable, topological_order


def producers_of(graph: ActionGraph) -> list[frozenset[int]]:
    """Return, for each action, those of the graph that make its inputs. Shared sub-sets are looked through once."""
    known: dict[InputSet, frozenset[int]] = {}
    return [_producers(action.inputs, graph, known) for action in graph.actions]


def sources_of(actions: Iterable[Action]) -> list[str]:
    """Return where the source files of actions are. Shared sub-sets are looked through once."""
    sets = reachable((action.inputs for action in actions), lambda each: each.transitive)
    return list({a.location: None for each in sets for a in each.direct if a.is_source and not a.is_tree})


def _producers(inputs: InputSet, graph: ActionGraph, known: dict[InputSet, frozenset[int]]) -> frozenset[int]:
    producers = graph.producers
    if not inputs.transitive:
        return frozenset([producers[a] for a in inputs.direct if not a.is_source and a in producers])
    if inputs not in known:
        for part in topological_order([inputs], lambda s: () if s in known else s.transitive):
            if part not in known:
                own = frozenset([producers[a] for a in part.direct if not a.is_source and a in producers])
                known[part] = own.union(*[known[child] for child in part.transitive])
    return known[inputs]


def weights(
    graph: ActionGraph,
    producers: Sequence[frozenset[int]],
    needed: Sequence[int],
    wall_ms: Callable[[Action], int],
) -> Mapping[int, int]:
    """Return the milliseconds from each action's start to the end of the longest chain behind it.

    An action that never ran counts as one, so that a longer chain still goes first.
    """
    behind = dict.fromkeys(needed, 0)
    total: dict[int, int] = {}
    for index in reversed(needed):
        total[index] = behind[index] + max(1, wall_ms(graph.actions[index]))
        for producer in producers[index]:
            behind[producer] = max(behind[producer], total[index])
    return total
