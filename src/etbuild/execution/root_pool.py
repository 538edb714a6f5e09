"""RootPool: the execution roots of one run of etbuild, used in turn. Knows nothing of what happens in them."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from etbuild.execution.execution_root import ExecutionRoot
from etbuild.execution.usable_folder import usable_cache

_PREFIX = "roots-"


class RootPool:
    """Makes roots as they are needed, below a folder on the store's file system."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self._folder: Path | None = None
        self._lock = -1
        self._free: list[ExecutionRoot] = []
        self._made: list[ExecutionRoot] = []
        self._kept = False

    @property
    def folder(self) -> Path:
        """Where all of its roots are."""
        if self._folder is None:
            # Locked before it has the name by which others look for abandoned ones.
            draft = self.cache / f"new-{os.urandom(8).hex()}"
            with usable_cache(self.cache):
                draft.mkdir(0o700, parents=True)
            remove_abandoned(self.cache)
            self._lock = os.open(draft / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            self._folder = draft.rename(draft.with_name(_PREFIX + draft.name.removeprefix("new-")))
        return self._folder

    def take(self) -> ExecutionRoot:
        """Return a root that nobody uses; the one used last, which is likely to hold what is wanted."""
        if self._free:
            return self._free.pop()
        root = ExecutionRoot(self.folder / str(len(self._made)))
        self._made.append(root)
        return root

    def give_back(self, root: ExecutionRoot) -> None:
        """Let others use it."""
        self._free.append(root)

    def keep(self) -> None:
        """Leave the folders behind, for someone to look at."""
        self._kept = True

    def close(self) -> None:
        """Remove all roots."""
        for root in self._made:
            root.close()
        self._made, self._free = [], []
        if self._folder is not None:
            if self._kept:
                (self._folder / "lock").unlink()  # Without it nobody takes the folder for abandoned.
            else:
                shutil.rmtree(self._folder, ignore_errors=True)
            os.close(self._lock)
            self._folder = None


def remove_abandoned(cache: Path) -> None:
    """Remove the roots of runs that were killed."""
    for folder in cache.glob(_PREFIX + "*"):
        try:
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
