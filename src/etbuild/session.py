"""Session: one call of etbuild on one workspace. Joins the stages; knows nothing of command lines."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from etbuild.analysis.analyze import analyze
from etbuild.analysis.plan import missing_program, plan_build, plan_run, plan_tests
from etbuild.analysis.platforms import host_constraints, platform_label
from etbuild.analysis.world import World
from etbuild.build import OUTPUTS, Built, Surroundings, build
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.saved_plan import save_plan
from etbuild.execution.snapshot import Watched, own_files, watch
from etbuild.execution.system_programs import NotInstalledError
from etbuild.incremental import Saved, first_state
from etbuild.loading.configured_attrs import check_attrs
from etbuild.loading.target_graph import load_targets
from etbuild.loading.workspace import load_workspace
from etbuild.model.action import Action
from etbuild.model.artifact import Artifact
from etbuild.model.configured import Analysis, ConfiguredTarget, PartlyWrongError
from etbuild.model.diagnostics import EtbuildError, Span, raise_all
from etbuild.model.events import Events
from etbuild.model.frozen import frozen
from etbuild.model.host import Host
from etbuild.model.label import Label, Pattern, parse_label, parse_pattern
from etbuild.model.plan import BuildPlan
from etbuild.model.report import BuildReport
from etbuild.model.request import BuildRequest, Settings
from etbuild.model.rule import RunInfo
from etbuild.model.target import TargetGraph, TargetSpec
from etbuild.model.workspace import Workspace
from etbuild.provisions import Provisions, detect_host


@frozen
class Program:
    """How something is started, in this machine's paths."""

    argv: tuple[str, ...]
    env: Mapping[str, str]


@frozen
class Place:
    """Where a session happens, and with what it fetches."""

    root: Path
    """The workspace's."""
    etbuild_root: Path
    """The folder that etbuild itself stands in."""
    folder: str
    """Below the root: where relative patterns are meant; empty for the root itself."""
    env: Mapping[str, str]
    """For pip and npm: their configuration is the user's."""
    python: Path
    """An interpreter with pip."""
    argv: tuple[str, ...] = ()
    """As typed, for the log."""


@frozen
class Record:
    """A build, and what it leaves for the next one."""

    report: BuildReport
    settings: Settings
    since_ns: int
    watched: Watched | None
    """What the answer depends on; None if it cannot stand for the next build."""
    saved: Saved | None


