"""Reporting: what became of a plan's actions, as a BuildReport. Runs and places nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from etbuild.execution.critical_path import producers_of
from etbuild.execution.outcome import Execution
from etbuild.model.action import OutputFile
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import EXIT_BUILD_FAILED, EXIT_TEST_FAILED
from etbuild.model.digest import Digest
from etbuild.model.frozen import frozen
from etbuild.model.plan import BuildPlan, PlannedTarget
from etbuild.model.report import ActionWarning, BuildReport, PlacedOutput, TargetReport, TestReport


@frozen
class Evidence:
    """What a report is made of."""

    plan: BuildPlan
    execution: Execution
    placed: Mapping[str, OutputFile]
    """What is in the output tree, by path below it."""
    fresh: frozenset[str]
    """Paths that were not in place before."""
    read: Callable[[Digest], bytes | None]
    """A blob's bytes."""
    outputs: str
    """The output folder, relative to the workspace's root."""


def report_build(evidence: Evidence, sandbox: str, wall_ms: int) -> BuildReport:
    """Return how the build ended."""
    outcomes = evidence.execution.outcomes.values()
    tests = tuple(_test(evidence, target) for target in evidence.plan.targets if target.test is not None)
    worst, blamed = _worst_statuses(evidence), _blamed(evidence)
    targets = tuple(_target(evidence, target, worst, blamed) for target in evidence.plan.targets if target.test is None)
    ran = sum(outcome.status in ("run", "failed") for outcome in outcomes)
    saved = sum(outcome.result.wall_ms for outcome in outcomes if outcome.status == "hit" and outcome.result)
    return BuildReport(
        targets=targets,
        tests=_joined(tests),
        failures=evidence.execution.failures,
        warnings=tuple(_warnings(evidence)),
        actions=len(evidence.execution.outcomes),
        run=ran,
        cached=sum(outcome.status in ("hit", "shared") for outcome in outcomes),
        wall_ms=wall_ms,
        saved_ms=saved,
        sandbox=sandbox,
        exit_code=_exit_code(evidence, tests),
    )


def _exit_code(evidence: Evidence, tests: tuple[TestReport, ...]) -> int:
    test_actions = {target.test for target in evidence.plan.targets}
    outcomes = evidence.execution.outcomes
    if any(outcome.status == "failed" for index, outcome in outcomes.items() if index not in test_actions):
        return EXIT_BUILD_FAILED
    return EXIT_TEST_FAILED if any(test.status != "passed" for test in tests if test.status != "skipped") else 0


def _target(
    evidence: Evidence, target: PlannedTarget, worst: Mapping[int, str], blamed: Mapping[int, str]
) -> TargetReport:
    if target.incompatible:
        return TargetReport(target.label, target.platform, "skipped", reason=target.incompatible)
    end = _end(evidence, target, worst)
    if end == "failed":
        needs = [blamed[index] for index in _makers(evidence, target) if index in blamed]
        reason = f"needs {needs[0]}, which failed" if needs and target.label not in needs else ""
        return TargetReport(target.label, target.platform, "failed", reason=reason)
    outputs = tuple(
        PlacedOutput(f"{evidence.outputs}/{path}", file.digest.hash, file.digest.size)
        for artifact, place in target.files[: target.shown]
        for path, file in _files_at(evidence, artifact, place)
    )
    places = {path for artifact, place in target.files for path, _ in _files_at(evidence, artifact, place)}
    status = "built" if end == "run" else "up to date" if evidence.fresh.isdisjoint(places) else "cached"
    summary = _summary(evidence, target.summary)
    lines, short = tuple(summary.get("lines", ())), str(summary.get("short", ""))
    return TargetReport(target.label, target.platform, status, outputs, lines, short)


