"""install: builds targets, and puts what others' builds need of them into a folder. Knows no build system."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from etbuild.analysis.plan import plan_build
from etbuild.build import OUTPUTS, Built, build
from etbuild.execution.fetch.made_folder import file_sha256
from etbuild.execution.installed_folder import MANIFEST, Contents, InstalledFile, write_folder
from etbuild.model.artifact import Artifact
from etbuild.model.configured import Analysis, ConfiguredTarget
from etbuild.model.diagnostics import Diagnostic, EtbuildError, raise_all
from etbuild.model.frozen import frozen, replace
from etbuild.model.install import Installation, InstalledArtifact, Installer
from etbuild.model.label import Pattern, parse_pattern
from etbuild.model.plan import BuildPlan, PlannedTarget
from etbuild.model.report import BuildReport
from etbuild.model.rule import DefaultInfo, Provider
from etbuild.session import Session

__all__ = ["MANIFEST", "Installed", "install"]


@frozen
class Installed:
    """What an installation came to; no files if the build failed."""

    report: BuildReport
    files: tuple[InstalledFile, ...] = ()
    removed: tuple[str, ...] = ()
    """What an earlier installation put there, and that no longer belongs."""


@frozen
class _Wanted:
    target: ConfiguredTarget
    planned: PlannedTarget
    installation: Installation

    @property
    def is_empty(self) -> bool:
        """Nothing of it is for others."""
        return bool(self.planned.incompatible) or not (self.installation.files or self.installation.facts)


def install(session: Session, patterns: Sequence[str], folder: Path) -> Installed:
    """Build what `patterns` name and make `folder` hold what they install, if they do install something."""
    started = time.monotonic()
    graph = session.load(patterns)
    analysis = session.analyze(graph)
    installers = {type_: do for family in session.workspace.families for type_, do in family.installers}
    wanted = tuple(_wanted(analysis, installers))
    _refuse_empty(wanted, [parse_pattern(each, session.base).within(session.workspace.name) for each in patterns])
    plan = BuildPlan(tuple(each.planned for each in wanted), analysis.actions)
    built = build(plan, session.surroundings(graph), started)
    if built.report.exit_code:
        return Installed(built.report)
    collector = _Collector(session.root, built, several=len({each.planned.platform for each in wanted}) > 1)
    for each in wanted:
        collector.add(each)
    files = collector.files()
    manifest = {"targets": collector.targets, "files": [_table(file) for file in files]}
    removed = write_folder(folder, collector.contents, manifest)
    return Installed(built.report, files, removed)


def _table(file: InstalledFile) -> Mapping[str, Any]:
    return {name: getattr(file, name) for name in ("path", "kind", "label", "platform", "sha256", "size")}


def _wanted(analysis: Analysis, installers: Mapping[type[Provider], Installer]) -> Iterator[_Wanted]:
    """Yield the requested targets that can be built, each with what it installs."""
    for planned, key in zip(plan_build(analysis).targets, dict.fromkeys(analysis.requested), strict=True):
        target = analysis.targets[key]
        found = [
            installers[type_](target.label, info) for type_, info in target.providers.items() if type_ in installers
        ]
        one = _sum(found or [_default(target, planned)])
        known = {artifact for artifact, _ in planned.files}
        needed = dict.fromkeys([*(file.artifact for file in one.files), *(artifact for _, artifact in one.reads)])
        folder = f"{planned.platform}/"
        extra = [(a, folder + a.path) for a in needed if not a.is_source and a not in known]
        yield _Wanted(target, replace(planned, files=(*planned.files, *extra)), one)


def _refuse_empty(wanted: Sequence[_Wanted], patterns: Sequence[Pattern]) -> None:
    """Raise for targets that are named and install nothing; those that a wider pattern reaches are passed over."""
    named = [pattern for pattern in patterns if pattern.name is not None and not pattern.negative]
    filled = {each.planned.label for each in wanted if not each.is_empty}
    raise_all([_nothing(each) for each in wanted if each.planned.label not in filled and _is_any(each, named)])
    if not filled:
        message = "the patterns must name a target that has something to install, name none"
        raise EtbuildError(Diagnostic("nothing-to-install", message))


def _is_any(wanted: _Wanted, patterns: Sequence[Pattern]) -> bool:
    return any(pattern.matches(wanted.target.label) for pattern in patterns)


def _nothing(wanted: _Wanted) -> Diagnostic:
    why = f": {wanted.planned.incompatible}" if wanted.planned.incompatible else ""
    message = f"'{wanted.planned.label}' must have something to install, has nothing{why}"
    hint = "leave it out; a pattern such as //... passes it over"
    return Diagnostic("nothing-to-install", message, wanted.target.spec.span(), hint=hint)


def _default(target: ConfiguredTarget, planned: PlannedTarget) -> Installation:
    """Return what a target installs that no family knows more of: its files, and what they need beside them."""
    places = dict(planned.files)
    info = target.get(DefaultInfo) or DefaultInfo()
    return Installation(
        tuple(
            InstalledArtifact("file", places[file].partition("/")[2] if file in places else file.path, file)
            for file in (*info.files, *info.beside)
        )
    )


def _sum(installations: Iterable[Installation]) -> Installation:
    files: list[InstalledArtifact] = []
    texts: list[tuple[str, str]] = []
    facts: dict[str, Any] = {}
    reads: list[tuple[str, Artifact]] = []
    for one in installations:
        files += one.files
        texts += one.texts
        facts |= one.facts
        reads += one.reads
    return Installation(tuple(files), tuple(texts), facts, tuple(reads))


class _Collector:
    """Adds up what targets install."""

    def __init__(self, root: Path, built: Built, *, several: bool) -> None:
        self._root = root
        self._built = built
        self._several = several
        self._reports = {(target.label, target.platform): target for target in built.report.targets}
        self._files: dict[str, tuple[Path, InstalledFile]] = {}
        self._texts: dict[str, dict[str, None]] = {}
        self.targets: list[Mapping[str, Any]] = []
        """The manifest's entries."""

    @property
    def contents(self) -> Contents:
        """What the folder is to hold, by path."""
        return {**{path: source for path, (source, _) in self._files.items()}, **self._joined_texts()}

    def files(self) -> tuple[InstalledFile, ...]:
        """Return the files of the folder, sorted."""
        texts = (_text_file(path, text) for path, text in self._joined_texts().items())
        return tuple(sorted((*(file for _, file in self._files.values()), *texts), key=lambda file: file.path))

    def add(self, wanted: _Wanted) -> None:
        """Add what one target installs."""
        planned, places = wanted.planned, dict(wanted.planned.files)
        prefix = f"{planned.platform}/" if self._several else ""
        if wanted.is_empty:
            return
        for file in wanted.installation.files:
            for suffix, source in self._sources(file.artifact, places):
                self._add(
                    InstalledFile(f"{prefix}{file.path}{suffix}", file.kind, planned.label, planned.platform, "", 0),
                    source,
                )
        for path, text in wanted.installation.texts:
            self._texts.setdefault(prefix + path, {})[text] = None
        facts = {key: _plain(value) for key, value in wanted.installation.facts.items()}
        for key, artifact in wanted.installation.reads:
            [(_, source)] = self._sources(artifact, places)
            facts[key] = json.loads(source.read_bytes())
        configuration = wanted.target.configuration
        constraints = {setting.name: value.name for setting, value in configuration.platform.constraints.items()}
        about = {
            "label": planned.label,
            "platform": configuration.platform.name,
            "constraints": dict(sorted(constraints.items())),
            "mode": configuration.mode,
        }
        report = self._reports.get((planned.label, planned.platform))
        self.targets.append({**about, "summary": list(report.summary) if report else [], **facts})

    def _add(self, file: InstalledFile, source: Path) -> None:
        sha256 = file_sha256(source)
        _, other = self._files.setdefault(file.path, (source, replace(file, sha256=sha256, size=source.stat().st_size)))
        if other.sha256 != sha256:
            message = f"'{file.path}' must be one file, is another of '{other.label}' than of '{file.label}'"
            hint = "install them into two folders"
            raise EtbuildError(Diagnostic("install-conflict", message, hint=hint))

    def _sources(self, artifact: Artifact, places: Mapping[Artifact, str]) -> Iterator[tuple[str, Path]]:
        """Yield each file of an artifact: its path below that of the artifact, and where it is now."""
        if artifact.is_source:
            yield "", Path(artifact.location)
            return
        for path, _ in self._built.execution.files[artifact]:
            suffix = path.removeprefix(artifact.path)
            yield suffix, self._root / OUTPUTS / (places[artifact] + suffix)

    def _joined_texts(self) -> Mapping[str, str]:
        return {path: "\n".join(texts) for path, texts in self._texts.items()}


def _text_file(path: str, text: str) -> InstalledFile:
    content = text.encode()
    return InstalledFile(path, "build file", "", "", hashlib.sha256(content).hexdigest(), len(content))


def _plain(value: Any) -> Any:
    """Return a frozen value as JSON has it."""
    if isinstance(value, (tuple, frozenset)):
        return [_plain(element) for element in (sorted(value) if isinstance(value, frozenset) else value)]
    return {key: _plain(element) for key, element in value.items()} if isinstance(value, Mapping) else value
