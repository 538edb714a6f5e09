"""Process: one command as a child of this process, in a group of its own. Knows nothing of sandboxes or actions."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
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
        # posix_spawn takes half of what subprocess takes. No pages of a big parent are copied by either.
        with standing_in(cwd):
            self.pid = os.posix_spawn(
                program_of(argv[0], env),
                tuple(argv),
                env,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, stdout, 1),
                    (os.POSIX_SPAWN_DUP2, stderr, 2),
                    *((os.POSIX_SPAWN_CLOSE, each) for each in inherited()),
                ],
                setpgroup=0,  # A group of its own: Ctrl-C at the terminal reaches only us.
                setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),  # Python ignores them, and a child would inherit that.
            )
        self._pidfd = os.pidfd_open(self.pid)

    def fileno(self) -> int:
        """Return the pidfd."""
        return self._pidfd

    def end(self) -> End:
        """Reap it, and kill what it left behind; as long as it is not reaped its group has no other meaning."""
        self.kill(signal.SIGKILL)
        _, status, usage = os.wait4(self.pid, 0)
        os.close(self._pidfd)
        return End(os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024)

    def kill(self, signal_number: int = signal.SIGKILL) -> None:
        """Send a signal to the group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal_number)

    def ram(self) -> int:
        """Return what it and its descendants take now."""
        return sum(resident(pid) for pid in descendants(self.pid))


@contextlib.contextmanager
def standing_in(folder: str | None) -> Iterator[None]:
    """Have `folder` as the working folder for a moment: posix_spawn takes none. No other thread uses relative paths."""
    if folder is None:
        yield
        return
    before = os.open(".", os.O_PATH | os.O_CLOEXEC)
    try:
        os.chdir(folder)
        yield
    finally:
        os.fchdir(before)
        os.close(before)


def program_of(name: str, env: Mapping[str, str]) -> str:
    """Return the file that a command's first word means where the command runs; the word itself if there is none."""
    if "/" in name:
        return name
    candidates = (f"{folder}/{name}" for folder in os.get_exec_path(env))
    return next((path for path in candidates if os.access(path, os.X_OK)), name)


@functools.cache
def inherited() -> tuple[int, ...]:
    """Return the open files that came with this process, beside the standard ones: not for what runs in an action."""
    files = [int(name) for name in os.listdir("/proc/self/fd")]
    return tuple(file for file in files if file > 2 and is_inheritable(file))


def is_inheritable(file: int) -> bool:
    """Tell whether a child would have this file open; one that is closed, it would not."""
    with contextlib.suppress(OSError):  # Closed since it was listed: the listing itself was one.
        return os.get_inheritable(file)
    return False


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