def _warnings(evidence: Evidence) -> Iterator[ActionWarning]:
    """Yield what actions said that ran and may be heard; of another repository's, whoever works on that hears it."""
    for index in sorted(i for i, outcome in evidence.execution.outcomes.items() if outcome.status == "run"):
        action, result = evidence.plan.actions.actions[index], evidence.execution.outcomes[index].result
        if not action.warns or result is None or result.stderr is None:
            continue
        if action.owner is not None and not action.owner.repository:
            text = (evidence.read(result.stderr) or b"").decode(errors="replace").rstrip()
            yield ActionWarning(str(action.owner), action.configuration, action.mnemonic, text)


def _files_at(evidence: Evidence, artifact: Artifact, place: str) -> list[tuple[str, OutputFile]]:
    files = evidence.execution.files.get(artifact, ())
    return [(place + path.removeprefix(artifact.path), file) for path, file in files]


def _worst_statuses(evidence: Evidence) -> dict[int, str]:
    """Return for each action how it and all that it needs ended: failed if any did, run if any ran, hit else."""
    outcomes = evidence.execution.outcomes
    worst: dict[int, str] = {}
    needs = producers_of(evidence.plan.actions)
    for index in sorted(outcomes):  # Producers stand before consumers.
        ends = {outcomes[index].status, *(worst[producer] for producer in needs[index] if producer in worst)}
        worst[index] = "failed" if ends & {"failed", "skipped"} else "run" if "run" in ends else "hit"
    return worst


def _blamed(evidence: Evidence) -> dict[int, str]:
    """Return whose action failed, for each that failed or needs one that did."""
    outcomes, actions = evidence.execution.outcomes, evidence.plan.actions.actions
    if all(outcome.status != "failed" for outcome in outcomes.values()):
        return {}
    blamed: dict[int, str] = {}
    needs = producers_of(evidence.plan.actions)
    for index in sorted(outcomes):  # Producers stand before consumers.
        found = [blamed[producer] for producer in needs[index] if producer in blamed]
        if outcomes[index].status == "failed":
            found = [str(actions[index].owner)]
        blamed |= {index: found[0]} if found else {}
    return blamed


def _makers(evidence: Evidence, target: PlannedTarget) -> list[int]:
    producers = evidence.plan.actions.producers
    wanted = [*(artifact for artifact, _ in target.files), *target.validations]
    return [producers[artifact] for artifact in wanted if artifact in producers]


def _end(evidence: Evidence, target: PlannedTarget, worst: Mapping[int, str]) -> str:
    ends = {worst.get(index, "hit") for index in _makers(evidence, target)}
    return "failed" if "failed" in ends else "run" if "run" in ends else "hit"


def _summary(evidence: Evidence, artifact: Artifact | None) -> dict[str, Any]:
    files = evidence.execution.files.get(artifact, ()) if artifact else ()
    content = evidence.read(files[0][1].digest) if files else None
    found: dict[str, Any] = json.loads(content) if content else {}
    return found


def _test(evidence: Evidence, target: PlannedTarget) -> TestReport:
    if target.incompatible or target.test is None:
        return TestReport(target.label, target.platform, "skipped")
    outcome = evidence.execution.outcomes[target.test]
    failed = "timed out" if outcome.timed_out else "failed"
    status = {"failed": failed, "skipped": "skipped"}.get(outcome.status, "passed")
    result = outcome.result
    return TestReport(
        label=target.label,
        platform=target.platform,
        status=status,
        cached=outcome.status == "hit",
        wall_ms=result.wall_ms if result else outcome.wall_ms,
        log=outcome.log[outcome.log.rfind(f"/{evidence.outputs}/") + 1 :],
    )


def _joined(tests: tuple[TestReport, ...]) -> tuple[TestReport, ...]:
    """Return one report a test, of all its runs: it passed if all did."""
    by_target: dict[tuple[str, str], list[TestReport]] = {}
    for test in tests:
        by_target.setdefault((test.label, test.platform), []).append(test)
    return tuple(_worst(runs) for runs in by_target.values())


def _worst(runs: list[TestReport]) -> TestReport:
    one = next((run for run in runs if run.status != "passed"), runs[0])
    return TestReport(
        one.label,
        one.platform,
        one.status,
        all(run.cached for run in runs),
        sum(run.wall_ms for run in runs),
        len(runs),
        one.log,
    )
