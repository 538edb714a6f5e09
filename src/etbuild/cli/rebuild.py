"""Answers a request of which only sources changed, from what its last build left. Parses no flags: those were then."""

from __future__ import annotations

import functools
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from etbuild.build import Surroundings
from etbuild.cli.console import Console
from etbuild.cli.report_output import idle_text, show
from etbuild.cli.wording import INTERRUPTED
from etbuild.incremental import Rebuilt, keep, read_saved, rebuild
from etbuild.model.action import Action, Mount
from etbuild.model.diagnostics import EXIT_INTERRUPTED, EtbuildError, Span
from etbuild.model.request import Settings
from etbuild.up_to_date import Changed

if TYPE_CHECKING:
    from etbuild.session import Session


def answer_changed(changed: Changed, source: str) -> int | None:
    """Build, print, and return the exit code; None where only the full path can answer."""
    started = time.monotonic()
    saved = read_saved(changed)
    if saved is None:
        return None
    whole = _WholeSession(saved.settings, source)
    around = Surroundings(
        root=Path(changed.root),
        settings=saved.settings,
        realize_mount=whole.realize,
        span_of=whole.span_of,
        workspace_file=whole.file_label,
        header_owners=whole.header_owners,
        events=Console(sys.stderr),
        argv=tuple(sys.argv[1:]),
    )
    try:
        rebuilt = rebuild(changed, saved, around, started)
    except (EtbuildError, OSError):
        return None  # The full path comes upon it too, and knows all that is to be said.
    except KeyboardInterrupt:
        sys.stderr.write(INTERRUPTED)
        return EXIT_INTERRUPTED
    return None if rebuilt is None else _finish(rebuilt)


def _finish(rebuilt: Rebuilt) -> int:
    code = show(rebuilt.report, as_json=False)
    if code == 0:
        keep(rebuilt, idle_text(rebuilt.report))
    return code


class _WholeSession:
    """What only some actions and mistakes need, loaded by then."""

    def __init__(self, settings: Settings, source: str) -> None:
        self._settings = settings
        self._source = source

    @functools.cached_property
    def session(self) -> Session:
        """The session of the full path."""
        from etbuild.cli.invocation import Invocation
        from etbuild.start import ensure_packages, root_of

        root = root_of(self._source)
        invocation = Invocation(tuple(sys.argv[1:]), os.environ, Path.cwd(), root, Path(ensure_packages(root)))
        return invocation.session(self._settings)

    def realize(self, mount: Mount) -> Path:
        """Return the folder that a mount stands for."""
        return Path(mount.source) if mount.kind in ("folder", "system") else self.session.provisions.realize(mount)

    def file_label(self, path: str) -> str | None:
        """Return the label of a file of the workspace."""
        return self.session.file_label(path)

    def header_owners(self, action: Action, path: str) -> tuple[str, ...]:
        """Return the targets that name a header."""
        return self.session.header_owners(action, path)

    def span_of(self, action: Action, attribute: str | None, index: int | None) -> Span | None:
        """Return where an attribute of an action's owner is written."""
        return self.session.span_of(action, attribute, index)
