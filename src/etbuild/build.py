"""Building: a BuildPlan to what was made, placed where people find it. Knows no TOML and no rule."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from etbuild.execution.event_log import EventLog
from etbuild.execution.expansion import expanded_plan
from etbuild.execution.file_digests import FileDigests
from etbuild.execution.machinery import Machinery
from etbuild.execution.outcome import Execution
from etbuild.execution.outputs import OutputTree, Placement, locked
from etbuild.execution.resources import machine_resources
from etbuild.execution.root_pool import RootPool
from etbuild.execution.sandbox.choose import SandboxChoice, choose_sandbox
from etbuild.execution.scheduler import execute
from etbuild.execution.store import Store
from etbuild.model.action import Action, Mount, OutputFile, Resources
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import EXIT_INTERRUPTED, EXIT_USER_MISTAKE, Diagnostic, EtbuildError, Span
from etbuild.model.events import ActionFinished, BuildEvent, Events, Note
from etbuild.model.frozen import field, frozen, replace
from etbuild.model.plan import BuildPlan, PlannedTarget
from etbuild.model.report import BuildReport
from etbuild.model.request import Settings
from etbuild.reporting import Evidence, report_build

if TYPE_CHECKING:
    from etbuild.execution.worker import WorkerPool

OUTPUTS = "etbuild-out"
LOGS = ".log"
TEST_LOGS = ".tests"


@frozen
class Surroundings:
    """What a build needs from its session."""

    root: Path
    """The workspace's."""
    settings: Settings
    realize_mount: Callable[[Mount], Path]
    span_of: Callable[[Action, str | None, int | None], Span | None]
    workspace_file: Callable[[str], str | None]
    header_owners: Callable[[Action, str], tuple[str, ...]]
    events: Events
    argv: tuple[str, ...] = ()


@frozen
class Built:
    """A build's end, for whoever goes on from it."""

    report: BuildReport
    execution: Execution = field(repr=False)
    placed: Mapping[str, OutputFile] = field(repr=False)
    """What is in the output tree for each target of the plan, by path below it."""
    plan: BuildPlan = field(repr=False)
    """The plan, with the actions that dynamic ones came to."""


def build(plan: BuildPlan, around: Surroundings, started: float) -> Built:
    """Make what `plan` wants, place what is proven, and say how it went. `started` is on the monotonic clock."""
    outputs = around.root / OUTPUTS
    with _opened(around) as (store, roots, log), locked(outputs, _holder(around), _waiting(around.events)):
        tree = OutputTree(outputs)
        log.plan(plan.actions)
        choice = choose_sandbox(around.settings.sandbox)
        events = _Both(log, around.events)
        machinery = replace(_machinery(plan, around, (store, roots, tree), choice, events), expanded=log.plan)
        tests = [target.test for target in plan.targets if target.test is not None]
        try:
            execution = execute(plan.actions, plan.wanted, machinery, tests, plan.given)
            plan, execution = expanded_plan(plan, execution)
            fresh, placed = _place(plan, execution, tree, store)
        except KeyboardInterrupt:
            for failure in events.failures:
                around.events(Note(failure.render()))
            raise
        finally:
            if machinery.workers:
                machinery.workers.close()
            choice.sandbox.close()
            _tell_damage(store, events)
        evidence = Evidence(plan, execution, placed, fresh, store.read, OUTPUTS)
        wall_ms = round((time.monotonic() - started) * 1000)
        report = report_build(evidence, choice.sandbox.name, wall_ms)
        if plan.mistakes:
            failures = (*plan.mistakes, *report.failures)
            report = replace(report, failures=failures, exit_code=report.exit_code or EXIT_USER_MISTAKE)
        if report.tests:
            from etbuild.test_report import write_test_report  # noqa: PLC0415 - xml: 5 ms, for few builds.

            write_test_report(outputs, report.tests)
        log.close(exit_code=report.exit_code, wall_ms=wall_ms, unchanged=plan.beside)
    return Built(report, execution, placed, plan)


