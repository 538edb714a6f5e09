"""Patterns → all targets that they reach, checked as a whole: missing ones, cycles, visibility.

Knows nothing of how a package is read, nor of platforms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from etbuild.loading.folders import Folders
from etbuild.loading.package import Package
from etbuild.loading.packages import Packages
from etbuild.loading.patterns import expand_patterns
from etbuild.loading.places import Places
from etbuild.loading.visibility import is_visible
from etbuild.loading.workspace import read_roots
from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span, did_you_mean, raise_all
from etbuild.model.graph import CycleError, topological_order
from etbuild.model.label import Label, Pattern
from etbuild.model.target import TargetGraph, TargetSpec
from etbuild.model.workspace import Workspace


def load_targets(
    workspace: Workspace,
    patterns: Sequence[Pattern],
    also: Sequence[Label],
    repository_root: Callable[[str], Path],
) -> TargetGraph:
    """Return every target that `patterns` and the labels `also` reach.

    `repository_root` fetches a repository on demand and returns its folder. Raises EtbuildError with all mistakes.
    """
    folders = Folders()
    places = Places(workspace, folders, repository_root, read_roots)
    packages = Packages(workspace, places, folders)
    requested, named = expand_patterns(packages, places, patterns)
    closure = _Closure(workspace, packages)
    roots = closure.roots(requested, also)
    order = closure.order(roots)
    raise_all([*packages.mistakes, *closure.mistakes])
    targets = {label: closure.specs[label] for label in order}
    return TargetGraph(
        targets,
        tuple(requested),
        frozenset(named),
        closure.files,
        tuple(dict.fromkeys(packages.read)),
        tuple(dict.fromkeys((*packages.missing, *folders.probed))),
    )


class _Closure:
    """Follows dependencies from target to target, and notes what is wrong with them."""

    def __init__(self, workspace: Workspace, packages: Packages) -> None:
        self.workspace = workspace
        self.packages = packages
        self.specs: dict[Label, TargetSpec] = {}
        self.files: dict[Label, str] = {}
        self.mistakes: list[Diagnostic] = []
        self._edges: dict[Label, list[Label]] = {}

    def roots(self, requested: Iterable[Label], also: Iterable[Label]) -> list[Label]:
        """Return the labels to start from, those that exist."""
        found = [label for label in requested if self.find(label, None, None) is not None]
        spans = {label: f"toolchains[{i}]" for i, label in enumerate(self.workspace.toolchains)}
        for label in also:
            span = self.workspace.spans.get(spans.get(label, ""))
            if self.find(label, None, span) is not None:
                found.append(label)
        return found

    def order(self, roots: Sequence[Label]) -> list[Label]:
        """Return what `roots` reach, dependencies first; a ring is noted and cut."""
        while True:
            try:
                return topological_order(roots, self.edges)
            except CycleError as error:
                ring = [label for label in error.cycle if isinstance(label, Label)]
                self.note_cycle(ring)
                self._edges[ring[-2]].remove(ring[-1])

    def edges(self, label: Label) -> list[Label]:
        """Return the targets that a target depends on; its mistakes are noted once."""
        known = self._edges.get(label)
        if known is None:
            spec = self.specs[label]
            known = self._edges[label] = []
            for dependency in spec.dependencies:
                target = self.specs.get(dependency) or self.find(dependency, spec, None)
                if target is not None:
                    known.append(dependency)
                    if dependency.package != label.package or dependency.repository != label.repository:
                        self.check_visible(target, spec)
        return known

    def find(self, label: Label, dependent: TargetSpec | None, span: Span | None) -> TargetSpec | None:
        """Return the target; None for a file, and for what does not exist after noting the mistake."""
        if label in self.files and dependent is not None and self.same_package(label, dependent):
            return None
        package = self.package(label, dependent, span)
        if package is None or package.broken is None:
            return None
        spec = package.targets.get(label.name)
        if spec is not None:
            self.specs[label] = spec
        elif label.name not in package.broken:
            self.find_file(label, package, dependent, span)
        return spec

    def package(self, label: Label, dependent: TargetSpec | None, span: Span | None) -> Package | None:
        try:
            return self.packages.get(label.repository, label.package)
        except EtbuildError as error:
            place = span or self.place(label, dependent)
            self.mistakes += [Diagnostic(d.code, d.message, d.span or place, d.notes, d.hint) for d in error.diagnostics]
            return None

    def find_file(self, label: Label, package: Package, dependent: TargetSpec | None, span: Span | None) -> None:
        """Note where the file is, or what is wrong with naming it."""
        place = span or self.place(label, dependent)
        is_file = self.packages.has_file(package, label.name)
        if dependent is None or not is_file:
            self.mistakes.append(self.unknown_target(label, package, place, is_file=is_file))
        elif (border := self.packages.border(package, label.name)) is not None:
            hint = f"write '{Label(label.repository, border, label.name[len(border) - len(package.name) :].strip('/'))}'"
            message = f"'{label.name}' belongs to package '{Label(label.repository, border, 'x').package_label}'"
            self.mistakes.append(Diagnostic("unknown-target", message, place, hint=hint))
        elif not self.same_package(label, dependent) and not self.exported(package, label.name):
            owner = label.package_label
            message = f"'{label.name}' of package '{owner}' is not exported, '{dependent.label}' must not name it"
            hint = f'add "{label.name}" to exports of [package] in its BUILD.toml'
            self.mistakes.append(Diagnostic("not-exported", message, place, hint=hint))
        else:
            self.files[label] = f"{package.folder}/{label.name}"

    def exported(self, package: Package, name: str) -> bool:
        return package.exports is None or name in package.exports

    def same_package(self, label: Label, dependent: TargetSpec) -> bool:
        return label.package == dependent.label.package and label.repository == dependent.label.repository

    def unknown_target(self, label: Label, package: Package, span: Span | None, *, is_file: bool) -> Diagnostic:
        owner = label.package_label
        if is_file:
            message = f"'{label.full}' is a file, must be a target"
            return Diagnostic("unknown-target", message, span)
        what = "target or file" if span is not None else "target"
        names = {**package.targets, **dict.fromkeys(package.broken or ())}
        files = self.packages.files(package) if span is not None else frozenset()
        form = str(Label(label.repository, label.package, "{}")) if "{" not in label.package else "{}"
        hint = did_you_mean(label.name, (*names, *files), form)
        if hint is None and not names:
            hint = f"package '{owner}' has no targets"
        elif hint is None and label.name == label.package.rpartition("/")[2]:
            hint = f"for all targets of the package write '{owner}:all'"
        return Diagnostic("unknown-target", f"no {what} '{label.name}' in package '{owner}'", span, hint=hint)

    def check_visible(self, target: TargetSpec, dependent: TargetSpec) -> None:
        if is_visible(target.label, target.visibility, dependent.label):
            return
        who = ", ".join(str(pattern) for pattern in target.visibility) or "its own package only"
        place = self.place(target.label, dependent)
        message = f"'{target.label}' is not visible to '{dependent.label}': it is to {who}"
        note = () if (at := target.span()) is None else (f"it stands at {at.file}:{at.line}:{at.column}",)
        hint = f'add "{dependent.label.package_label}" to its visibility'
        self.mistakes.append(Diagnostic("not-visible", message, place, note, hint))

    def place(self, label: Label, dependent: TargetSpec | None) -> Span | None:
        """Return where `dependent` names `label`."""
        return None if dependent is None else self.packages.place(label, dependent)

    def note_cycle(self, ring: Sequence[Label]) -> None:
        path = " → ".join(f"'{label}'" for label in ring)
        place = self.place(ring[1], self.specs[ring[0]])
        notes = []
        for dependent, label in zip(ring[1:], ring[2:], strict=False):
            at = self.place(label, self.specs[dependent])
            if at is not None:
                notes.append(f"'{dependent}' names '{label}' at {at.file}:{at.line}:{at.column}")
        message = f"targets must not depend on themselves, do: {path}"
        self.mistakes.append(Diagnostic("cycle", message, place, tuple(notes)))
