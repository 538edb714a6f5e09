"""Analysis to BuildPlan: which of the analysed things a request wants. Touches no disk."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.model.action import MISSING, Action, ActionGraph
from etbuild.model.artifact import Artifact
from etbuild.model.configured import Analysis, ConfiguredKey, ConfiguredTarget
from etbuild.model.diagnostics import Diagnostic, EtbuildError, with_article
from etbuild.model.frozen import replace
from etbuild.model.graph import reachable
from etbuild.model.label import Pattern
from etbuild.model.plan import BuildPlan, PlannedTarget
from etbuild.model.rule import DefaultInfo, RunInfo, TestSuiteInfo


def plan_build(analysis: Analysis) -> BuildPlan:
    """Return the plan that builds what was requested."""
    targets = [_planned(analysis.targets[key]) for key in dict.fromkeys(analysis.requested)]
    return BuildPlan(tuple(targets), analysis.actions, mistakes=analysis.mistakes)


def plan_tests(analysis: Analysis, label_filter: str = "", runs: int = 1, without: Sequence[Pattern] = ()) -> BuildPlan:
    """Return the plan that runs the requested tests: suites stand for theirs, and what is no test is only built.

    Of a suite those are left out that `without` names. A test whose emulator is not there is only built, too; that is
    one of the plan's mistakes.
    """
    actions = list(analysis.actions.actions)
    targets: list[PlannedTarget] = []
    found, lacking = bool(analysis.mistakes), []
    for key in _tests_meant(analysis, without):
        target = analysis.targets[key]
        planned = _planned(target)
        if target.test is None or label_filter not in str(target.label):
            if not label_filter and target.test is None:
                targets.append(planned)
            continue
        found = True
        missing = [mount for mount in target.test.mounts if mount.kind == MISSING]
        if missing:
            lacking += [missing_program(target, mount.source, mount.provenance) for mount in missing]
            targets.append(planned)
            continue
        for run in range(runs):
            actions.append(_nth_run(target.test, run) if runs > 1 else target.test)
            targets.append(replace(planned, test=len(actions) - 1))
    if not found:
        what = f" whose label holds '{label_filter}'" if label_filter else ""
        raise EtbuildError(Diagnostic("no-tests", f"the patterns must name a test{what}, name none"))
    graph = ActionGraph(tuple(actions), analysis.actions.producers)
    rerun = frozenset(range(len(analysis.actions.actions), len(actions)) if runs > 1 else ())
    return BuildPlan(tuple(targets), graph, rerun=rerun, mistakes=(*analysis.mistakes, *lacking))


def plan_with_tests(analysis: Analysis) -> BuildPlan:
    """Return the plan that builds what was requested, and has its tests: to be looked at."""
    plan, actions = plan_build(analysis), list(analysis.actions.actions)
    targets = []
    for key, planned in zip(dict.fromkeys(analysis.requested), plan.targets, strict=True):
        test = analysis.targets[key].test
        targets.append(replace(planned, test=len(actions)) if test else planned)
        actions += [test] if test else []
    return replace(plan, targets=tuple(targets), actions=ActionGraph(tuple(actions), analysis.actions.producers))


def plan_run(analysis: Analysis, text: str) -> tuple[BuildPlan, RunInfo]:
    """Return the plan that makes all that a target needs to be run, and how it is run, below an emulator perhaps."""
    if len(analysis.requested) != 1:
        labels = {label for label, _ in analysis.requested}
        message = f"'{text}' must name one target, names {len(labels)}"
        if len(labels) == 1:
            message = f"'{text}' must be run on one platform, is wanted on {len(analysis.requested)}"
        raise EtbuildError(Diagnostic("not-one-target", message))
    target = analysis.targets[analysis.requested[0]]
    info = target.get(RunInfo)
    if info is None:
        what = with_article(target.spec.rule.name)
        message = f"'{target.label}' must be something that can be run, is {what} without a program"
        raise EtbuildError(Diagnostic("not-runnable", message, target.spec.span()))
    planned = _planned(target)
    platform = target.configuration.platform
    if platform.emulates(info.argv):
        info = replace(info, argv=(*platform.run_under, *info.argv))
    words = [word for word in info.argv if isinstance(word, Artifact)]
    needed = [artifact for artifact in (*words, *info.inputs) if not artifact.is_source]
    known = {artifact for artifact, _ in planned.files}
    extra = [(a, _place(target, a, {})) for a in dict.fromkeys(needed) if a not in known]
    return BuildPlan((replace(planned, files=(*planned.files, *extra)),), analysis.actions), info


def missing_program(target: ConfiguredTarget, name: str, hint: str) -> Diagnostic:
    """Return the mistake that what a platform's programs run under is not installed."""
    platform = target.configuration.platform.name
    message = f"'{target.label}' needs '{name}' to run programs for '{platform}', which is not installed"
    return Diagnostic("missing-program", message, target.spec.span(), hint=hint or None)


def _tests_meant(analysis: Analysis, without: Sequence[Pattern]) -> list[ConfiguredKey]:
    """Return the requested targets, with those that suites among them stand for."""

    def members(key: ConfiguredKey) -> tuple[ConfiguredKey, ...]:
        target = analysis.targets[key]
        return target.dependencies if target.get(TestSuiteInfo) else ()

    requested = dict.fromkeys(analysis.requested)
    return [
        key
        for key in reachable(requested, members)
        if analysis.targets[key].get(TestSuiteInfo) is None
        and (key in requested or not any(pattern.matches(key[0]) for pattern in without))
    ]


def _nth_run(test: Action, run: int) -> Action:
    """Return a test that is not equal to its other runs, so that each happens."""
    return replace(test, env=tuple(sorted((*test.env, ("ETBUILD_TEST_RUN", str(run + 1))))))


def _planned(target: ConfiguredTarget) -> PlannedTarget:
    info = target.get(DefaultInfo) or DefaultInfo()
    made = [artifact for artifact in dict.fromkeys((*info.files, *info.beside)) if not artifact.is_source]
    names = dict(info.names)
    platform = target.configuration.name
    return PlannedTarget(
        label=str(target.label),
        platform=platform,
        files=tuple((artifact, _place(target, artifact, names)) for artifact in made),
        shown=sum(artifact in info.files for artifact in made),
        validations=info.validations,
        summary=info.summary,
        incompatible=target.incompatible,
    )


def _place(target: ConfiguredTarget, artifact: Artifact, names: dict[Artifact, str]) -> str:
    """Return where a target's file is placed: under the name the target gives it, in the target's own package."""
    folder = artifact.configuration or target.configuration.name
    if artifact not in names:
        return f"{folder}/{artifact.path}"
    return f"{folder}/{target.label.path.removesuffix(target.label.name)}{names[artifact]}"
