"""Outcome and Execution: how actions ended, as values. Knows nothing of how they ran."""

from __future__ import annotations

from collections.abc import Mapping

from etbuild.execution.input_tree import Files
from etbuild.model.action import Action, ActionGraph, ActionResult
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import Diagnostic
from etbuild.model.frozen import field, frozen

TEST = "Test"
"""The mnemonic of actions that are tests: one that fails stops nothing."""


@frozen
class Outcome:
    """How one action ended."""

    status: str
    """`run`, `hit`, `shared`, `failed` or `skipped`."""
    key: str = ""
    result: ActionResult | None = None
    """Of all but `failed` and `skipped`."""
    diagnostics: tuple[Diagnostic, ...] = ()
    log: str = ""
    """Where the output of a failed action is kept: an absolute path; empty if it wrote nothing."""
    exit_code: int = 0
    timed_out: bool = False
    wall_ms: int = 0


_EMPTY = ActionGraph((), {})


@frozen
class Execution:
    """What became of a request's actions."""

    files: Mapping[Artifact, Files] = field(repr=False)
    """What each output that exists holds, by path below the execution root."""
    outcomes: Mapping[int, Outcome]
    """By the action's index in the graph."""
    sandbox: str = ""
    graph: ActionGraph = field(default=_EMPTY, repr=False)
    """All actions: those, too, that dynamic ones came to."""
    dynamic: tuple[Action, ...] = ()
    """Those in whose place others stand now."""

    @property
    def failures(self) -> tuple[Diagnostic, ...]:
        """What went wrong, each mistake once at each place, in the order of the graph."""
        found = (diagnostic for _, outcome in sorted(self.outcomes.items()) for diagnostic in outcome.diagnostics)
        return tuple(dict.fromkeys(found))
