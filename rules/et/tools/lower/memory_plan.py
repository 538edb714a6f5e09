"""Plans the memory of a program: ExecuTorch's own planner, and where it leaves gaps, one that leaves fewer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from executorch.exir.memory_planning import (
    MemoryAlgoResult,
    MemoryPlanningAlgorithmSuite,
    SpecAllocResult,
    get_node_tensor_specs,
    greedy,
)
from executorch.exir.passes import MemoryPlanningPass

from lower.arena import Block, lay_out

MAIN_MEMORY = 1
"""The memory id of what no pass has given another."""


def planning_pass() -> MemoryPlanningPass:
    """Return what plans memory where a user gives nothing else: of two plans the smaller one, ExecuTorch's if equal."""
    return MemoryPlanningPass(MemoryPlanningAlgorithmSuite([greedy, tight]))


def tight(
    alignment: int, specs: Iterable[Any], graph_module: Any, graph_signature: Any, extra_padding: int = 0
) -> MemoryAlgoResult:
    """Lay out the tensors of each memory by `lay_out`; the signature is that of ExecuTorch's planning algorithms."""
    del graph_signature
    memories = defaultdict(list)
    inside = []
    for spec in _in_order(specs, graph_module):
        spec.realign(alignment)
        if spec.storage_base is None:
            memories[spec.mem_id or MAIN_MEMORY].append(spec)
        else:
            inside.append(spec)
    taken = getattr(graph_module, "input_mem_buffer_sizes", None) or []
    sizes = [0] * (max(memories, default=MAIN_MEMORY) + 1)
    places = {}
    for memory, held in sorted(memories.items()):
        start = taken[memory] if memory < len(taken) else 0
        blocks = [Block(spec.allocated_memory, *spec.lifetime) for spec in held]
        for spec, offset in zip(held, lay_out(blocks), strict=True):
            places[spec] = SpecAllocResult(memory, 0, start + offset)
            sizes[memory] = max(sizes[memory], start + offset + spec.allocated_memory)
        sizes[memory] += extra_padding
    for spec in inside:
        places[spec] = _within(spec, places)
    return MemoryAlgoResult(places, sizes)


def _within(spec: Any, places: dict[Any, SpecAllocResult]) -> SpecAllocResult:
    """Return the place of a tensor that lies in another's bytes, or in bytes of one that lies in another's."""
    offset, base = spec.storage_base_offset, spec.storage_base
    while base.storage_base is not None:
        offset, base = offset + base.storage_base_offset, base.storage_base
    place = places[base]
    return SpecAllocResult(place.mem_id, place.mem_obj_id, place.mem_offset + offset)


def _in_order(specs: Iterable[Any], graph_module: Any) -> list[Any]:
    """Return tensors as the graph meets them: they come as a set, whose order is another in each process."""
    seen: dict[int, int] = {}
    for node in graph_module.graph.nodes:
        for spec in get_node_tensor_specs(node):
            seen.setdefault(id(spec), len(seen))
    return sorted(specs, key=lambda spec: seen.get(id(spec), len(seen)))
