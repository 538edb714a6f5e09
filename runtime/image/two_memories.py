"""Plans memory for a board whose fast memory is small: a planner to start from."""

from __future__ import annotations

from collections.abc import Iterable

from executorch.exir.memory_planning import MemoryPlanningAlgorithmSuite
from executorch.exir.passes import MemoryPlanningPass
from executorch.exir.tensor import TensorSpec

LARGE = 8 * 1024
"""Bytes from which a tensor lies in memory 2; smaller ones lie in memory 1."""


def large_apart() -> MemoryPlanningPass:
    """Return the planner: it says which memory each tensor lies in; where in it is planned as ever."""
    places = MemoryPlanningAlgorithmSuite()

    def plan(alignment: int, specs: Iterable[TensorSpec], *rest: object) -> list[int]:
        for spec in specs:
            spec.mem_id = 2 if spec.allocated_memory >= LARGE else 1
        return places(alignment, specs, *rest)

    return MemoryPlanningPass(memory_planning_algo=plan)
