"""Incremental: a build from a saved plan, where only sources or placed outputs changed. Loads and analyses nothing.

What a change does not reach is as the last build left it; what it reaches goes through the same stages as any build.
"""

from __future__ import annotations

import marshal
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from etbuild.build import OUTPUTS, Built, Surroundings, build
from etbuild.execution.saved_plan import Part, SavedPlan, part_of, reached, save_result
from etbuild.execution.scheduler import GivenLostError
from etbuild.execution.snapshot import Written, are_settled, listing, write_checked
from etbuild.model.frozen import frozen, mutable, names_of, replace
from etbuild.model.plan import BuildPlan
from etbuild.model.report import BuildReport, PlacedOutput, TargetReport, TestReport, unchanged
from etbuild.model.request import Settings
from etbuild.up_to_date import OUTPUT, Changed, Stats, read_checked, stats

TOLD = 20
"""Of more targets than this, those that are up to date are not told one by one."""
FIRST = 3
"""But these, which stand for all where nothing happened."""
_PLAN, _STATE = ".plan", ".state"


@mutable
class State:
    """What the last build of a request left, beside its plan. Lists by the numbers of a SavedPlan."""

    makers: Sequence[int]
    """Which action made the output at that place in the snapshot."""
    results: list[bytes]
    walls: list[int]
    """How long each action took when it ran, in milliseconds."""
    reports: list[bytes]
    """Of each target, if nothing changes."""
    listings: Sequence[bytes | None] = ()
    """Of the snapshot's folders."""
    folders: Sequence[int] = ()
    """A hash of each one's stat fields, as of sources and outputs."""
    sources: Sequence[int] = ()
    outputs: Sequence[int] = ()


@frozen
class Saved:
    """All that a build can go on from."""

    settings: Settings
    plan: SavedPlan
    state: State
    identity: bytes = b""
    """The plan's: many states may follow one plan."""


@frozen
class Rebuilt:
    """The end of such a build, from which the next one can go on."""

    report: BuildReport
    """Of few targets, all; else those that a person is told of."""
    saved: Saved
    changed: Changed
    part: Part
    built: Built
    settled: bool
    """Each source that changed did so some time before it was read."""


def first_state(plan: BuildPlan, built: Built) -> State | None:
    """Return what a build of a whole plan left, where all of it has succeeded."""
    outcomes = [outcome for _, outcome in sorted(built.execution.outcomes.items())]
    numbers = {index: number for number, index in enumerate(sorted(built.execution.outcomes))}
    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    reports = [_packed(report) for report in _by_target(plan, unchanged(built.report))]
    if len(results) != len(outcomes) or len(reports) != len(plan.targets):
        return None
    makers = _makers(plan, built)
    if makers.keys() != built.placed.keys():
        return None
    return State(
        [numbers[makers[path]] for path in built.placed],
        list(map(save_result, results)),
        [result.wall_ms for result in results],
        reports,
    )


def save(path: str, written: Written, saved: Saved) -> None:
    """Write beside a snapshot what the next build goes on from."""
    plan = tuple(getattr(saved.plan, name) for name in names_of(SavedPlan))
    settings = tuple(getattr(saved.settings, name) for name in names_of(Settings))
    write_checked(Path(path + _PLAN), (written.identity, settings, *plan))
    saved.state.listings = written.listings
    found = (written.folders, written.sources, written.outputs)
    _write_state(path, (written.identity, written.identity), saved.state, found)


def _write_state(path: str, identities: tuple[bytes, bytes], state: State, found: tuple[Stats, Stats, Stats]) -> None:
    hashes = (list(map(hash, each)) for each in found)
    kept = (state.makers, state.results, state.walls, state.reports, state.listings, *hashes)
    write_checked(Path(path + _STATE), (*identities, *kept))


def read_saved(changed: Changed) -> Saved | None:
    """Return what can be gone on from; None if it is not there, or belongs to another snapshot."""
    state, plan = read_checked(changed.path + _STATE), read_checked(changed.path + _PLAN)
    if not isinstance(state, tuple) or not isinstance(plan, tuple):
        return None
    if (state[0], state[1]) != (changed.snapshot[1], plan[0]):
        return None
    return Saved(Settings(*plan[1]), SavedPlan(*plan[2:]), State(*state[2:]), plan[0])


def rebuild(changed: Changed, saved: Saved, around: Surroundings, started: float) -> Rebuilt | None:
    """Build what a change reaches; None where only the full path can tell. `started` is on the monotonic clock."""
    state = saved.state
    folders = _different(changed.folders, state.folders)
    sources = _different(changed.sources, state.sources)
    paths = [saved.plan.sources[number] for number in sources]
    if not all(_lists_the_same(changed, state, place) for place in folders) or not all(map(os.path.isfile, paths)):
        return None
    found = [*(changed.folders[place] for place in folders), *(changed.sources[number] for number in sources)]
    since_ns = time.time_ns()
    makers = {state.makers[place] for place in _different(changed.outputs, state.outputs)}
    again = reached(saved.plan, sources, makers)
    if again is None:
        return None
    part = part_of(saved.plan, state.results, again)
    try:
        built = build(part.plan, around, started)
    except GivenLostError:
        return None
    report = _whole_report(part, built, saved)
    return Rebuilt(report, saved, changed, part, built, are_settled(found, since_ns))


