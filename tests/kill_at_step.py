"""Runs a function in a child process that dies by SIGKILL just before its n-th change of the disk, or finds it full."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable

CHANGES = frozenset({"os.mkdir", "os.rename", "os.chmod", "os.remove", "os.rmdir", "os.symlink", "subprocess.Popen"})
"""Audit events that Python raises just before it does so."""


def run_in_child(act: Callable[[], object], die_at: int, *, full_disk: bool = False) -> tuple[int, int]:
    """Return the child's exit status and how many changes it began; a `die_at` beyond them lets it end well."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _run(act, die_at, full_disk, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as steps:
        count = len(steps.read())
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), count


def _run(act: Callable[[], object], die_at: int, full_disk: bool, writer: int) -> None:
    begun = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal begun
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if not writes and event not in CHANGES:
            return
        begun += 1
        os.write(writer, b".")
        if begun - 1 < die_at:
            return
        if not full_disk:
            os.kill(os.getpid(), signal.SIGKILL)
        if event == "open" or event in {"os.mkdir", "os.symlink"}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    sys.addaudithook(watch)
    code = 1
    try:
        act()
        code = 0
    except BaseException as error:  # noqa: BLE001 - Tells the parent, whatever it was.
        code = 2 if "disk-full" in str(error) else 1
        if code == 1:
            traceback.print_exc()
    finally:
        os._exit(code)
