"""Writes the snapshot that `up_to_date` checks. Knows nothing of what the files mean."""

from __future__ import annotations

import hashlib
import marshal
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from etbuild.model.frozen import frozen
from etbuild.up_to_date import OUTPUT, SOURCE, Stats, header, stats

_RACE_NS = 20_000_000
"""File systems stamp times by a clock that may stand up to this long."""
_CTIME = 3


@frozen
class Written:
    """A snapshot that was written."""

    identity: bytes
    folders: Stats
    listings: tuple[bytes | None, ...]
    sources: Stats
    outputs: Stats


@frozen
class Watched:
    """All that the answer to a request depends on. Absolute paths."""

    decisive: tuple[str, ...]
    """Files that decided what there is to do, and folders whose listing did."""
    absent: tuple[str, ...]
    """Paths that were looked for and are not there."""
    sources: tuple[str, ...] = ()
    """Files that actions read."""
    outputs: tuple[str, ...] = ()
    """Files in the output tree."""


def watch(paths: Iterable[str], sources: Iterable[str], outputs: Iterable[str]) -> Watched:
    """Sort `paths` into those that are there and those that are not; actions read `sources`."""
    decisive: list[str] = []
    absent: list[str] = []
    for path in dict.fromkeys(paths):
        (decisive if os.path.lexists(path) else absent).append(path)
    return Watched(tuple(decisive), tuple(absent), tuple(sources), tuple(outputs))


def own_files() -> list[str]:
    """Return etbuild's own modules: a change of the tool may change any answer."""
    top = os.path.dirname(os.path.dirname(__file__))
    return sorted(f"{folder}/{name}" for folder, _, names in os.walk(top) for name in names if name.endswith(".py"))


def write_snapshot(
    path: Path, request: tuple[object, ...], watched: Watched, text: str, since_ns: int
) -> Written | None:
    """Write a snapshot.

    Write none if something changed after `since_ns`, when loading began: then what was read is not known.
    """
    root = f"{path.parents[3]}/"
    folders = [path for path in watched.decisive if os.path.isdir(path)]
    files = sorted({*watched.decisive} - {*folders})
    files, folders, absent, sources, outputs = (
        [_below(root, each) for each in paths]
        for paths in (files, folders, watched.absent, watched.sources, watched.outputs)
    )
    before = os.getcwd()
    try:
        os.chdir(root)
        decided, listed = stats(files, SOURCE), stats(folders, SOURCE)
        read, placed = stats(sources, SOURCE), stats(outputs, OUTPUT)
    except OSError:
        return None
    finally:
        os.chdir(before)
    if None in placed or not are_settled((*decided, *listed, *read), since_ns):
        return None
    identity = os.urandom(8)
    decisive = (files, hash(decided), absent, folders, hash(listed))
    write_checked(path, (request, identity, *decisive, sources, hash(read), outputs, hash(placed), text))
    return Written(identity, listed, tuple(listing(Path(root, each)) for each in folders), read, placed)


def listing(path: Path) -> bytes | None:
    """Return a digest of a folder's names and of what each is, a link by its target; None for what cannot be listed.

    Many editors write a new file and rename it: the folder's time changes, and what it lists does not.
    """
    try:
        with os.scandir(path) as entries:
            lines = sorted((os.fsencode(e.name), e.is_dir(), e.is_file(), _target(e)) for e in entries)
    except OSError:
        return None
    return hashlib.sha256(repr(lines).encode()).digest()


def _target(entry: os.DirEntry[str]) -> str:
    return os.readlink(entry) if entry.is_symlink() else ""


def are_settled(found: Iterable[object], since_ns: int) -> bool:
    """Tell whether all of these stat fields are older than `since_ns`, so that a later change has another time."""
    return all(isinstance(each, tuple) and each[_CTIME] <= since_ns - _RACE_NS for each in found)


def write_checked(path: Path, value: tuple[Any, ...]) -> None:
    """Write a value so that a reader sees all of it or nothing."""
    body = marshal.dumps(value)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft.open("wb") as file:
        file.write(header(body, zlib.crc32(body)))
        file.write(body)
    draft.replace(path)


def _below(root: str, path: str) -> str:
    return path[len(root) :] or "." if path.startswith(root) else path
