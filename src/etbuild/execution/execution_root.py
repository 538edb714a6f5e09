"""ExecutionRoot: a folder that holds an action's inputs and receives its outputs. Knows nothing of keys or sandboxes.

Roots are used again: what the next action shares with the last one stays, down to the folders, since making a folder
costs as much as ten links. Files of the store are hard-linked. Sources never are, as link() changes the source's ctime:
small ones are copied, big ones stay outside.
"""
# An action's whole overhead is a millisecond; pathlib would double what is spent here.

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from etbuild.model.action import OutputFile
from etbuild.model.artifact import Artifact
from etbuild.model.digest import Digest

SMALL = 1 << 20
"""In bytes: a source up to this is copied."""
Input = tuple[str, OutputFile, str]
"""A path below the root, what it holds, and where it is if it is a source."""
Blob = Callable[[Digest, bool], Path | None]
Ingest = Callable[[str, bool], OutputFile]


class OutputMissingError(Exception):
    """An action did not make what it declared."""

    def __init__(self, artifact: Artifact, found: str) -> None:
        self.artifact = artifact
        self.found = found
        """What is there instead."""
        super().__init__(artifact.path)


class ExecutionRoot:
    """One action's at a time."""

    def __init__(self, folder: Path) -> None:
        self.path = f"{folder}/root"
        self.temporary = f"{folder}/temporary"
        self.report = f"{folder}/report"
        for each in (folder, self.path, self.temporary, self.report, f"{folder}/spare"):
            os.mkdir(each)
        self.folder = str(folder)
        self.output = (_open_log(f"{folder}/stdout"), _open_log(f"{folder}/stderr"))
        self.copied: list[str] = []
        """Sources that were copied, until someone has seen that they had not changed by then."""
        self._spare: list[str] = []
        """Copies that nobody wants any more: to write over one costs half of making a file."""
        self._held: dict[str, Input] = {}
        self._added: dict[str, tuple[int, ...]] = {}
        self._folders: set[str] = {""}

    def fill(self, inputs: Sequence[Input], outputs: Sequence[Artifact], blob: Blob, *, link: bool) -> list[str]:
        """Hold exactly `inputs`, and the folders of `outputs`. Return the paths of inputs that the store no longer has.

        With `link`, what stays outside is linked to; else it gets an empty place to be bound to.
        """
        wanted = {each[0]: each for each in inputs}
        held = self._held
        for path in [path for path, token in held.items() if wanted.get(path) != token]:
            self._let_go(path)
        self._arrange([*wanted, *(f"{a.path}/x" if a.is_tree else a.path for a in outputs)])
        missing = []
        for path, file, location in inputs:
            if path not in held:
                if self._add(path, file, location, blob, link):
                    held[path] = wanted[path]
                    self._added[path] = _identity(f"{self.path}/{path}")
                else:
                    missing.append(path)
        return missing

    def collect(self, outputs: Sequence[Artifact], ingest: Ingest) -> dict[str, OutputFile]:
        """Move what the action made into the store. Raises OutputMissingError."""
        files: dict[str, OutputFile] = {}
        for artifact in outputs:
            found = self._files_of(artifact)
            for path in found:
                here = f"{self.path}/{path}"
                files[path] = ingest(here, bool(os.stat(here).st_mode & 0o111))
        return files

    def log(self, index: int, limit: int = 1 << 24) -> bytes:
        """Return what the action wrote to stdout (0) or stderr (1); of very much, the end."""
        size = os.fstat(self.output[index]).st_size
        return os.pread(self.output[index], limit, max(0, size - limit)) if size else b""

    def sweep(self, writable: Iterable[str]) -> None:
        """Remove all that the action may have touched; folders of inputs and outputs stay for the next one."""
        for folder in writable:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                self._sweep(folder)
        for folder in (self.temporary, self.report):
            for entry in list(os.scandir(folder)):
                _remove(entry)
        for log in self.output:
            if os.fstat(log).st_size:
                os.ftruncate(log, 0)

    def close(self) -> None:
        """Give back its open files."""
        for log in self.output:
            os.close(log)

    def _sweep(self, folder: str) -> None:
        with os.scandir(f"{self.path}/{folder}") as found:
            entries = list(found)
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if path in self._folders and entry.is_dir(follow_symlinks=False):
                self._sweep(path)
            elif path not in self._held or _identity(entry.path) != self._added[path]:
                _remove(entry)
                self._held.pop(path, None)

    def _let_go(self, path: str) -> None:
        """Take away an input; a copied source's file is put by for the next one."""
        _, file, location = self._held.pop(path)
        if location and not is_outside(file, location):
            spare = f"{self.folder}/spare/{len(self._spare)}"
            os.rename(f"{self.path}/{path}", spare)
            self._spare.append(spare)
        else:
            os.unlink(f"{self.path}/{path}")

    def _arrange(self, paths: Iterable[str]) -> None:
        """Have the folders of these paths and no others: an empty one would show what ran before."""
        needed = {""}
        for path in paths:
            parent = path.rpartition("/")[0]
            while parent not in needed:
                needed.add(parent)
                parent = parent.rpartition("/")[0]
        for folder in sorted(self._folders - needed, reverse=True):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                os.rmdir(f"{self.path}/{folder}")
        for folder in sorted(needed - self._folders):
            os.makedirs(f"{self.path}/{folder}", exist_ok=True)
        self._folders = needed

    def _add(self, path: str, file: OutputFile, location: str, blob: Blob, link: bool) -> bool:
        here = f"{self.path}/{path}"
        if not location:
            found = blob(file.digest, file.executable)
            if found is None:
                return False
            link_or_copy(found, here)
        elif not is_outside(file, location):
            mode = 0o555 if file.executable else 0o444
            if self._spare:
                os.rename(self._spare.pop(), here)
                _copy_over(location, here, mode)
            else:
                copy_file(location, here, mode)
            self.copied.append(location)
        elif link:
            os.symlink(location, here)
        elif os.path.isdir(location):
            os.makedirs(here, exist_ok=True)
        else:
            os.close(os.open(here, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o444))
        return True

    def _files_of(self, artifact: Artifact) -> list[str]:
        here = f"{self.path}/{artifact.path}"
        try:
            mode = os.lstat(here).st_mode
        except OSError:
            raise OutputMissingError(artifact, "nothing") from None
        if stat.S_ISLNK(mode):
            self._resolve(artifact, here)
            mode = os.lstat(here).st_mode
        if artifact.is_tree and stat.S_ISDIR(mode):
            return sorted(self._walk(artifact, artifact.path))
        if not artifact.is_tree and stat.S_ISREG(mode):
            return [artifact.path]
        kind = "a folder" if stat.S_ISDIR(mode) else "a file" if stat.S_ISREG(mode) else "neither file nor folder"
        raise OutputMissingError(artifact, kind)

    def _walk(self, artifact: Artifact, folder: str) -> Iterator[str]:
        for entry in list(os.scandir(f"{self.path}/{folder}")):
            path = f"{folder}/{entry.name}"
            if entry.is_symlink():
                self._resolve(artifact, entry.path)
            mode = os.lstat(entry.path).st_mode
            if stat.S_ISDIR(mode):
                yield from self._walk(artifact, path)
            elif stat.S_ISREG(mode):
                yield path
            else:
                raise OutputMissingError(artifact, f"'{path}', neither file nor folder")

    def _resolve(self, artifact: Artifact, here: str) -> None:
        """Put the file in place of a link to it, if both are in the root."""
        target = os.path.realpath(here)
        if not target.startswith(self.path + "/") or not os.path.isfile(target):
            raise OutputMissingError(artifact, f"a link to '{os.readlink(here)}'")
        os.unlink(here)
        copy_file(target, here, os.stat(target).st_mode & 0o777)


