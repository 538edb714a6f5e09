"""LocalMounts: whether folders of this machine stay as they are while actions see them. Knows nothing of keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from etbuild.model.action import LOCAL, Action, Mount


class LocalMounts:
    """Digests such folders again once actions have ended: once a round, as it may take a while."""

    def __init__(self, realize: Callable[[Mount], Path]) -> None:
        self._realize = realize
        self._changed: dict[Mount, bool] = {}

    def begin_round(self) -> None:
        """Look at each again: more actions have ended."""
        self._changed.clear()

    def changed(self, action: Action) -> list[str]:
        """Return the folders that an action saw and that are not what they were when its key was made."""
        return [str(self._realize(mount)) for mount in action.mounts if mount.kind == LOCAL and self._differs(mount)]

    def _differs(self, mount: Mount) -> bool:
        if mount not in self._changed:
            from etbuild.execution.fetch.present import folder_digest  # noqa: PLC0415 - for few builds.

            try:
                self._changed[mount] = folder_digest(self._realize(mount))[0] != mount.digest
            except OSError:  # Something went while it was looked at.
                self._changed[mount] = True
        return self._changed[mount]
