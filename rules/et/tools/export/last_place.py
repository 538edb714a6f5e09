"""Lets a graph that keeps keys and values use the last place of its cache; knows no models.

torch takes it that a length which may change is two or more. From `start + length <= places` it so concludes that
`start <= places - 2`, and asserts that, too: one token at the last place would be refused.
"""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.utils._sympy.value_ranges import ValueRanges

LEAST = 2
"""The least length that torch believes in while it traces."""


def reach_last_places(program: ExportedProgram) -> None:
    """Take that conclusion back: what it was drawn from, and that each start is a place, are asserted by themselves."""
    for node in program.graph.find_nodes(op="call_function", target=_update_cache()):
        value, cache, start = node.args[:3]
        if isinstance(start, torch.fx.Node) and isinstance(value.meta["val"].shape[1], torch.SymInt):
            _take_back(program, start, int(cache.meta["val"].shape[1]))
    program.graph_module.recompile()


def _update_cache() -> Any:
    # A graph without such a cache needs no library that has the operator.
    return getattr(getattr(torch.ops.llama, "update_cache", None), "default", None)


def _take_back(program: ExportedProgram, start: torch.fx.Node, places: int) -> None:
    concluded = start, places - LEAST
    for node in [node for node in start.users if node.target is operator.le and node.args == concluded]:
        for assertion in list(node.users):
            program.graph.erase_node(assertion)
        program.graph.erase_node(node)
        program.range_constraints[start.meta["val"].node.expr] = ValueRanges(0, places - 1)