def _different(now: Sequence[object], before: Sequence[int]) -> list[int]:
    return [place for place, (fields, known) in enumerate(zip(now, before, strict=True)) if hash(fields) != known]


def _lists_the_same(changed: Changed, state: State, place: int) -> bool:
    known = state.listings[place]
    return known is not None and listing(Path(changed.root, changed.snapshot[5][place])) == known


def _whole_report(part: Part, built: Built, saved: Saved) -> BuildReport:
    """Return the report of the request: what was looked at, and what else a person is told of."""
    done = dict(zip(part.targets, _by_target(part.plan, built.report), strict=True))
    count = len(saved.plan.targets)
    told: Sequence[int] = range(count)
    if count > TOLD and not built.report.tests:
        told = sorted({*range(FIRST), *done, *saved.plan.skipped})
    reports = [done.get(number) or _unpacked(saved.state.reports[number]) for number in told]
    return replace(
        built.report,
        targets=tuple(report for report in reports if isinstance(report, TargetReport)),
        tests=tuple(report for report in reports if isinstance(report, TestReport)),
        others=count - len(reports),
        actions=built.report.actions + part.plan.beside,
        cached=built.report.cached + part.plan.beside,
        saved_ms=built.report.saved_ms + sum(saved.state.walls) - sum(saved.state.walls[n] for n in part.actions),
    )


def keep(rebuilt: Rebuilt, text: str) -> None:
    """Write the snapshot and the state that follow from a build that succeeded."""
    if not rebuilt.settled:
        return
    changed, saved, part = rebuilt.changed, rebuilt.saved, rebuilt.part
    request, _, files, file_hash, absent, folders, _, sources, _, outputs, _, _ = changed.snapshot
    state = saved.state
    for index, number in enumerate(part.actions):
        result = rebuilt.built.execution.outcomes[index].result
        assert result is not None  # noqa: S101 - it succeeded.
        state.results[number], state.walls[number] = save_result(result), result.wall_ms
    for number, report in zip(part.targets, _by_target(part.plan, unchanged(rebuilt.built.report)), strict=True):
        state.reports[number] = _packed(report)
    again = frozenset(part.actions)
    placed = {
        path: (maker, fields)
        for path, maker, fields in zip(outputs, state.makers, changed.outputs, strict=True)
        if maker not in again
    }
    new = {f"{OUTPUTS}/{path}": part.actions[index] for path, index in _makers(part.plan, rebuilt.built).items()}
    fields = stats([f"{changed.root}/{path}" for path in new], OUTPUT)
    placed.update((path, (maker, each)) for (path, maker), each in zip(new.items(), fields, strict=True))
    now = tuple(fields for _, fields in placed.values())
    if None in now:
        return
    state.makers = [maker for maker, _ in placed.values()]
    identity = os.urandom(8)
    _write_state(changed.path, (identity, saved.identity), state, (changed.folders, changed.sources, now))
    decisive = (files, file_hash, absent, folders, hash(changed.folders))
    kept = (request, identity, *decisive, sources, hash(changed.sources), list(placed), hash(now), text)
    write_checked(Path(changed.path), kept)


def _makers(plan: BuildPlan, built: Built) -> dict[str, int]:
    """Return the action of each placed file, by its path in the output tree; those of given artifacts are left out."""
    return {
        place + path.removeprefix(artifact.path): plan.actions.producers[artifact]
        for target in plan.targets
        for artifact, place in target.files
        if artifact in plan.actions.producers
        for path, _ in built.execution.files.get(artifact, ())
    }


def _by_target(plan: BuildPlan, report: BuildReport) -> Iterator[TargetReport | TestReport]:
    """Yield the report of each target; fewer, where several runs of a test were joined."""
    targets, tests = iter(report.targets), iter(report.tests)
    for target in plan.targets:
        found: TargetReport | TestReport | None = next(targets, None) if target.test is None else next(tests, None)
        if found is not None:
            yield found


def _packed(report: TargetReport | TestReport) -> bytes:
    values = tuple(getattr(report, name) for name in names_of(type(report)))
    if isinstance(report, TestReport):
        return marshal.dumps((True, values))
    outputs = tuple((each.path, each.sha256, each.size) for each in report.outputs)
    return marshal.dumps((False, (*values[:3], outputs, *values[4:])))


def _unpacked(packed: bytes) -> TargetReport | TestReport:
    is_test, values = marshal.loads(packed)  # noqa: S302 - checked when it was read.
    if is_test:
        return TestReport(*values)
    label, platform, status, outputs, *told = values
    return TargetReport(label, platform, status, tuple(PlacedOutput(*each) for each in outputs), *told)
