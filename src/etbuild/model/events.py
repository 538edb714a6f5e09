"""BuildEvent: what happens during a build, as values. Knows nothing of who looks on."""

from __future__ import annotations

from typing import Protocol

from etbuild.model.diagnostics import Diagnostic
from etbuild.model.frozen import frozen


@frozen
class Note:
    """Something a person should know once, such as which sandbox was found."""

    text: str


@frozen
class FetchProgress:
    """How far a download or an installation is."""

    what: str
    done: int
    """In bytes (or packages, where no size is known)."""
    total: int
    """0 if unknown."""
    finished: bool = False
    seconds: float = 0.0


@frozen
class ActionsPlanned:
    """How many actions the build holds in all; grows when a rewind adds some."""

    count: int


@frozen
class ActionStarted:
    """An action runs."""

    index: int
    mnemonic: str
    owner: str
    detail: str


@frozen
class ActionProgress:
    """What a running action says of itself, and what it takes."""

    index: int
    detail: str
    seconds: float
    ram: int
    """In bytes, of its whole process group; 0 if unknown."""


@frozen
class ActionFinished:
    """An action has a result, or has failed."""

    index: int
    mnemonic: str
    owner: str
    outcome: str
    """`run`, `hit` (from the cache), `shared` (equal to one that ran), `failed` or `skipped`."""
    key: str
    start_ms: int
    """Since the build began."""
    wall_ms: int
    peak_ram: int
    sandbox: str = ""
    saved_ms: int = 0
    """For a hit: how long it took when it ran."""
    diagnostics: tuple[Diagnostic, ...] = ()


BuildEvent = Note | FetchProgress | ActionsPlanned | ActionStarted | ActionProgress | ActionFinished


class Events(Protocol):
    """Whoever looks on."""

    def __call__(self, event: BuildEvent, /) -> None:
        """Take one event; must not fail and must not wait."""


def ignore_events(_event: BuildEvent) -> None:
    """Look away."""
