"""OutputTree: where a user finds what was made. Places files of the store, removes stale ones. Knows no action.

Its list says for each owner which files were placed, so that a file that an owner no longer makes is removed, and a
file that is in place as it was left needs no blob.
"""
# As in execution_root, pathlib would double the cost.

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from etbuild.execution.execution_root import copy_file
from etbuild.execution.snapshot import write_checked
from etbuild.model.action import OutputFile
from etbuild.model.digest import Digest
from etbuild.model.frozen import frozen
from etbuild.up_to_date import read_checked

_FICLONE = 0x40049409
_OWN = ".etbuild"
_VERSION = 3


@frozen
class Placement:
    """A file that is to be in the output tree."""

    owner: str
    """The target and configuration whose output it is."""
    path: str
    """Below the output folder: `<configuration>/<package>/<file>`."""
    file: OutputFile


class _Placed(NamedTuple):
    """What the list says of a file: its content, and by what it is known to be untouched."""

    hash: str
    executable: bool
    ino: int
    size: int
    mtime_ns: int


class OutputTree:
    """One folder, such as etbuild-out; whoever changes it holds its lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._list = folder / _OWN / "placed"
        self._placed: dict[str, tuple[Any, ...]] = {}
        """Fields of _Placed, by path: one list of 10,000 is read for few of them."""
        self._owners: dict[str, list[str]] = {}
        self._read()
        self._reflinks = True

    def is_placed(self, path: str, file: OutputFile) -> bool:
        """Tell whether this file is in place, as it was left."""
        known = self._placed.get(path)
        placed = _Placed(*known) if known else None
        if placed is None or (placed.hash, placed.executable) != (file.digest.hash, file.executable):
            return False
        try:
            stat = os.lstat(self.folder / path)
        except OSError:
            return False
        return (stat.st_ino, stat.st_size, stat.st_mtime_ns) == (placed.ino, placed.size, placed.mtime_ns)

    def place(self, placements: Sequence[Placement], blob: Callable[[Digest, bool], Path | None]) -> list[str]:
        """Put files in place, and remove what their owners no longer make. Return the paths whose blobs are gone.

        Owners that are not among `placements` keep theirs.
        """
        wanted = {each.path: each.file for each in placements}
        before = [path for owner in {each.owner for each in placements} for path in self._owners.pop(owner, [])]
        for each in placements:
            self._owners.setdefault(each.owner, []).append(each.path)
        self._remove(path for path in before if path not in wanted)
        missing = []
        for path, file in wanted.items():
            if self.is_placed(path, file):
                continue
            found = blob(file.digest, file.executable)
            if found is None:
                self._placed.pop(path, None)
                missing.append(path)
            else:
                self._placed[path] = tuple(self._put(found, path, file))
        self._write()
        return missing

    def remove(self, is_gone: Callable[[str], bool]) -> None:
        """Remove the files of owners that are no more."""
        gone = [owner for owner in self._owners if is_gone(owner)]
        self._remove([path for owner in gone for path in self._owners.pop(owner)])
        if gone:
            self._write()

    def _put(self, blob: Path, path: str, file: OutputFile) -> _Placed:
        target = self.folder / path
        self._make_way(target)
        # Beside its place and renamed: nobody sees half a file, and who has the old one open keeps it.
        draft = f"{target.parent}/.{target.name}.new"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        if not self._reflink(blob, draft, file):
            self._link(blob, draft)
        stat = os.lstat(draft)
        os.replace(draft, target)
        # A rename over another name of the same file does nothing.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        return _Placed(file.digest.hash, file.executable, stat.st_ino, stat.st_size, stat.st_mtime_ns)

    def _make_way(self, target: Path) -> None:
        """Have the folder of `target`, even where an earlier build placed a file; and no folder in its own place."""
        if target.is_dir() and not target.is_symlink():
            _remove_empty_folders(target)
        if not target.parent.is_dir():
            for parent in reversed(target.relative_to(self.folder).parents):
                with contextlib.suppress(OSError):
                    if not (self.folder / parent).is_dir():
                        (self.folder / parent).unlink()
            target.parent.mkdir(parents=True, exist_ok=True)

    def _reflink(self, blob: Path, draft: str, file: OutputFile) -> bool:
        if not self._reflinks:
            return False
        mode = 0o555 if file.executable else 0o444
        with blob.open("rb") as content:
            to = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
            try:
                fcntl.ioctl(to, _FICLONE, content.fileno())
            except OSError:
                self._reflinks = False
                os.unlink(draft)
                return False
            finally:
                os.close(to)
        return True

    def _link(self, blob: Path, draft: str) -> None:
        try:
            os.link(blob, draft)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP):
                raise
            copy_file(str(blob), draft, blob.stat().st_mode & 0o777)

    def _remove(self, paths: Iterable[str]) -> None:
        """Remove files that no owner has, and folders that are empty then."""
        gone = list(paths)
        owned = {path for files in self._owners.values() for path in files} if gone else set()
        for path in gone:
            if path in owned:
                continue
            self._placed.pop(path, None)
            with contextlib.suppress(OSError):
                os.unlink(self.folder / path)
                for parent in Path(path).parents[:-1]:
                    os.rmdir(self.folder / parent)

    def _read(self) -> None:
        read = read_checked(str(self._list))
        if isinstance(read, tuple) and read[0] == _VERSION:  # Else all is placed anew.
            _, self._placed, self._owners = read

    def _write(self) -> None:
        write_checked(self._list, (_VERSION, self._placed, self._owners))


def _remove_empty_folders(folder: Path) -> None:
    for parent, _, _ in os.walk(folder, topdown=False):
        os.rmdir(parent)


@contextmanager
def locked(folder: Path, holder: str, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of an output folder; `waiting` is told who has it. `holder` is what others are told of us."""
    path = folder / _OWN / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            waiting(lock.read().strip() or "another etbuild")
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        lock.truncate()
        lock.write(holder)
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)
