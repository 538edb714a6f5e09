"""ProcessGuard: ends our children should this process be killed. Knows nothing of what they are.

A child can't be told to die with us without code between fork and exec, and such code would rule out vfork. So a small
shell waits on a pipe; if the other end is gone without a word, it kills whatever has our mark in its environment.
"""

from __future__ import annotations

import contextlib
import os

_SCRIPT = """
trap '' INT TERM HUP
read -r word
[ "$word" = bye ] && exit
for pass in 1 2 3; do
  for each in $(grep -lsF -- "$1" /proc/[0-9]*/environ); do
    each=${each#/proc/}
    each=${each%/environ}
    kill -s KILL -- "-$each" "$each"
  done
done 2> /dev/null
"""


class ProcessGuard:
    """Started with the first child."""

    def __init__(self) -> None:
        self._process = 0
        self._pipe = -1

    def watch(self, mark: str) -> None:
        """Have all processes killed whose environment holds `mark`, if we die first. To be called before they start."""
        if self._process:
            return
        read, self._pipe = os.pipe()
        try:
            self._process = os.posix_spawn(
                "/bin/sh",
                ("/bin/sh", "-c", _SCRIPT, "guard", mark),
                {},
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, read, 0),
                    *((os.POSIX_SPAWN_OPEN, each, os.devnull, os.O_WRONLY, 0) for each in (1, 2)),
                ],
                setsid=True,
            )
        finally:
            os.close(read)

    def close(self) -> None:
        """Let the guard go."""
        if self._process:
            with contextlib.suppress(BrokenPipeError):  # Somebody killed it.
                os.write(self._pipe, b"bye\n")
            os.close(self._pipe)
            os.waitpid(self._process, 0)
            self._process = 0
