"""History: what the last builds did with actions, and what their keys were made of. Knows nothing of now."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

from etbuild.execution.action_key import action_identity
from etbuild.execution.event_log import RAN, BuildLog, last_builds, read_log
from etbuild.execution.manifest import Manifest
from etbuild.execution.store import Store
from etbuild.model.action import Action
from etbuild.model.diagnostics import EtbuildError

Name = tuple[str, str]
"""Mnemonic and owner: what the log calls an action."""


class History:
    """The builds that are kept, the newest first."""

    def __init__(self, store: Store, logs: Path) -> None:
        self._store = store
        self._logs = logs

    @functools.cached_property
    def builds(self) -> tuple[BuildLog, ...]:
        """The logs, but for damaged ones."""
        found: list[BuildLog] = []
        for path in last_builds(self._logs):
            with contextlib.suppress(EtbuildError):
                found.append(read_log(path))
        return tuple(found)

    def last_build(self, keys: Mapping[Name, set[str]]) -> tuple[BuildLog | None, Mapping[str, str]]:
        """Return the newest build that ran an action of these keys, with how each ended in it.

        None if a build since then had other keys for one of them: what it left is from the cache now.
        """
        for build in self.builds:
            logged: dict[Name, dict[str, str]] = {}
            for each in build.actions:
                logged.setdefault((each.mnemonic, each.owner), {})[each.key] = each.outcome
            outcomes = {key: end for name in keys for key, end in logged.get(name, {}).items() if key in keys[name]}
            if RAN.intersection(outcomes.values()):
                return build, outcomes
            if any(name in logged and keys[name].isdisjoint(logged[name]) for name in keys):
                break
        return None, {}

    def earlier(self, action: Action, current: Iterable[str]) -> tuple[Manifest, ...]:
        """Return what the action's key was made of before it was one of `current`; several where that is not clear."""
        known = set(current)
        same = tuple(each for each in self._store.manifests(action_identity(action)) if each.key not in known)
        # Where a digest of attributes names the outputs, another attribute makes another identity.
        return same[:1] or self._logged((action.mnemonic, str(action.owner or "")), known)

    def _logged(self, name: Name, current: set[str]) -> tuple[Manifest, ...]:
        for build in self.builds:
            keys = {each.key for each in build.actions if (each.mnemonic, each.owner) == name} - current - {""}
            found = [manifest for key in sorted(keys) if (manifest := self._store.manifest(key)) is not None]
            if found:
                return tuple(found)
        return ()
