"""Console: shows a build's events on stderr: live on a terminal, plain lines elsewhere. Decides nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from typing import TextIO

from etbuild.cli.wording import bar, duration, memory
from etbuild.model.events import (
    ActionFinished,
    ActionProgress,
    ActionsPlanned,
    ActionStarted,
    BuildEvent,
    FetchProgress,
    Note,
)

LASTING_MS = 1000
"""An action that took less leaves no line of its own."""
HEARTBEAT_SECONDS = 30
"""How often a plain log hears that something still runs."""
REDRAW_SECONDS = 0.1


class Console:
    """Takes events; writes lines that last, and on a terminal one block below them that is redrawn."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._clock = clock
        self._planned = 0
        self._done = 0
        self._running: dict[int, _Running] = {}
        self._fetching: dict[str, FetchProgress] = {}
        self._drawn = 0
        self._last_draw = 0.0

    def __call__(self, event: BuildEvent) -> None:
        """Show an event."""
        if isinstance(event, Note):
            self._last(event.text)
        elif isinstance(event, FetchProgress):
            self._fetched(event)
        elif isinstance(event, ActionsPlanned):
            self._planned = event.count
        elif isinstance(event, ActionStarted):
            self._running[event.index] = _Running(event.mnemonic, event.owner, event.detail, self._clock())
        elif isinstance(event, ActionProgress):
            self._progressed(event)
        else:
            self._finished(event)
        self._draw()

    def close(self) -> None:
        """Take the live block off the screen."""
        self._erase()
        self._stream.flush()

    def _fetched(self, event: FetchProgress) -> None:
        if not event.finished:
            if event.what not in self._fetching and not self._live:
                self._last(f"fetch   {event.what} …")
            self._fetching[event.what] = event
            return
        self._fetching.pop(event.what, None)
        self._last(f"fetch   {event.what:<60} {duration(event.seconds):>8}")

    def _progressed(self, event: ActionProgress) -> None:
        running = self._running.get(event.index)
        if running is None:
            return
        running.detail = event.detail or running.detail
        running.ram = event.ram
        now = self._clock()
        if not self._live and now - running.heard >= HEARTBEAT_SECONDS:
            running.heard = now
            self._last(f"        {running.line(now)}")

    def _finished(self, event: ActionFinished) -> None:
        running = self._running.pop(event.index, None)
        self._done += 1
        if event.outcome == "run" and event.wall_ms >= LASTING_MS:
            detail = running.title if running else ""
            ram = memory(event.peak_ram) if event.peak_ram else ""
            line = f"{event.mnemonic:<11} {event.owner}   {detail}"
            self._last(f"{self._count()} {line:<70} {duration(event.wall_ms / 1000):>8}   {ram}".rstrip())

    def _count(self) -> str:
        return f"[{self._done}/{max(self._planned, self._done)}]"

    def _last(self, line: str) -> None:
        """Write a line that stays."""
        self._erase()
        self._stream.write(f"{line}\n")
        self._stream.flush()

    def _draw(self) -> None:
        now = self._clock()
        if not self._live or now - self._last_draw < REDRAW_SECONDS:
            return
        self._erase()
        self._last_draw = now
        columns, rows = shutil.get_terminal_size()
        lines = [f"fetch   {f.what}  {bar(f.done, f.total)}" for f in self._fetching.values()]
        lines += [f"{self._count()} {running.line(now)}" for running in self._running.values()]
        shown = [line[: columns - 1] for line in lines[: rows - 2]]
        self._stream.write("".join(f"{line}\n" for line in shown))
        self._stream.flush()
        self._drawn = len(shown)

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write(f"\x1b[{self._drawn}A\x1b[J")
            self._drawn = 0


class _Running:
    """An action that runs, as far as it is shown."""

    def __init__(self, mnemonic: str, owner: str, detail: str, started: float) -> None:
        self.mnemonic = mnemonic
        self.owner = owner
        self.title = detail
        self.detail = detail
        self.started = started
        self.heard = started
        self.ram = 0

    def line(self, now: float) -> str:
        """Return what it is, what it says of itself, for how long and with how much memory."""
        ram = f"   {memory(self.ram)}" if self.ram else ""
        return f"{self.mnemonic:<11} {self.owner}   {self.detail}   {duration(now - self.started)}{ram}"
