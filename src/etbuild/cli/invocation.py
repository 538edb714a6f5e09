"""Invocation: how the program was called, and what a verb needs to answer. Alone reads environment and cwd."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from etbuild.cli.console import Console
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.frozen import field, frozen
from etbuild.model.request import Settings
from etbuild.start import from_home

if TYPE_CHECKING:
    from etbuild.session import Session


@frozen
class Invocation:
    """One call of the program."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    etbuild_root: Path
    """The folder that etbuild itself stands in."""
    python: Path
    """An interpreter with pip."""
    expected: str | None = None
    """What the fast answer would have printed, in crosscheck mode."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Flag to the configuration that set it, for `info`."""
    umask: int = 0o022
    """The caller's, for programs of theirs."""

    @property
    def default_cache(self) -> str:
        """The user's cache folder for etbuild."""
        if self.env.get("ETBUILD_CACHE"):
            return str(Path(from_home(self.env["ETBUILD_CACHE"])).absolute())
        asked_for = self._workspace_cache()
        if asked_for:
            return asked_for
        base = self.env.get("XDG_CACHE_HOME") or f"{self.env.get('HOME') or '/tmp'}/.cache"  # noqa: S108
        return f"{base}/etbuild"

    def _workspace_cache(self) -> str:
        """Return the cache folder that WORKSPACE asks for; whether the rest of it is right is loading's to say."""
        import tomli

        try:
            text = (self.workspace_root / "WORKSPACE").read_text(encoding="utf-8")
            asked_for = tomli.loads(text).get("cache")
        except (EtbuildError, OSError, tomli.TOMLDecodeError):
            return ""
        if not isinstance(asked_for, str) or not asked_for:
            return ""
        return str((self.workspace_root / from_home(asked_for)).resolve())

    @property
    def workspace_root(self) -> Path:
        """The workspace that the working folder is in. Raises EtbuildError `workspace-not-found`."""
        from etbuild.loading.workspace import find_workspace

        return find_workspace(self.cwd)

    def session(self, settings: Settings) -> Session:
        """Open the workspace for a verb."""
        root = self.workspace_root
        # Before the slow imports: its folder's time must be older than what is read next.
        with contextlib.suppress(OSError):  # Who only asks needs none; who builds is told why there is none.
            (root / "etbuild-out").mkdir(exist_ok=True)
        from etbuild.session import Place, Session

        place = Place(
            root=root,
            etbuild_root=self.etbuild_root,
            folder="/".join(self.cwd.relative_to(root).parts),
            env=self.env,
            python=self.python,
            argv=self.argv,
        )
        return Session(place, settings, Console(sys.stderr))
