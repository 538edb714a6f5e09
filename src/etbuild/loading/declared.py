"""Targets as packages declare them, without what they depend on: it need not exist, such as a lock before `lock`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from etbuild.loading.folders import Folders
from etbuild.loading.packages import Packages
from etbuild.loading.patterns import expand_patterns
from etbuild.loading.places import Places
from etbuild.loading.workspace import read_roots
from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean, raise_all
from etbuild.model.label import Pattern
from etbuild.model.target import TargetSpec
from etbuild.model.workspace import Workspace

Declared = tuple[TargetSpec, str]
"""A target, and the absolute folder of its package."""


def declared_targets(
    workspace: Workspace, patterns: Sequence[Pattern], repository_root: Callable[[str], Path]
) -> tuple[Declared, ...]:
    """Return the targets that `patterns` name. Raises EtbuildError with all mistakes of their packages."""
    folders = Folders()
    places = Places(workspace, folders, repository_root, read_roots)
    packages = Packages(workspace, places, folders)
    requested, _ = expand_patterns(packages, places, patterns)
    raise_all(packages.mistakes)
    found: list[Declared] = []
    for label in requested:
        package = packages.get(label.repository, label.package)
        if label.name not in package.targets:
            hint = did_you_mean(label.name, package.targets)
            message = f"no target '{label.name}' in package '{label.package_label}'"
            raise EtbuildError(*packages.mistakes, Diagnostic("unknown-target", message, hint=hint))
        found.append((package.targets[label.name], package.folder))
    raise_all(packages.mistakes)
    return tuple(found)


def package_names(workspace: Workspace, repository_root: Callable[[str], Path]) -> tuple[str, ...]:
    """Return the names of all packages of the workspace."""
    return tuple(Places(workspace, Folders(), repository_root, read_roots).packages_below("", ""))
