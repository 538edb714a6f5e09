"""Calls a user's memory planner, and holds what it returns and plans against what a program can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from executorch.exir.memory_planning import get_node_tensor_specs
from torch.fx import GraphModule

from common.diagnostics import UserError, mistake
from common.entry import call_entry, described, users_code
from pte.flatbuffer import InvalidProgram
from pte.program import DTYPE_SIZES, Method, Tensor
from pte.reader import read_program

ATTRIBUTE = "memory_planner"


def planner_of(entry: str) -> Any:
    """Return the memory planning pass that the function `entry` returns, or a dict of one by method, watched."""
    given = call_entry(entry, ATTRIBUTE)
    for planner in given.values() if isinstance(given, dict) else [given]:
        if isinstance(planner, type) or not callable(getattr(planner, "run", None)):
            message = f"'{entry}' must return a MemoryPlanningPass, returns {described(planner)}"
            raise mistake("bad-entry", message, ATTRIBUTE)
        planner.run = _watched(planner.run, entry)  # In place: ExecuTorch sets what else it wants on the pass itself.
    return given


def check_plan(program: Path, entry: str) -> None:
    """Refuse a plan of the function `entry` by which `program` cannot run."""
    try:
        methods = read_program(program).methods
    except InvalidProgram as error:
        raise _refused(entry, str(error)) from error
    for method in methods:
        for tensor in method.values:
            if isinstance(tensor, Tensor) and tensor.allocation is not None and tensor.nbytes:
                _check_alignment(method, tensor, entry)


def _check_alignment(method: Method, tensor: Tensor, entry: str) -> None:
    place, size = tensor.allocation, DTYPE_SIZES[tensor.dtype]
    if place is not None and place.offset % size:
        what = f"method '{method.name}': a tensor of {tensor.dtype} must begin at a multiple of {size} bytes"
        raise _refused(entry, f"{what}, begins at byte {place.offset} of memory {place.memory_id}")


def _refused(entry: str, reason: str) -> UserError:
    return mistake("bad-memory-plan", f"no program can use the memory plan of '{entry}': {reason}", ATTRIBUTE)


def _watched(run: Any, entry: str) -> Any:
    def plan(*args: Any, **kwargs: Any) -> Any:
        with users_code(f"the planner of '{entry}' raised", ATTRIBUTE):
            result = run(*args, **kwargs)
        if not hasattr(result, "graph_module"):
            message = f"'run' of the planner of '{entry}' must return a PassResult, returns {described(result)}"
            raise mistake("bad-entry", message, ATTRIBUTE)
        _check_offsets(result.graph_module, entry)
        return result

    return plan


def _check_offsets(graph: GraphModule, entry: str) -> None:
    """Refuse what cannot be written: a program's offsets are whole numbers from 0."""
    for node in graph.graph.nodes:
        for spec in get_node_tensor_specs(node):
            if spec.mem_offset is not None and spec.mem_offset < 0:
                raise _refused(entry, f"a tensor begins at byte {spec.mem_offset} of memory {spec.mem_id}")
