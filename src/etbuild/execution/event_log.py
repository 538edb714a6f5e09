"""EventLog: what happened in the last builds, as files of JSON lines. Knows nothing of how it is shown.

Plain text, not gzip: it can be read with any tool, and up to its last line after a kill.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from etbuild.model.action import ActionGraph
from etbuild.model.artifact import InputSet
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import ActionFinished, BuildEvent, FetchProgress, Note
from etbuild.model.frozen import frozen

KEPT = 20
RAN = frozenset({"run", "failed"})


class EventLog:
    """Writes the log of one build. It is one of those who look on: pass it events."""

    def __init__(self, folder: Path, argv: Sequence[str], started: float, process: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(folder.glob("*.jsonl"))[: -(KEPT - 1)]:
            old.unlink(missing_ok=True)
        self.path = folder / f"{int(started * 1000):014d}-{process}.jsonl"
        self._file = self.path.open("w", encoding="utf-8")
        self._graph: ActionGraph | None = None
        self._ran: set[int] = set()
        self._write("build", argv=list(argv), started=started)

    def plan(self, graph: ActionGraph) -> None:
        """Say which actions the events' indices mean, so that the log tells what waited for what."""
        self._graph = graph

    def __call__(self, event: BuildEvent, /) -> None:
        """Take one event."""
        if isinstance(event, ActionFinished):
            self._finish(event)
        elif isinstance(event, Note):
            self._write("note", text=event.text)
        elif isinstance(event, FetchProgress) and event.finished:
            self._write("fetch", what=event.what, bytes=event.total, seconds=event.seconds)

    def close(self, *, exit_code: int, wall_ms: int, unchanged: int = 0) -> None:
        """Write the build's end, and how many actions it had no need to look at."""
        if not self._file.closed:
            self._write("end", exit_code=exit_code, wall_ms=wall_ms, unchanged=unchanged)
            self._file.close()

    def release(self) -> None:
        """Close the file, whatever became of the build."""
        self._file.close()

    def _finish(self, event: ActionFinished) -> None:
        fields: dict[str, Any] = {name: getattr(event, name) for name in _FIELDS}
        if event.diagnostics:
            fields["diagnostics"] = [diagnostic.render() for diagnostic in event.diagnostics]
        if event.outcome in RAN:
            fields["needs"] = self._needs(event.index)
            self._ran.add(event.index)
        self._write("action", **fields)

    def _needs(self, index: int) -> list[int]:
        """Return which of the actions that ran in this build it waited for."""
        if self._graph is None or not self._ran or index >= len(self._graph.actions):
            return []
        producers, pending, seen = self._graph.producers, [self._graph.actions[index].inputs], set[InputSet]()
        made_by: set[int] = set()
        while pending:
            inputs = pending.pop()
            # Without a configuration there are sources alone, and thousands may share them.
            if inputs.configurations and inputs not in seen:
                seen.add(inputs)
                made_by.update(producers.get(artifact, -1) for artifact in inputs.direct)
                pending.extend(inputs.transitive)
        return sorted(made_by & self._ran)

    def _write(self, kind: str, **fields: Any) -> None:
        self._file.write(json.dumps({"event": kind, **fields}, ensure_ascii=False) + "\n")
        if fields.get("outcome") != "hit":
            self._file.flush()


_FIELDS = ("index", "mnemonic", "owner", "outcome", "key", "start_ms", "wall_ms", "peak_ram", "sandbox", "saved_ms")


@frozen
class LoggedAction:
    """An action's end, as the log tells it."""

    index: int
    mnemonic: str
    owner: str
    outcome: str
    key: str
    start_ms: int
    wall_ms: int
    peak_ram: int
    sandbox: str
    saved_ms: int
    needs: tuple[int, ...] = ()
    diagnostics: tuple[str, ...] = ()


@frozen
class BuildLog:
    """One build, as the log tells it."""

    argv: tuple[str, ...]
    started: float
    """In seconds since 1970."""
    actions: tuple[LoggedAction, ...]
    notes: tuple[str, ...] = ()
    exit_code: int | None = None
    """None if it was killed, or is under way."""
    wall_ms: int = 0
    unchanged: int = 0
    """Actions that were not looked at, as nothing that they need had changed."""

    def what_ran(self) -> tuple[LoggedAction, ...]:
        """Return the actions that were not taken from the cache, in the order they ended in."""
        return tuple(action for action in self.actions if action.outcome in RAN)

    def what_failed(self) -> tuple[LoggedAction, ...]:
        """Return the actions that failed."""
        return tuple(action for action in self.actions if action.outcome == "failed")

    def summary(self) -> dict[str, int]:
        """Return how many actions ended in each way, the time they ran for, and the time the cache saved."""
        figures = {"actions": len(self.actions) + self.unchanged, "wall_ms": self.wall_ms}
        if self.unchanged:
            figures["hit"] = self.unchanged
        for action in self.actions:
            figures[action.outcome] = figures.get(action.outcome, 0) + 1
        figures["ran_ms"] = sum(action.wall_ms for action in self.what_ran())
        figures["saved_ms"] = sum(action.saved_ms for action in self.actions)
        return figures

    def critical_path(self) -> tuple[LoggedAction, ...]:
        """Return the chain of actions, each waiting for the one before, that took longest: no machine can be faster."""
        ran = {action.index: action for action in self.what_ran()}
        length: dict[int, int] = {}
        before: dict[int, int | None] = {}
        for index, action in ran.items():  # What an action waited for ended, and stands, before it.
            before[index] = max((need for need in action.needs if need in length), key=length.__getitem__, default=None)
            length[index] = action.wall_ms + length.get(before[index], 0)  # type: ignore[arg-type]
        at = max(length, key=length.__getitem__, default=None)
        path: list[LoggedAction] = []
        while at is not None:
            path.append(ran[at])
            at = before[at]
        return tuple(reversed(path))


def last_builds(folder: Path) -> tuple[Path, ...]:
    """Return the logs that are kept, the newest first."""
    return tuple(sorted(folder.glob("*.jsonl"), reverse=True))


def read_log(path: Path) -> BuildLog:
    """Read one build's log; a last line that a kill cut off is passed over. Raises `damaged-log`."""
    build: dict[str, Any] = {}
    actions: list[LoggedAction] = []
    notes: list[str] = []
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            fields = json.loads(line)
        except ValueError:
            continue
        kind = fields.pop("event", "") if isinstance(fields, dict) else ""
        if kind == "action":
            lists: dict[str, Any] = {name: tuple(fields.pop(name, ())) for name in ("needs", "diagnostics")}
            actions.append(LoggedAction(**fields, **lists))
        elif kind == "note":
            notes.append(fields["text"])
        elif kind in {"build", "end"}:
            build.update(fields)
    if "started" not in build:
        message = f"'{path}' must begin with what was built and when, does not"
        raise EtbuildError(Diagnostic("damaged-log", message, hint="remove it; it is needed for no build"))
    build["argv"] = tuple(build["argv"])
    return BuildLog(actions=tuple(actions), notes=tuple(notes), **build)
