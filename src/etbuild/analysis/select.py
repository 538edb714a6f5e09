"""Selects: the value that a platform chooses of each. Knows nothing of what attributes mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen
from etbuild.model.label import Label
from etbuild.model.platform import Platform
from etbuild.model.select import Branch, Select
from etbuild.model.target import TargetSpec


class NoBranchMatches(Exception):  # noqa: N818 - no mistake: the target is incompatible.
    """No branch of a select holds and it has no default, or a rule says that it has nothing for the platform."""


@frozen
class _Place:
    """Whose attribute is resolved, for which platform."""

    spec: TargetSpec
    attribute: str
    platform: Platform
    facts: frozenset[Label]


def resolve_selects(spec: TargetSpec, platform: Platform) -> dict[str, Any]:
    """Return the attributes of `spec` as they are on `platform`, each select replaced by its most specific match.

    Raises NoBranchMatches with a reason to show, or EtbuildError `ambiguous-select`.
    """
    facts = frozenset(platform.constraints.values()) | ({platform.label} if platform.label else set())
    return {name: _resolve(value, _Place(spec, name, platform, facts)) for name, value in spec.raw.items()}


def _resolve(value: Any, place: _Place) -> Any:
    if isinstance(value, Select):
        return _resolve(_choose(value, place).value, place)
    if isinstance(value, Mapping):
        return {key: _resolve(element, place) for key, element in value.items()}
    if not isinstance(value, tuple):
        return value
    elements: list[Any] = []
    for element in value:
        resolved = _resolve(element, place)
        # A list that a select gives for an element takes the element's place.
        elements.extend(resolved if isinstance(element, Select) and isinstance(resolved, tuple) else [resolved])
    return tuple(elements)


def _choose(select: Select, place: _Place) -> Branch:
    matching = [(_implied(branch, place), branch) for branch in select.branches if branch.conditions <= place.facts]
    if not matching:
        raise NoBranchMatches(f"no branch of '{place.attribute}' is for it")
    best = [branch for implied, branch in matching if all(implied >= other for other, _ in matching)]
    if len(best) == 1:
        return best[0]
    names = " and ".join(
        f"'{' + '.join(sorted(map(str, branch.conditions)))}'" for _, branch in matching if branch.conditions
    )
    raise EtbuildError(
        Diagnostic(
            "ambiguous-select",
            f"'{place.attribute}' of '{place.spec.label}' must have one most specific branch on "
            f"'{place.platform.label or place.platform.name}', has {names}",
            place.spec.span(place.attribute),
            hint="add a branch with the conditions of both",
        )
    )


def _implied(branch: Branch, place: _Place) -> frozenset[Label]:
    """Return all that holds where the branch does: a platform stands for its constraint values too."""
    return place.facts if place.platform.label in branch.conditions else branch.conditions
