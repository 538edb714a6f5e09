"""UsedHeaders: takes a compile's result though a header changed, if that was none it used. Knows no compiler.

A weak key stands for all runs of an action with the same command, the same main inputs and headers of the same paths.
Of each run it is kept which headers were used and what they held: if they hold the same now, the run made what this one
would. Paths count, as a new file may come first where a compiler looks for a header. Of a run that names nothing, not
even its source, nothing is kept: it may have used each.
"""

from __future__ import annotations

import hashlib
import marshal
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from etbuild.execution.action_key import SALT, ActionKey
from etbuild.execution.farm_inputs import main_inputs
from etbuild.execution.input_tree import DigestSource, Files, InputTrees, folder_of
from etbuild.model.action import Action, ActionResult, OutputFile
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.digest import Digest
from etbuild.model.frozen import frozen

KEPT = 4
"""Runs remembered of each weak key: branches are gone back and forth between."""
_ANY = OutputFile(Digest("", 0))
_Run = tuple[Sequence[str], str, str]
"""The headers it used, a digest of what they held, and its key."""


class UsedStore(Protocol):
    """Where runs are remembered."""

    def result(self, key: str) -> ActionResult | None:
        """Return what the action with this key made, if it ran."""

    def take_over(self, key: str, result: ActionResult) -> None:
        """Keep the result of another key for this one, too."""

    def used(self, weak: str) -> bytes | None:
        """Return what is kept of a weak key."""

    def remember_used(self, weak: str, content: bytes) -> None:
        """Keep it."""


class UsedHeaders:
    """For one build."""

    def __init__(self, source: DigestSource, store: UsedStore) -> None:
        self._source = source
        self._store = store
        self._paths = InputTrees(_Paths(source))
        self._held: dict[InputSet, Mapping[str, OutputFile]] = {}
        self._weak: dict[str, str] = {}
        """Of the actions that are to run."""

    def result(self, action: Action, key: ActionKey) -> ActionResult | None:
        """Return the result of a run that used headers as they are now."""
        held = self._headers(action)
        weak = self._weak[key.key] = self._weak_key(action, key)
        for used, digest, earlier in self._runs(weak):
            if all(path in held for path in used) and _digest(used, held) == digest:
                result = self._store.result(earlier)
                if result is not None:
                    self._store.take_over(key.key, result)
                    del self._weak[key.key]
                    return result
        return None

    def record(self, action: Action, key: ActionKey, read: Iterable[str]) -> tuple[str, ...]:
        """Remember what a run used; return what it read though it was not declared."""
        held, main = self._headers(action), {path for path, _ in self._main(action)}
        used = sorted(path for path in read if path in held)
        unknown = tuple(path for path in read if path not in held and path not in main)
        if not unknown:
            weak = self._weak.pop(key.key, "") or self._weak_key(action, key)
            runs = [run for run in self._runs(weak) if run[2] != key.key]
            runs.insert(0, (used, _digest(used, held), key.key))
            self._store.remember_used(weak, zlib.compress(marshal.dumps(runs[:KEPT]), 1))
        return unknown

    def forget(self) -> None:
        """Look anew: an action ran again and made other bytes than before."""
        self._held.clear()

    def _runs(self, weak: str) -> list[_Run]:
        content = self._store.used(weak)
        runs: list[_Run] = marshal.loads(zlib.decompress(content)) if content else []  # noqa: S302 - as manifests are.
        return runs

    def _weak_key(self, action: Action, key: ActionKey) -> str:
        main, paths = folder_of(self._main(action)), self._paths.tree(action.headers)
        parts = (SALT, hashlib.sha256(key.command).digest(), main.digest.hash.encode(), paths.digest.hash.encode())
        return hashlib.sha256(b" ".join(parts)).hexdigest()

    def _main(self, action: Action) -> Files:
        """Return the files of all inputs that are no headers."""
        return [file for artifact in main_inputs(action) for file in self._source.files(artifact)]

    def _headers(self, action: Action) -> Mapping[str, OutputFile]:
        known = self._held.get(action.headers)
        if known is None:
            known = {path: file for artifact in action.headers for path, file in self._source.files(artifact)}
            self._held[action.headers] = known
        return known


@frozen
class _Paths:
    """Says of files only where they are."""

    source: DigestSource

    def files(self, artifact: Artifact) -> Files:
        return [(path, _ANY) for path, _ in self.source.files(artifact)]


def _digest(used: Iterable[str], held: Mapping[str, OutputFile]) -> str:
    lines = (f"{path}\0{held[path].digest.hash}{held[path].executable}\0" for path in used)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
