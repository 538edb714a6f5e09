"""FetchSession: all that fetching needs from outside, as one value. Knows not what is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

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
