"""Patterns → all targets that they reach, checked as a whole: missing ones, cycles, visibility.

Knows nothing of how a package is read, nor of platforms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from etbuild.loading.folders import Folders
from etbuild.loading.packages import Packages
from etbuild.loading.patterns import expand_patterns
from etbuild.loading.places import Places
from etbuild.loading.visibility import is_visible
from etbuild.loading.workspace import read_roots
from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span, raise_all
from etbuild.model.frozen import replace
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
    requested, named = expand_patterns(packages, places, [pattern.within(workspace.name) for pattern in patterns])
    closure = _Closure(packages)
    spans = {label: workspace.spans.get(f"toolchains[{index}]") for index, label in enumerate(workspace.toolchains)}
    roots = [label for label in requested if closure.root(label)]
    roots += [
        label for label in (label.within(workspace.name) for label in also) if closure.root(label, spans.get(label))
    ]
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

    def __init__(self, packages: Packages) -> None:
        self.packages = packages
        self.specs: dict[Label, TargetSpec] = {}
        self.files: dict[Label, str] = {}
        self.mistakes: list[Diagnostic] = []
        self._edges: dict[Label, list[Label]] = {}

    def root(self, label: Label, span: Span | None = None) -> bool:
        """Tell whether there is a target to start from; if not, why is noted."""
        try:
            package = self.packages.get(label.repository, label.package)
        except EtbuildError as error:
            self.note(error, span)
            return False
        if (target := package.target(label.name)) is not None:
            self.specs[label] = target
        elif not package.is_broken(label.name):
            self.mistakes.append(replace(self.packages.no_target(label, package, files=False), span=span))
        return label in self.specs

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
            dependent = self.specs[label]
            known = self._edges[label] = []
            for dependency in dependent.dependencies:
                try:
                    if self.find(dependency, dependent):
                        known.append(dependency)
                except EtbuildError as error:
                    self.note(error, self.packages.place(dependency, dependent))
        return known

    def find(self, label: Label, dependent: TargetSpec) -> bool:
        """Tell whether `label` is a target. Raises EtbuildError if it is no file either, or not for `dependent`."""
        here = label.package == dependent.label.package and label.repository == dependent.label.repository
        target = self.specs.get(label)
        if target is None:
            package = self.packages.get(label.repository, label.package)
            target = package.target(label.name)
            if target is None:
                if not package.is_broken(label.name):
                    self.files[label] = self.packages.find_file(label, package, dependent.label)
                return False
            self.specs[label] = target
        if not (here or is_visible(label, target.visibility, dependent.label)):
            raise EtbuildError(_not_visible(target, dependent))
        return True

    def note(self, error: EtbuildError, span: Span | None) -> None:
        self.mistakes += [replace(d, span=d.span or span) for d in error.diagnostics]

    def note_cycle(self, ring: Sequence[Label]) -> None:
        path = " → ".join(f"'{label}'" for label in ring)
        notes = []
        for dependent, label in pairwise(ring[1:]):
            at = self.packages.place(label, self.specs[dependent])
            notes.append(f"'{dependent}' names '{label}' at {at}")
        message = f"targets must not depend on themselves, do: {path}"
        place = self.packages.place(ring[1], self.specs[ring[0]])
        self.mistakes.append(Diagnostic("cycle", message, place, tuple(notes)))


def _not_visible(target: TargetSpec, dependent: TargetSpec) -> Diagnostic:
    who = ", ".join(str(pattern) for pattern in target.visibility) or "its own package only"
    return Diagnostic(
        "not-visible",
        f"'{target.label}' is not visible to '{dependent.label}': it is to {who}",
        notes=(f"it stands at {target.span()}",),
        hint=f'add "{_named_from(target, dependent.label)}" to its visibility',
    )


def _named_from(target: TargetSpec, label: Label) -> str:
    """Return how the package of `target` names that of `label`: etbuild's own know no workspace that uses them."""
    if label.repository == target.label.repository:
        return Label("", label.package, label.name).package_label
    if label.repository:
        return label.package_label
    return f"@{target.own}{label.package_label}" if target.own else "//visibility:public"
