"""Process: one command as a child of this process, in a group of its own. Knows nothing of sandboxes or actions."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from etbuild.model.frozen import frozen

PAGE = os.sysconf("SC_PAGE_SIZE")


@frozen
class End:
    """How a command ended."""

    code: int
    """Its exit code; -n if signal n killed it."""
    peak_ram: int = 0
    """In bytes, of the largest of its processes; 0 if unknown."""
    lost: bool = False
    """It never ran: what was to run it is gone."""


class Job(Protocol):
    """A running command: readable when it has ended."""

    def fileno(self) -> int:
        """Return what a selector waits for."""

    def end(self) -> End:
        """Return how it ended, once it is readable; gives all that it holds back."""

    def kill(self, signal_number: int) -> None:
        """Send a signal to all of its processes."""

    def ram(self) -> int:
        """Return what its processes take now, in bytes."""


class Process:
    """A Job that is a child of this process."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str | None,
        output: tuple[int, int],
    ) -> None:
        stdout, stderr = output
        # vfork: no pages of a big parent are copied. A group of its own: Ctrl-C at the terminal reaches only us.
        self._popen = subprocess.Popen(
            argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, process_group=0
        )
        self.pid = self._popen.pid
        self._pidfd = os.pidfd_open(self.pid)

    def fileno(self) -> int:
        """Return the pidfd."""
        return self._pidfd

    def end(self) -> End:
        """Reap it, and kill what it left behind; as long as it is not reaped its group has no other meaning."""
        self.kill(signal.SIGKILL)
        _, status, usage = os.wait4(self.pid, 0)
        os.close(self._pidfd)
        code = os.waitstatus_to_exitcode(status)
        self._popen.returncode = code
        return End(code, usage.ru_maxrss * 1024)

    def kill(self, signal_number: int = signal.SIGKILL) -> None:
        """Send a signal to the group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal_number)

    def ram(self) -> int:
        """Return what it and its descendants take now."""
        return sum(resident(pid) for pid in descendants(self.pid))


def descendants(pid: int) -> list[int]:
    """Return a process and all below it, as far as they still are."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            found += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
    return found


def resident(pid: int) -> int:
    """Return a process's resident memory in bytes; 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0
