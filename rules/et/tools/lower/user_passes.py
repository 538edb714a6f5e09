"""Calls a user's partitioner and edge passes, and holds what they return and do against what it must be."""

from __future__ import annotations

from collections.abc import Sequence
from traceback import walk_tb
from typing import Any

from executorch.exir import EdgeProgramManager
from executorch.exir.backend.partitioner import Partitioner
from executorch.exir.pass_base import ExportedProgramPassBase, ExportedProgramPassResult
from torch.export import ExportedProgram
from torch.fx import GraphModule
from torch.fx.passes.infra.pass_base import PassResult

from common.diagnostics import UserError, mistake
from common.entry import call_entry, described, users_code
from common.reasons import reason, root_cause


def partitioners_of(entry: str) -> Sequence[Partitioner]:
    """Return the partitioners that the function `entry` returns, one or several."""
    given = call_entry(entry, "partitioner")
    chosen = given if isinstance(given, (list, tuple)) else (given,)
    for each in chosen:
        if not isinstance(each, Partitioner):
            within = " in a list" if chosen is given else ""
            message = f"'{entry}' must return a Partitioner, or a list of them, returns {described(each)}{within}"
            raise mistake("bad-entry", message, "partitioner")
    return chosen


def edge_passes_of(entries: Sequence[str]) -> list[Any]:
    """Return the pass that each of the functions `entries` returns, watched."""
    return [_edge_pass(entry, index) for index, entry in enumerate(entries)]


def passes_refused(error: BaseException, entries: Sequence[str]) -> UserError | None:
    """Return the mistake of a graph that none of the passes raised at, and that ExecuTorch refuses right after them."""
    if not entries or not any(
        frame.f_code is EdgeProgramManager.transform.__code__ for frame, _ in walk_tb(error.__traceback__)
    ):
        return None
    named = ", ".join(f"'{entry}'" for entry in entries)
    message = f"the graph that the passes of {named} leave is refused: {reason(root_cause(error))}"
    return mistake("lowering-failed", message, "edge_passes", index=0 if len(entries) == 1 else None)


def _edge_pass(entry: str, index: int) -> Any:
    given = call_entry(entry, "edge_passes", index=index)
    if not callable(given) or isinstance(given, type):
        message = f"'{entry}' must return a pass, such as an ExportPass, returns {described(given)}"
        raise mistake("bad-entry", message, "edge_passes", index=index)
    if isinstance(given, ExportedProgramPassBase):
        return _ProgramPass(given, entry, index)

    def run(graph: GraphModule) -> Any:
        before = _outputs(graph)
        with users_code(f"the pass of '{entry}' raised", "edge_passes", index):
            result = given(graph)
        after = result.graph_module if isinstance(result, PassResult) else result or graph
        if not isinstance(after, GraphModule):
            message = f"the pass of '{entry}' must return a PassResult, returns {described(result)}"
            raise mistake("bad-entry", message, "edge_passes", index=index)
        _check_outputs(before, _outputs(after), entry, index)
        return result

    return run


class _ProgramPass(ExportedProgramPassBase):
    """A pass over a whole exported program, watched."""

    def __init__(self, given: ExportedProgramPassBase, entry: str, index: int) -> None:
        self.given, self.entry, self.index = given, entry, index

    def call(self, exported_program: ExportedProgram) -> ExportedProgramPassResult:
        """Run the pass; its checks before and after it are its own."""
        before = _outputs(exported_program.graph_module)
        with users_code(f"the pass of '{self.entry}' raised", "edge_passes", self.index):
            result = self.given(exported_program)
        if not isinstance(result, ExportedProgramPassResult):
            message = (
                f"the pass of '{self.entry}' must return an ExportedProgramPassResult, returns {described(result)}"
            )
            raise mistake("bad-entry", message, "edge_passes", index=self.index)
        _check_outputs(before, _outputs(result.exported_program.graph_module), self.entry, self.index)
        return result


def _outputs(graph: GraphModule) -> int:
    """Return how many values the graph gives: answers, and state that it changes."""
    [output] = graph.graph.find_nodes(op="output")
    return len(output.args[0])


def _check_outputs(before: int, after: int, entry: str, index: int) -> None:
    if before != after:
        message = f"the pass of '{entry}' must leave as many outputs as the program has, {before}, leaves {after}"
        raise mistake("bad-entry", message, "edge_passes", index=index)
