"""BuildPlan: what a request comes to: artifacts, their places, the actions that make them. Knows no rule, no TOML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etbuild.model.action import ActionGraph, OutputFile
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import Diagnostic
from etbuild.model.frozen import field, frozen


@frozen
class PlannedTarget:
    """One requested target in one configuration."""

    label: str
    platform: str
    """The name of its configuration."""
    files: tuple[tuple[Artifact, str], ...] = ()
    """What is placed, and where: below the workspace's output folder."""
    shown: int = 0
    """How many of `files` are what the target is for; the rest stands beside them."""
    validations: tuple[Artifact, ...] = ()
    """Must exist before anything is placed."""
    summary: Artifact | None = None
    test: int | None = None
    """The index of its test among the actions."""
    incompatible: str = ""


@frozen
class BuildPlan:
    """All requested targets, and the actions of all that they need."""

    targets: tuple[PlannedTarget, ...]
    actions: ActionGraph
    given: Mapping[Artifact, Sequence[tuple[str, OutputFile]]] = field(default_factory=dict, repr=False)
    """What is known to hold what without running: outputs of actions that are not among `actions`."""

    beside: int = 0
    """How many more actions the request has, all of them as the last build left them."""
    rerun: frozenset[int] = frozenset()
    """Actions that run even if they are in the cache, by index."""
    mistakes: tuple[Diagnostic, ...] = ()
    """Why some of what was requested is not in it."""

    @property
    def wanted(self) -> tuple[Artifact, ...]:
        """Every artifact that must exist in the end, each once."""
        found: dict[Artifact, None] = {}
        for target in self.targets:
            found.update(dict.fromkeys(artifact for artifact, _ in target.files))
            found.update(dict.fromkeys(target.validations))
            if target.summary is not None:
                found[target.summary] = None
        return tuple(found)