class Session:
    """Stages in order, each at most once for the same question."""

    def __init__(self, place: Place, settings: Settings, events: Events) -> None:
        self.place = place
        self.since_ns = time.time_ns()
        """Before anything was read."""
        self.settings = settings
        self.events = events

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.place.root

    @functools.cached_property
    def workspace(self) -> Workspace:
        """What WORKSPACE says."""
        return load_workspace(self.place.root, self.place.etbuild_root)

    @functools.cached_property
    def base(self) -> Label:
        """The package that relative patterns are meant in; its name is empty."""
        return Label("", self.workspace.package_in(self.place.folder), "")

    @functools.cached_property
    def host(self) -> Host:
        """This machine."""
        return detect_host()

    @functools.cached_property
    def fetching(self) -> FetchSession:
        """How things are fetched."""
        return FetchSession(
            Path(self.settings.cache), self.place.python, self.place.env, self.settings.offline, self.events
        )

    @functools.cached_property
    def provisions(self) -> Provisions:
        """What comes from outside the workspace."""
        return Provisions(self.workspace, self.place.etbuild_root, self.fetching)

    @property
    def platforms(self) -> tuple[str, ...]:
        """What is built for; a label such as `:board` is meant in the package where the user stands."""
        told = self.settings.platforms or ("host",)
        return tuple(str(parse_label(text, self.base)) if ":" in text else text for text in told)

    def load(self, patterns: Sequence[str]) -> TargetGraph:
        """Return the targets that patterns reach, with all that choosing toolchains and platforms needs."""
        parsed = self._patterns(patterns)
        platforms = [platform_label(text, self.workspace) for text in self.platforms]
        also = (
            *self.workspace.toolchains,
            *host_constraints(self.host, self.workspace),
            *(label for label in platforms if label is not None),
        )
        return load_targets(self.workspace, parsed, also, self.provisions.repository_root)

    def _patterns(self, texts: Sequence[str]) -> list[Pattern]:
        return [parse_pattern(text, self.base) for text in texts]

    def analyze(self, graph: TargetGraph) -> Analysis:
        """Return the configured targets and actions of loaded targets."""
        world = World(
            host=self.host,
            environment_mount=self.provisions.environment_mount,
            system_mount=self.provisions.system_mount,
            repository_mount=self.provisions.repository_mount,
            read_text=lambda path: Path(path).read_text(encoding="utf-8"),
            check_attrs=check_attrs,
        )
        return analyze(graph, self.workspace, self.platforms, self.settings.mode, world)

    def analyze_all(self, graph: TargetGraph) -> Analysis:
        """Return what can be built of what was requested, with the mistakes of the rest."""
        try:
            return self.analyze(graph)
        except PartlyWrongError as error:
            return error.rest()

    def build(self, request: BuildRequest) -> Record:
        """Build, and test if that is asked for."""
        started = time.monotonic()
        graph = self.load(request.patterns)
        analysis = self.analyze_all(graph) if self.settings.keep_going else self.analyze(graph)
        plan = self._plan_tests(analysis, request) if request.test else plan_build(analysis)
        if not self.settings.keep_going:
            raise_all(plan.mistakes)
        built = build(plan, self.surroundings(graph), started)
        return Record(built.report, self.settings, self.since_ns, *self._kept(graph, analysis, built.plan, built))

    def _plan_tests(self, analysis: Analysis, request: BuildRequest) -> BuildPlan:
        own = self.workspace.name
        without = [pattern.within(own) for pattern in self._patterns(request.patterns) if pattern.negative]
        return plan_tests(analysis, request.filter, request.runs, without)

    def run(self, target: str) -> tuple[BuildReport, Program | None]:
        """Build one target and return how it is started; nothing is, if it failed."""
        started = time.monotonic()
        graph = self.load((target,))
        analysis = self.analyze(graph)
        plan, info = plan_run(analysis, target)
        self._require_emulator(analysis.targets[analysis.requested[0]], info)
        built = build(plan, self.surroundings(graph), started)
        if built.report.exit_code:
            return built.report, None
        return built.report, self._program(info, dict(plan.targets[0].files))

    def surroundings(self, graph: TargetGraph) -> Surroundings:
        """Return what a build needs from here."""
        return Surroundings(
            root=self.place.root,
            settings=self.settings,
            realize_mount=self.provisions.realize,
            span_of=functools.partial(_span_of, graph),
            workspace_file=self.file_label,
            header_owners=self.header_owners,
            events=self.events,
            argv=self.place.argv,
        )

    def span_of(self, action: Action, attribute: str | None, index: int | None) -> Span | None:
        """Return where an attribute of an action's owner is written; loads that target alone."""
        return _span_of(self.load((str(action.owner),)), action, attribute, index) if action.owner else None

    def file_label(self, path: str) -> str | None:
        """Return the label of the workspace's file that an action would see at `path`, if there is one."""
        folder, _, name = path.rpartition("/")
        for prefix, root in sorted(self.workspace.roots.items(), key=lambda item: -len(item[0])):
            if folder == prefix or folder.startswith(f"{prefix}/") or not prefix:
                physical = Path(self.workspace.root, root, folder.removeprefix(prefix).lstrip("/"), name)
                return f"//{folder}:{name}" if physical.is_file() else None
        return None

    def header_owners(self, action: Action, path: str) -> tuple[str, ...]:
        """Return the targets that name a header which an action includes as `path`, the likeliest first found."""
        folder, known = path.rpartition("/")[0], self.file_label(path)
        for patterns in ((str(action.owner), *([f"//{folder}:all"] if known else [])), ("//...",)):
            with contextlib.suppress(EtbuildError):  # Mistakes elsewhere are told by who builds that.
                found = [spec.label for spec in self.load(patterns).targets.values() if _names(spec, path)]
                if any(label != action.owner for label in found):
                    return tuple(str(label) for label in found if label != action.owner)
        return ()

    def _kept(
        self, graph: TargetGraph, analysis: Analysis, plan: BuildPlan, built: Built
    ) -> tuple[Watched, Saved] | tuple[None, None]:
        """Return what the answer depends on, and what the next build can go on from."""
        state = first_state(plan, built) if built.report.exit_code == 0 else None
        if state is None:
            return None, None
        saved = save_plan(plan, built.execution)
        read = (*self.workspace.read, *graph.read, *analysis.read, *self.provisions.read, *own_files())
        if built.report.tests:  # Another request's tests may have been written there since.
            read = (*read, f"{self.place.root}/{OUTPUTS}/test.xml")
        known = frozenset(saved.sources)
        named = (path for path in graph.files.values() if path not in known)
        outputs = (f"{self.place.root}/{OUTPUTS}/{path}" for path in built.placed)
        watched = watch((*read, *graph.probed, *analysis.probed, *named), saved.sources, outputs)
        return watched, Saved(self.settings, saved, state)

    def _require_emulator(self, target: ConfiguredTarget, info: RunInfo) -> None:
        """Raise `missing-program` if something that a platform's programs run under is not there."""
        platform = target.configuration.platform
        if info.argv[: len(platform.run_under)] == platform.run_under:
            try:
                self.provisions.system_mount(platform.programs, platform.packages)
            except NotInstalledError as error:
                raise EtbuildError(missing_program(target, str(error), platform.hint)) from None

    def _program(self, info: RunInfo, places: Mapping[Artifact, str]) -> Program:
        """Return an argv of this machine's paths: mounts as they are installed, outputs where they are placed.

        A program finds what it loads by its own place.
        """
        mounts = {mount.path: str(self.provisions.realize(mount)) for mount in info.mounts}
        return Program(tuple(self._word(word, mounts, places) for word in info.argv), dict(info.env))

    def _word(self, word: str | Artifact, mounts: Mapping[str, str], places: Mapping[Artifact, str]) -> str:
        if isinstance(word, str):
            found = next((path for path in mounts if word == path or word.startswith(f"{path}/")), None)
            return mounts[found] + word[len(found) :] if found else word
        return word.location or f"{self.place.root}/{OUTPUTS}/{places[word]}"


def _names(spec: TargetSpec, path: str) -> bool:
    return any(f"/{label.path}".endswith(f"/{path}") for label in spec.dependencies)


def _span_of(graph: TargetGraph, action: Action, attribute: str | None, index: int | None) -> Span | None:
    """Return where an attribute of an action's owner is written, or else of the one dependency that gives it."""
    spec = graph.targets.get(action.owner) if action.owner else None
    if spec is None:
        return None
    near = [graph.targets[label] for label in spec.dependencies if label in graph.targets]
    givers = [each for each in (spec, *near) if attribute in each.spans]
    giver = givers[0] if givers and (givers[0] is spec or len(givers) == 1) else spec
    return giver.span(attribute, index)
