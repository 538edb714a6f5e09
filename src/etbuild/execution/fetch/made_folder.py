"""Folders made once, whole or not at all, by any number of processes, and verified later. Knows not what for."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from etbuild.execution.usable_folder import usable_cache
from etbuild.model.diagnostics import Diagnostic, EtbuildError

MARKER = ".complete"
"""Holds what every path of the folder is, for `verify_folder`."""
_SEAL = "seal 2"
"""What a marker begins with; one that does not is older, and tells of files alone."""
_FILE, _EXECUTABLE, _LINK, _FOLDER = "file", "executable", "link", "folder"


def is_made(folder: Path) -> bool:
    """Tell whether `folder` was made to the end."""
    return os.access(folder / MARKER, os.F_OK)


def take_folder(folder: Path) -> bool:
    """Tell whether `folder` was made; if so, what collects garbage leaves it to the caller for a day."""
    with disk_full_is_said(folder.parent), usable_cache(folder.parents[1]):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder) as lock:
            os.utime(lock)
            return is_made(folder)


def last_use(folder: Path) -> float:
    """Return when `folder` was last taken, in seconds since 1970."""
    return _lock_of(folder).stat().st_mtime


def give_up(folder: Path, unused_since: float) -> bool:
    """Remove a made folder unless it was taken since then, or is being made; tell whether it was removed."""
    with _locked(folder):
        if last_use(folder) >= unused_since or not is_made(folder):
            return False
        # Of the same parent, so that a read-only folder can be renamed too.
        folder.rename(unfinished := folder.with_name(folder.name + ".tmp"))
        remove_tree(unfinished)
        return True


def make_folder_once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Return `folder`; if it is not there, let `fill` fill a new one beside it and put that in its place.

    Killed at any step, it leaves a folder without a name that counts; the next call begins anew.
    """
    if take_folder(folder):
        return folder
    with disk_full_is_said(folder.parent), _locked(folder):
        if is_made(folder):  # Somebody made it while we waited.
            return folder
        unfinished = folder.with_name(folder.name + ".tmp")
        remove_tree(unfinished)
        remove_tree(folder)
        unfinished.mkdir()
        try:
            fill(unfinished)
            (unfinished / MARKER).write_bytes(_seal(unfinished))
            # Of the same parent, so that a read-only folder can be renamed too.
            unfinished.rename(folder)
        finally:
            remove_tree(unfinished)
    return folder


def verify_folder(folder: Path) -> tuple[str, ...]:
    """Look at all of a made folder again, and return the paths that are missing, changed or more than there were."""
    try:
        text = (folder / MARKER).read_bytes().decode(errors="surrogateescape")
    except OSError:
        return (MARKER,)
    found = dict(_contents(folder))
    if text.startswith(_SEAL):
        fields = [line.split(" ", 2) for line in text.split("\0")[1:]]
        if not all(len(each) == 3 for each in fields):
            return (MARKER,)
        sealed = {path: (kind, digest) for kind, digest, path in fields}
    else:
        lines = (line.partition("  ") for line in text.split("\n") if line)
        sealed = {path: (_FILE, digest) for digest, _, path in lines}
        found = {path: (_FILE, digest) for path, (kind, digest) in found.items() if kind in {_FILE, _EXECUTABLE}}
        if found and not sealed:
            return (MARKER,)
    changed = [path for path in sorted({*sealed, *found}) if found.get(path) != sealed.get(path)]
    # Python leaves bytecode beside what it imports, if it may: root may.
    return tuple(path for path in changed if path in sealed or "__pycache__" not in Path(path).parts)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _seal(folder: Path) -> bytes:
    """Take away the right to write, and return what each path is."""
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & 0o555)
        if place != str(folder):  # It itself is about to get its marker and its name.
            os.chmod(place, 0o555)  # noqa: S103 - Readable by all, as what is installed.
    # No path holds a NUL; lines end where some names do.
    lines = (f"{kind} {digest} {path}" for path, (kind, digest) in sorted(_contents(folder)))
    return "\0".join([_SEAL, *lines]).encode(errors="surrogateescape")


def _contents(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each path below a folder but its marker's, with its kind and the digest of what it holds."""
    start = len(str(folder)) + 1
    for place, folders, names in os.walk(folder):
        for path in (Path(place, name) for name in (*folders, *names)):
            if path != folder / MARKER:
                yield str(path)[start:], _what_is(path)


def _what_is(path: Path) -> tuple[str, str]:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return _LINK, hashlib.sha256(os.fsencode(path.readlink())).hexdigest()
    if stat.S_ISDIR(mode):
        return _FOLDER, "-"
    return _EXECUTABLE if mode & 0o111 else _FILE, file_sha256(path) if stat.S_ISREG(mode) else "-"


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    # The file stays: removing it would let a third process lock another file of this name.
    with _lock_of(folder).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


@contextmanager
def locked_if_free(folder: Path) -> Iterator[bool]:
    """Tell whether no process makes `folder`; none does until the block ends. Nothing is written for that."""
    with _lock_of(folder).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + ".lock")


@contextmanager
def disk_full_is_said(folder: Path, flag: str = "--cache-dir") -> Iterator[None]:
    """Turn a full disk into the user's diagnostic."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        hint = f"free some space, or choose another place with {flag}"
        raise EtbuildError(Diagnostic("disk-full", f"no space left in '{folder}'", hint=hint)) from error


def remove_tree(folder: Path) -> None:
    """Remove a folder, read-only or not, if it is there."""
    if not folder.exists():
        return
    for place, _, _ in os.walk(folder):
        os.chmod(place, 0o755)  # noqa: S103 - About to go.
    shutil.rmtree(folder)
