"""Patterns of a request → labels. Knows nothing of dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from etbuild.loading.packages import Packages
from etbuild.loading.places import Places
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.label import Label, Pattern


def expand_patterns(
    packages: Packages, places: Places, patterns: Sequence[Pattern]
) -> tuple[dict[Label, None], dict[Label, None]]:
    """Return the labels that `patterns` mean in order, and those of them that are named one by one.

    Each pattern adds to, or takes away from, what stands before it. Mistakes are noted with `packages`.
    """
    requested: dict[Label, None] = {}
    named: dict[Label, None] = {}
    for pattern in patterns:
        try:
            if pattern.negative:
                _take_away(packages, places, pattern, (requested, named))
                continue
            labels = list(_labels(packages, places, pattern))
        except EtbuildError as error:
            packages.mistakes += error.diagnostics
            continue
        requested.update(dict.fromkeys(labels))
        named.update(dict.fromkeys(labels if pattern.name is not None else ()))
    return requested, named


def _take_away(packages: Packages, places: Places, pattern: Pattern, sets: Sequence[dict[Label, None]]) -> None:
    """Remove what `pattern` means; one that could never mean anything is a mistake, as its letters may be."""
    found = [label for labels in sets for label in labels if pattern.matches(label)]
    for labels in sets:
        for label in found:
            labels.pop(label, None)
    if found:
        return
    if pattern.recursive:
        _packages_below(packages, places, pattern)
    else:
        package = packages.get(pattern.repository, pattern.package)
        label = Label(pattern.repository, pattern.package, pattern.name or "")
        if pattern.name is not None and package.target(label.name) is None and not package.is_broken(label.name):
            raise EtbuildError(packages.no_target(label, package, files=False))


def _packages_below(packages: Packages, places: Places, pattern: Pattern) -> list[str]:
    names = list(places.packages_below(pattern.repository, pattern.package))
    if not names:
        # Says what is wrong with the folder itself, if anything is.
        packages.check_name(pattern.repository, pattern.package)
        raise EtbuildError(Diagnostic("unknown-package", f"'{pattern}' must match a package, matches none"))
    return names


def _labels(packages: Packages, places: Places, pattern: Pattern) -> Iterable[Label]:
    if pattern.name is not None:
        yield Label(pattern.repository, pattern.package, pattern.name)
        return
    names = _packages_below(packages, places, pattern) if pattern.recursive else [pattern.package]
    for name in names:
        targets = packages.get(pattern.repository, name).targets
        yield from (targets[each].label for each in sorted(targets) if not targets[each].manual)
