"""BuildReport: all that a build's end tells. Printed by `cli`, as text or JSON; knows nothing of either."""

from __future__ import annotations

from etbuild.model.diagnostics import Diagnostic
from etbuild.model.frozen import frozen, replace


@frozen
class PlacedOutput:
    """A file in the output tree."""

    path: str
    """Relative to the workspace's root."""
    sha256: str
    size: int


@frozen
class TargetReport:
    """How a requested target ended."""

    label: str
    platform: str
    status: str
    """`built`, `cached`, `up to date`, `failed` or `skipped` (incompatible, or something it needs failed)."""
    outputs: tuple[PlacedOutput, ...] = ()
    summary: tuple[str, ...] = ()
    short: str = ""
    reason: str = ""
    """Why it was skipped."""


@frozen
class TestReport:
    """How a test ended."""

    __test__ = False

    label: str
    platform: str
    status: str
    """`passed`, `failed`, `timed out` or `skipped`."""
    cached: bool = False
    wall_ms: int = 0
    runs: int = 1
    log: str = ""
    """Where its output is kept, relative to the workspace's root."""


@frozen
class ActionWarning:
    """What an action said though it succeeded."""

    label: str
    platform: str
    mnemonic: str
    text: str


@frozen
class BuildReport:
    """A build's end."""

    targets: tuple[TargetReport, ...]
    """A build that looked at few of many leaves out what is up to date."""
    tests: tuple[TestReport, ...] = ()
    failures: tuple[Diagnostic, ...] = ()
    warnings: tuple[ActionWarning, ...] = ()
    """Of the actions that ran in this build; of targets of the workspace, not of what it brings from elsewhere."""
    actions: int = 0
    """How many the request needs, however they were had."""
    run: int = 0
    cached: int = 0
    wall_ms: int = 0
    saved_ms: int = 0
    sandbox: str = ""
    exit_code: int = 0
    others: int = 0
    """How many more targets there are, all up to date."""


def unchanged(report: BuildReport) -> BuildReport:
    """Return the report that the same request gives if nothing changes until then."""
    targets = tuple(
        replace(target, status="up to date") if target.status in ("built", "cached") else target
        for target in report.targets
    )
    tests = tuple(replace(test, cached=test.status == "passed") for test in report.tests)
    return replace(report, targets=targets, tests=tests, cached=report.actions, run=0, wall_ms=0, saved_ms=0)
