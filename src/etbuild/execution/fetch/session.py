"""FetchSession: all that fetching needs from outside, as one value. Knows not what is fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something that lasts has come, for people."""

    what: str
    """Such as `environment base: 58 packages`."""
    done: int = 0
    total: int = 0
    """In `unit`; 0 if unknown."""
    unit: str = "bytes"
    finished: bool = False


def _say_nothing(_: Progress) -> None:
    """Drop it."""


@dataclass(frozen=True, slots=True)
class FetchSession:
    """Where fetched things go, and with what they are had."""

    cache: Path
    python: Path
    """An interpreter with pip: that of etbuild's own environment."""
    env: Mapping[str, str] = field(default_factory=dict)
    """For pip and npm: their configuration, indexes and credentials are the user's."""
    offline: bool = False
    say: Callable[[Progress], None] = _say_nothing
