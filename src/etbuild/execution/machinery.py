"""Machinery: what execution needs from the world, as arguments. Knows nothing of who provides it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from etbuild.execution.action_key import ActionKey
from etbuild.execution.input_tree import Files
from etbuild.execution.root_pool import RootPool
from etbuild.execution.sandbox.protocol import Sandbox
from etbuild.model.action import Action, ActionGraph, ActionResult, Mount, OutputFile, Resources
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import Span
from etbuild.model.digest import Digest
from etbuild.model.events import Events, ignore_events
from etbuild.model.frozen import field, frozen

if TYPE_CHECKING:
    from etbuild.execution.worker import WorkerPool


class ResultStore(Protocol):
    """Blobs by digest and results by key."""

    def result(self, key: str) -> ActionResult | None:
        """Return what the action with this key made, if it ran."""

    def record(self, identity: str, key: ActionKey, result: ActionResult) -> None:
        """Keep a result; its blobs are in the store already."""

    def reuse(self, identity: str, key: ActionKey, result: ActionResult) -> None:
        """Note that a result was taken."""

    def used(self, weak: str) -> bytes | None:
        """Return what is kept of the headers that runs with this weak key used."""

    def remember_used(self, weak: str, content: bytes) -> None:
        """Keep which headers a run used."""

    def take_over(self, key: str, result: ActionResult) -> None:
        """Keep the result of another key for this one, too."""

    def blob(self, digest: Digest, executable: bool = False) -> Path | None:
        """Return where a blob is, or None if it is gone."""

    def ingest(self, path: Path | str, *, executable: bool) -> OutputFile:
        """Move a file in."""

    def read(self, digest: Digest) -> bytes | None:
        """Return a blob's bytes, or None if they are gone."""

    def put(self, content: bytes) -> Digest:
        """Keep a few bytes."""

    def timing(self, identity: str) -> tuple[int, int] | None:
        """Return the last run's milliseconds and peak of memory."""

    def flush(self) -> None:
        """Write what waits to be written."""


class SourceDigests(Protocol):
    """What sources hold."""

    def digest(self, path: str) -> OutputFile:
        """Return what a file holds."""

    def tree(self, path: str) -> Files:
        """Return what a folder holds, by path below it."""

    def look_up(self, paths: Iterable[str]) -> None:
        """Find what many files hold at once; passes over those that do not exist."""

    def changed(self, paths: Iterable[str]) -> list[str]:
        """Return which of these files are not what they were when they were digested."""


def _no_span(_action: Action, _attribute: str | None, _index: int | None) -> Span | None:
    return None


@frozen
class Machinery:
    """What actions run with."""

    store: ResultStore
    digests: SourceDigests
    sandbox: Sandbox
    roots: RootPool
    logs: Path
    """Where the output of failed actions is kept."""
    capacity: Resources = field(default=Resources(cpu=1))
    """What may be taken at the same time; ram=0 for no limit."""
    outputs: Path | None = None
    """The output tree, for the words of failures."""
    realize_mount: Callable[[Mount], Path] = lambda mount: Path(mount.source)
    span_of: Callable[[Action, str | None, int | None], Span | None] = _no_span
    """Where an attribute (and an element of it) of an action's owner is written."""
    workspace_file: Callable[[str], str | None] = lambda _path: None
    """The label of a file that an action named in vain, if the workspace has it."""
    header_owners: Callable[[Action, str], tuple[str, ...]] = lambda _action, _path: ()
    """The labels of targets that have a header which an action includes and does not declare."""
    is_placed: Callable[[Artifact, str, OutputFile], bool] = lambda _artifact, _path, _file: False
    """Whether the output tree has this file of a wanted artifact, so that its blob is not needed."""
    events: Events = ignore_events
    expanded: Callable[[ActionGraph], None] = lambda _graph: None
    """Told of a graph that has grown, in which actions keep their indices."""
    workers: WorkerPool | None = None
    clock: Callable[[], float] = time.monotonic
    keep_going: bool = False
    sandbox_debug: bool = False
    """Keep the execution roots of failed actions."""
    rerun: frozenset[int] = field(default=frozenset())
    """Actions that run even if they are in the cache, by index."""
    twice: bool = False
    """Run each action a second time, and compare."""
