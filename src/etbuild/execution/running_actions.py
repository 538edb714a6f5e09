"""RunningActions: all that runs now: waited for, looked at, ended in time. Knows nothing of why it runs."""

from __future__ import annotations

import selectors
import signal
from collections.abc import Iterator

from etbuild.execution.interruption import Interruption
from etbuild.execution.machinery import Machinery
from etbuild.execution.running_action import GRACE, RunningAction

TICK = 1.0
"""Seconds between two looks at what runs."""
STANDSTILL = 10.0
"""Seconds by which we may be late before it is the machine that stood still, and what runs with us."""


class RunningActions:
    """The indices of actions, and what stands behind each."""

    def __init__(self, machinery: Machinery, interruption: Interruption) -> None:
        self._machinery = machinery
        self._running: dict[int, RunningAction] = {}
        self._next_look = machinery.clock() + TICK
        self._selector = selectors.DefaultSelector()
        self._selector.register(interruption, selectors.EVENT_READ)

    def __len__(self) -> int:
        return len(self._running)

    def __iter__(self) -> Iterator[int]:
        return iter(self._running)

    def __contains__(self, index: object) -> bool:
        return index in self._running

    def add(self, running: RunningAction) -> None:
        """Wait for it, too."""
        self._running[running.index] = running
        self._selector.register(running.job, selectors.EVENT_READ, running)

    def wait(self) -> Iterator[RunningAction]:
        """Yield what ended, as soon as anything did or it is time to look; end what has had its time."""
        clock = self._machinery.clock
        wake = min([self._next_look, *(running.deadline for running in self._running.values() if running.deadline)])
        for key, _ in self._selector.select(max(0.0, wake - clock())):
            if isinstance(key.data, RunningAction):
                self._remove(key.data)
                yield key.data
        now = clock()
        self._time_out(now, late=now - wake)
        for running in self._running.values():
            if now >= self._next_look:
                self._machinery.events(running.look(now))
        if now >= self._next_look:
            self._machinery.store.flush()  # What waits to be written must not wait for what runs.
            self._next_look = now + TICK

    def close(self) -> None:
        """End all that runs: politely, then not."""
        clock = self._machinery.clock
        for running in self._running.values():
            running.job.kill(signal.SIGTERM)
        deadline = clock() + GRACE
        forced = False
        while self._running:
            for key, _ in self._selector.select(0.05):
                if isinstance(key.data, RunningAction):
                    self._remove(key.data)
                    key.data.job.end()
            if clock() > deadline and not forced:
                forced = True
                for running in self._running.values():
                    running.job.kill(signal.SIGKILL)
        self._selector.close()

    def _time_out(self, now: float, late: float) -> None:
        """End what has had its time, unless it ended by itself while something else was seen to."""
        limited = [running for running in self._running.values() if running.deadline]
        if late > STANDSTILL:
            for running in limited:
                running.deadline += late
        overdue = [running for running in limited if now >= running.deadline]
        ended = [key.data for key, _ in self._selector.select(0)] if overdue else []
        for running in overdue:
            if running not in ended:
                running.time_out()

    def _remove(self, running: RunningAction) -> None:
        self._selector.unregister(running.job)
        del self._running[running.index]
