"""ProcessGuard: ends the groups of our children should this process be killed. Knows nothing of what they are.

A child can't be told to die with us without code between fork and exec, and such code would rule out vfork. So a small shell
reads the groups from a pipe, and kills the last ones when the pipe's other end is gone.
"""

from __future__ import annotations

import os
import subprocess

_SCRIPT = """
trap '' INT TERM HUP
while read -r sign group; do
  case $sign in
    +) all="$all $group" ;;
    -) rest=; for each in $all; do [ "$each" = "$group" ] || rest="$rest $each"; done; all=$rest ;;
  esac
done
for each in $all; do kill -s KILL -- "-$each"; done
"""


class ProcessGuard:
    """Started with the first child."""

    def __init__(self) -> None:
        self._shell: subprocess.Popen[bytes] | None = None
        self._write = -1

    def open(self) -> None:
        """Start the guard, unless it runs."""
        if self._shell is None:
            read, self._write = os.pipe()
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", _SCRIPT],
                stdin=read,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
            )
            os.close(read)

    def watch(self, group: int) -> None:
        """Have this group killed if we die first."""
        self.open()
        os.write(self._write, b"+ %d\n" % group)

    def forget(self, group: int) -> None:
        """It has ended: its number may come to mean another."""
        os.write(self._write, b"- %d\n" % group)

    def close(self) -> None:
        """End the guard, and what it still watches."""
        if self._shell is not None:
            os.close(self._write)
            self._shell.wait()
            self._shell = None