@contextmanager
def _opened(around: Surroundings) -> Iterator[tuple[Store, RootPool, EventLog]]:
    cache = Path(around.settings.cache)
    store = Store.open(cache)
    roots = RootPool(cache)
    begin = time.time()
    log = EventLog(around.root / OUTPUTS / LOGS, around.argv, begin, os.getpid())
    try:
        yield store, roots, log
    except (EtbuildError, KeyboardInterrupt) as error:
        code = error.exit_code if isinstance(error, EtbuildError) else EXIT_INTERRUPTED
        log.close(exit_code=code, wall_ms=round((time.time() - begin) * 1000))
        raise
    finally:
        log.release()
        roots.close()
        store.close()


def _tell_damage(store: Store, events: Events) -> None:
    """Say what of the cache was not as it must be; it was mended by then."""
    if store.database.set_aside:
        bad = store.database.path.with_suffix(".bad")
        events(Note(f"the cache's database could not be read: it is kept as '{bad}', and a new one is begun"))
    if store.corrupt:
        blobs = f"{len(store.corrupt)} blob{'s' if len(store.corrupt) > 1 else ''}"
        what = f"{blobs} of the cache did not hold what their names say: moved to '{store.corrupt[0].parent}'"
        events(Note(f"{what}, and made again where needed"))


def _machinery(
    plan: BuildPlan,
    around: Surroundings,
    parts: tuple[Store, RootPool, OutputTree],
    choice: SandboxChoice,
    events: Events,
) -> Machinery:
    store, roots, tree = parts
    settings = around.settings
    machine = machine_resources()
    places = {artifact: place for target in plan.targets for artifact, place in target.files}

    def is_placed(artifact: Artifact, _path: str, file: OutputFile) -> bool:
        # A summary and a verdict are read from the store or not at all; trees are placed by their files.
        return artifact in places and not artifact.is_tree and tree.is_placed(places[artifact], file)

    return Machinery(
        store=store,
        digests=FileDigests(store),
        sandbox=choice.sandbox,
        roots=roots,
        logs=around.root / OUTPUTS / LOGS,
        outputs=tree.folder,
        capacity=Resources(settings.jobs or machine.cpu, machine.ram),
        realize_mount=around.realize_mount,
        span_of=around.span_of,
        workspace_file=around.workspace_file,
        header_owners=around.header_owners,
        is_placed=is_placed,
        events=events,
        workers=_workers(plan, choice, events) if settings.workers else None,
        keep_going=settings.keep_going,
        sandbox_debug=settings.sandbox_debug,
        rerun=plan.rerun,
    )


def _workers(plan: BuildPlan, choice: SandboxChoice, events: Events) -> WorkerPool | None:
    preload = {action.worker: action.worker.split(",") for action in plan.actions.actions if action.worker}
    if not preload:
        return None
    from etbuild.execution.worker import WorkerPool  # noqa: PLC0415 - 5 ms, for few builds.

    return WorkerPool(choice.sandbox, preload, lambda text: events(Note(text)))


def _place(
    plan: BuildPlan, execution: Execution, tree: OutputTree, store: Store
) -> tuple[frozenset[str], dict[str, OutputFile]]:
    """Place the files of every target whose verdicts exist. Return the paths that were not in place before, and all."""
    placements: list[Placement] = []
    for target in plan.targets:
        if all(verdict in execution.files for verdict in target.validations):
            placements += _placements(target, execution)
    fresh = frozenset(p.path for p in placements if not tree.is_placed(p.path, p.file))
    gone = set(tree.place(placements, store.blob)) if placements else set()
    return fresh - gone, {p.path: p.file for p in placements if p.path not in gone}


def _placements(target: PlannedTarget, execution: Execution) -> Iterator[Placement]:
    owner = f"{target.label} {target.platform}"
    for artifact, place in target.files:
        for path, file in execution.files.get(artifact, ()):
            yield Placement(owner, place + path.removeprefix(artifact.path), file)


def _holder(around: Surroundings) -> str:
    return f"pid {os.getpid()} (etbuild {' '.join(around.argv)})"


def _waiting(events: Events) -> Callable[[str], None]:
    return lambda holder: events(Note(f"waiting for {holder}, which builds in this workspace"))


class _Both:
    """Hands each event to two who look on."""

    def __init__(self, first: Events, second: Events) -> None:
        self._first = first
        self._second = second
        self.failures: list[Diagnostic] = []
        """What went wrong until now: a report tells it at the end, if there is one."""

    def __call__(self, event: BuildEvent, /) -> None:
        self._first(event)
        self._second(event)
        if isinstance(event, ActionFinished):
            self.failures += event.diagnostics
