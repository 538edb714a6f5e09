"""Disk: every touch of a store on files and the clock, as a seam; Fingerprint. Knows nothing of blobs or keys.

Tests put a Disk in its place that dies at the n-th touch, or is full.
"""
# Each output passes through here: pathlib would take longer than the kernel does.

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from io import BufferedWriter, FileIO
from pathlib import Path
from typing import NamedTuple

from etbuild.model.digest import Digest

CHUNK = 1 << 20
_INO_BITS = (1 << 63) - 1
FIXED_TIME = 1_000_000_000
"""The mtime of all blobs, in seconds: a file's time must not reach an action."""


class Fingerprint(NamedTuple):
    """By what a file is known to be unchanged. Neither device number nor boot: both may change over a reboot."""

    ino: int
    size: int
    mtime_ns: int
    ctime_ns: int = 0
    """0 for the store's own files: link() changes it."""


def fingerprint(stat: os.stat_result, *, own: bool = False) -> Fingerprint:
    """Return a file's fingerprint; `own` for the store's own files."""
    # SQLite's whole numbers have a sign.
    return Fingerprint(stat.st_ino & _INO_BITS, stat.st_size, stat.st_mtime_ns, 0 if own else stat.st_ctime_ns)


class Disk:
    """The real file system."""

    def touch(self, _what: str) -> None:
        """Be told before and after each change, database commits included; for tests."""

    def now(self) -> float:
        """Return the time in seconds."""
        return time.time()

    def stat(self, path: Path | str) -> os.stat_result | None:
        """Return the stat of what `path` leads to, or None if there is nothing."""
        try:
            return os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def make_folder(self, path: Path | str) -> None:
        """Make a folder and its parents unless they exist."""
        self.touch("make folder")
        try:
            os.mkdir(path)
        except (FileExistsError, FileNotFoundError):
            os.makedirs(path, exist_ok=True)

    def hash(self, path: Path | str) -> Digest:
        """Return the digest of a file's bytes."""
        with open(path, "rb", buffering=0) as file:
            return _pump(file, None)

    def copy(self, source: Path | str, target: Path | str) -> Digest:
        """Copy a file's bytes to a new file, and return their digest."""
        self.touch("copy")
        try:
            with open(source, "rb", buffering=0) as file, open(target, "xb") as copy:
                self.touch("write")
                return _pump(file, copy)
        except OSError:
            # Where the disk is full, half a copy is in the way.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(target)
            raise

    def seal(self, path: Path | str, executable: bool) -> os.stat_result:
        """Make a file read-only, with a fixed time."""
        self.touch("seal")
        os.chmod(path, 0o555 if executable else 0o444)
        os.utime(path, (FIXED_TIME, FIXED_TIME))
        return os.stat(path)

    def rename(self, source: Path | str, target: Path | str) -> None:
        """Move a file within its file system, over what is there."""
        self.touch("rename")
        os.rename(source, target)
        self.touch("renamed")

    def remove(self, path: Path | str) -> None:
        """Remove a file if it is there."""
        self.touch("remove")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _pump(file: FileIO, copy: BufferedWriter | None) -> Digest:
    size = os.fstat(file.fileno()).st_size
    # Clearing a whole chunk costs more than hashing a small file.
    hasher, total, buffer = hashlib.sha256(), 0, memoryview(bytearray(min(CHUNK, size + 1)))
    while count := file.readinto(buffer):
        hasher.update(buffer[:count])
        if copy is not None:
            copy.write(buffer[:count])
        total += count
    return Digest(hasher.hexdigest(), total)
