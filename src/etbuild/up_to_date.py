"""The fastest answer: "up to date", from one file and the stat fields of all that could change it.

A snapshot belongs to one request (arguments, working folder, environment). It holds the paths of all that the full path
read, looked for in vain, or placed, and hashes over their stat fields; all equal → nothing can have changed. Where only
sources of actions or placed outputs differ, `incremental` goes on from the saved plan. Any doubt → the full path.
Imports nothing but what every interpreter has loaded, for this is the whole cost of a build with nothing to do.
"""

from __future__ import annotations

import marshal
import os
import sys
from operator import attrgetter

FORMAT = 4
FOLDER = "etbuild-out/.etbuild/snapshots"
HEADER = 16
"""Bytes: a length and a checksum. SHA-256 alone would cost 10 ms at 10,000 targets."""
SOURCE = attrgetter("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
"""What tells that a source is the one that was read."""
OUTPUT = attrgetter("st_ino", "st_size", "st_mtime_ns")
"""The same of a placed output: linking it elsewhere changes its ctime."""
_ENVIRONMENT = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
Stats = tuple[object, ...]
TYPE_CHECKING = False  # typing would cost 4 ms.
if TYPE_CHECKING:
    from typing import Any


class Changed:
    """A snapshot of which folders, sources or outputs differ. Stat fields are those of now; None for what is gone."""

    __slots__ = ("folders", "outputs", "path", "root", "snapshot", "sources")

    def __init__(self, root: str, path: str, snapshot: tuple[Any, ...], found: tuple[Stats, Stats, Stats]) -> None:
        self.root = root
        self.path = path
        self.snapshot = snapshot
        self.folders, self.sources, self.outputs = found


def request_of(argv: list[str], cwd: str, environ: dict[str, str] | os._Environ[str]) -> tuple[object, ...]:
    """Return what a snapshot belongs to."""
    told = tuple(sorted((k, v) for k, v in environ.items() if k in _ENVIRONMENT or k.startswith("ETBUILD_")))
    return (FORMAT, sys.version, sys.base_prefix, tuple(argv), cwd, told)


def snapshot_path(root: str, request: tuple[object, ...]) -> str:
    """Return where the snapshot of a request is."""
    import zlib  # 0.2 ms that only a workspace pays.

    return f"{root}/{FOLDER}/{zlib.crc32(repr(request).encode()):08x}.{sys.implementation.cache_tag}"


def workspace_above(folder: str) -> str | None:
    """Return the nearest folder from here upwards that holds a WORKSPACE."""
    while True:
        if os.path.isfile(f"{folder}/WORKSPACE"):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def read_checked(path: str) -> object | None:
    """Return the value that a file holds, or None if there is none, or it is not whole."""
    import zlib

    try:
        with open(path, "rb") as file:
            content = file.read()
        body = memoryview(content)[HEADER:]
        if content[:HEADER] != header(body, zlib.crc32(body)):
            return None
        value: object = marshal.loads(body)  # noqa: S302 - our own file, checked against damage.
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return value


def header(body: bytes | memoryview, checksum: int) -> bytes:
    """Return the bytes that stand before a value."""
    return b"ETB%1d" % FORMAT + len(body).to_bytes(8, "little") + checksum.to_bytes(4, "little")


def stats(paths: list[str], fields: attrgetter[object]) -> Stats:
    """Return the stat fields of these paths: None for what is gone."""
    try:
        return tuple(map(fields, map(os.stat, paths)))
    except OSError:
        return tuple(fields(os.stat(path)) if os.path.exists(path) else None for path in paths)


def answer(argv: list[str]) -> str | Changed | None:
    """Return what to print if nothing has changed since the snapshot of this very request; else what has, or None."""
    try:
        cwd = os.getcwd()
        root = workspace_above(cwd)
    except FileNotFoundError:
        root = None
    if root is None:
        return None
    request = request_of(argv, cwd, os.environ)
    path = snapshot_path(root, request)
    snapshot = read_checked(path)
    if not isinstance(snapshot, tuple) or snapshot[0] != request:
        return None
    _, _, files, file_hash, absent, folders, folder_hash, sources, source_hash, outputs, output_hash, text = snapshot
    try:
        os.chdir(root)  # Relative paths are shorter to walk.
        # etbuild's own modules are among the files: what another version of it saved is not read.
        if hash(stats(files, SOURCE)) != file_hash or any(map(os.path.lexists, absent)):
            return None
        listed, now, placed = stats(folders, SOURCE), stats(sources, SOURCE), stats(outputs, OUTPUT)
    except OSError:
        return None
    finally:
        os.chdir(cwd)
    if (hash(listed), hash(now), hash(placed)) == (folder_hash, source_hash, output_hash):
        return str(text)
    return Changed(root, path, snapshot, (listed, now, placed))
