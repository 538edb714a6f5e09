"""ProcessGuard: ends our children should this process be killed. Knows nothing of what they are.

A child can't be told to die with us without code between fork and exec, and such code would rule out vfork. So a small
shell waits on a pipe; if the other end is gone without a word, it kills whatever has our mark in its environment.
"""

from __future__ import annotations

import subprocess

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
        self._shell: subprocess.Popen[bytes] | None = None

    def watch(self, mark: str) -> None:
        """Have all processes killed whose environment holds `mark`, if we die first. To be called before they start."""
        if self._shell is None:
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", _SCRIPT, "guard", mark],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
            )

    def close(self) -> None:
        """Let the guard go."""
        if self._shell is not None:
            self._shell.communicate(b"bye\n")
            self._shell = None
