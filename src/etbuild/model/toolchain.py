"""Toolchains: what a rule asks for, what is on offer, and why each was taken or refused."""

from __future__ import annotations

from etbuild.model.frozen import frozen
from etbuild.model.label import Label


@frozen
class Request:
    """A rule's need: a toolchain of this type that offers all of these features."""

    type: str
    """Such as `python_environment`."""
    features: frozenset[str] = frozenset()
    """Such as {"export", "xnnpack"}."""

    def __str__(self) -> str:
        return f"{self.type} with {', '.join(sorted(self.features))}" if self.features else self.type


@frozen
class Toolchain:
    """A target that serves requests of one type, in WORKSPACE order."""

    label: Label
    type: str
    features: frozenset[str] = frozenset()
    exec_compatible_with: frozenset[Label] = frozenset()
    """Constraint values that the platform actions run on must have."""
    target_compatible_with: frozenset[Label] = frozenset()


@frozen
class Refusal:
    """Why a toolchain was not taken."""

    toolchain: Label
    reason: str


@frozen
class Resolution:
    """What serves a request, and the table of refusals of those that stood before it."""

    request: Request
    chosen: Label | None
    refusals: tuple[Refusal, ...] = ()
