"""FetchSession: all that fetching needs from outside, as one value. Knows not what is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import Events, ignore_events
from etbuild.model.frozen import field, frozen


@frozen
class FetchSession:
    """Where fetched things go, and with what they are had."""

    cache: Path
    python: Path
    """An interpreter with pip: that of etbuild's own environment."""
    env: Mapping[str, str] = field(default_factory=dict)
    """For pip and npm: their configuration, indexes and credentials are the user's."""
    offline: bool = False
    events: Events = ignore_events


def offline_missing(what: str, names: Iterable[str], hint: str = "run `etbuild fetch` while online") -> EtbuildError:
    """Return the error of needing something from outside under --offline."""
    listed = sorted(names)
    notes = tuple(f"missing: {name}" for name in listed[:10])
    more = (f"and {len(listed) - 10} more",) if len(listed) > 10 else ()
    message = f"{what} must be fetched, and --offline forbids it"
    return EtbuildError(Diagnostic("offline-missing", message, notes=notes + more, hint=hint))
