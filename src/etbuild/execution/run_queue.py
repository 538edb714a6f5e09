"""RunQueue: what could run now, and which of it should. Knows nothing of keys or processes, and starts nothing."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping

from etbuild.execution.action_key import action_identity
from etbuild.execution.critical_path import weights
from etbuild.execution.frontier import Frontier
from etbuild.execution.machinery import ResultStore
from etbuild.model.action import Action, Resources

_FAR = 100
"""How many that do not fit are passed over in search of one that does."""


class RunQueue:
    """First what most other work waits for, as far as there is room for it."""

    def __init__(self, frontier: Frontier, store: ResultStore) -> None:
        self._frontier = frontier
        self._store = store
        self._weights: Mapping[int, int] | None = None
        self._heap: list[tuple[int, int]] = []
        self._takes: dict[int, Resources] = {}
        self.alone: set[int] = set()
        """To be run with nothing beside them."""

    def __bool__(self) -> bool:
        return bool(self._heap)

    def push(self, index: int) -> None:
        """Add an action."""
        if self._heap and self._weights is None:
            # Only where there is a choice: each weight is a look into the database.
            frontier = self._frontier
            self._weights = weights(frontier.graph, frontier.producers, frontier.needed, self._wall_ms)
            self._heap = [(-self._weights[other], other) for _, other in self._heap]
            heapq.heapify(self._heap)
        heapq.heappush(self._heap, (-self._weights.get(index, 0) if self._weights else 0, index))

    def pop(self, running: Collection[int], capacity: Resources) -> int | None:
        """Return the best action that fits beside those that run, or None. Beside nothing, anything fits."""
        passed: list[tuple[int, int]] = []
        found = None
        while self._heap and found is None and len(passed) < _FAR:
            entry = heapq.heappop(self._heap)
            if self._fits(entry[1], running, capacity):
                found = entry[1]
            else:
                passed.append(entry)
        for entry in passed:
            heapq.heappush(self._heap, entry)
        return found

    def _fits(self, index: int, running: Collection[int], capacity: Resources) -> bool:
        if not running:
            return True
        if index in self.alone or not self.alone.isdisjoint(running):
            return False
        taken = [self._needs(other) for other in (index, *running)]
        if sum(each.cpu for each in taken) > capacity.cpu:
            return False
        return not capacity.ram or sum(each.ram for each in taken) <= capacity.ram

    def _needs(self, index: int) -> Resources:
        if index not in self._takes:
            action = self._frontier.graph.actions[index]
            timing = self._store.timing(action_identity(action))
            ram = max(action.resources.ram, timing[1] if timing else 0)
            self._takes[index] = Resources(action.resources.cpu, ram)
        return self._takes[index]

    def _wall_ms(self, action: Action) -> int:
        timing = self._store.timing(action_identity(action))
        return timing[0] if timing else 0