def _identity(path: str) -> tuple[int, ...]:
    """Return what differs once a file was touched: nothing sets the time of its last change but the kernel.

    Of the store's files it is set by each further link; to write to one would be to change the store.
    """
    found = os.lstat(path)
    changed_ns = found.st_ctime_ns if found.st_nlink == 1 else 0
    return found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, changed_ns


def is_outside(file: OutputFile, location: str) -> bool:
    """Tell whether a source is too big for the farm."""
    return location != "" and file.digest.size > SMALL


def copy_file(source: str, target: str, mode: int) -> None:
    """Copy a file's content, shared where the file system can."""
    _write(source, os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode), mode)


def _copy_over(source: str, target: str, mode: int) -> None:
    """Write a file's content over that of another, which is this user's."""
    os.chmod(target, 0o600)
    to = os.open(target, os.O_WRONLY | os.O_CLOEXEC)
    # Not to 0: its block would have to be found anew, which takes 0.1 ms.
    os.ftruncate(to, min(os.fstat(to).st_size, os.stat(source).st_size))
    _write(source, to, mode)


def _write(source: str, to: int, mode: int) -> None:
    """Fill and close an open file."""
    try:
        content = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        try:
            while os.sendfile(to, content, None, SMALL):
                pass
        finally:
            os.close(content)
        os.fchmod(to, mode)
    finally:
        os.close(to)


def link_or_copy(source: Path, target: str) -> None:
    """Hard-link a file of the store, or copy it where its file system does not do that, or no more of it."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP):
            raise
        copy_file(str(source), target, source.stat().st_mode & 0o777)


def _open_log(path: str) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _remove(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path, onerror=_make_writable)
    else:
        os.unlink(entry.path)


def _make_writable(_function: object, path: str, _error: object) -> None:
    # An action may have made folders read-only: its own mistake is no reason to fail.
    os.chmod(os.path.dirname(path), 0o700)
    with contextlib.suppress(FileNotFoundError):
        os.chmod(path, 0o700)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
