"""Collecting garbage: what was not used for long goes, beside running builds. Knows nothing of what blobs mean.

Blobs need no lock: a build whose blob is gone runs that blob's action again. Environments and repositories are read
while a build runs: what was taken within a day stays.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import disk_usage

from etbuild.execution.fetch.made_folder import MARKER, give_up, last_use, locked_if_free, remove_tree
from etbuild.execution.root_pool import remove_abandoned
from etbuild.execution.store import Store
from etbuild.model.frozen import field, frozen

_DAY = 86_400
_STALE = _DAY
"""Older files in tmp/ belong to builds that were killed; folders that were taken since may be in use."""
_FOLDERS = ("environments", "repositories")
_FIRST = ".pt2"
"""The largest, and made again from what is kept anyway."""
_ROOM = 1 << 20
_MOST_ROOM = 64 << 20
"""What the database may need to be written; of that, at most so much for what it holds."""


@frozen
class FolderFigures:
    """What the cache holds of folders of one kind."""

    count: int
    bytes: int
    oldest_days: int


@frozen
class CacheFigures:
    """What the cache holds."""

    blobs: int
    bytes: int
    """Of the blobs."""
    results: int
    database_bytes: int
    oldest_days: int
    """Since the blob that was not used for longest was used."""
    folders: Mapping[str, FolderFigures] = field(default_factory=dict)
    """Environments and repositories."""


@frozen
class Collected:
    """What was removed."""

    blobs: int
    bytes: int
    environments: int = 0
    repositories: int = 0


@frozen
class _Kept:
    """A blob, or a folder."""

    path: Path
    size: int
    used: int
    suffix: str = ""


def cache_figures(store: Store) -> CacheFigures:
    """Return what the cache holds."""
    store.flush()
    blobs = _blobs(store)
    [[results]] = store.database.rows("SELECT count(*) FROM action")
    now = int(store.disk.now())
    folders = {kind: _folders(store, kind) for kind in _FOLDERS}
    return CacheFigures(
        len(blobs),
        sum(blob.size for blob in blobs),
        results,
        store.database.path.stat().st_size,
        _oldest_days(blobs, now),
        {
            k: FolderFigures(len(some), sum(f.size for f in some), _oldest_days(some, now))
            for k, some in folders.items()
        },
    )


def _oldest_days(kept: Sequence[_Kept], now: int) -> int:
    return max(0, now - min((each.used for each in kept), default=now)) // _DAY


def collect_garbage(store: Store, max_size: int | None, max_age: int | None) -> Collected:
    """Remove what was not used for `max_age` seconds, then what is left, oldest use first, until `max_size` bytes are.

    `.pt2` blobs go first: they are the largest.
    """
    store.flush()
    now = int(store.disk.now())
    oldest = 0 if max_age is None else now - max_age
    blobs, folders = _blobs(store), [folder for kind in _FOLDERS for folder in _folders(store, kind)]
    left = sum(each.size for each in (*blobs, *folders))
    in_use = now - _STALE
    doomed: list[_Kept] = []
    free = [*blobs, *(folder for folder in folders if folder.used < in_use)]
    for each in sorted(free, key=lambda each: (each.used >= oldest, each.suffix != _FIRST, each.used)):
        if each.used >= oldest and (max_size is None or left <= max_size):
            break
        doomed.append(each)
        left -= each.size
    removed = [each for each in doomed if each.path.parent.name not in _FOLDERS]
    _remove_blobs(store, removed, oldest)
    gone = [each for each in doomed if each.path.parent.name in _FOLDERS and give_up(each.path, in_use)]
    _remove_stale(store)
    counts = [sum(folder.path.parent.name == kind for folder in gone) for kind in _FOLDERS]
    return Collected(len(removed), sum(each.size for each in (*removed, *gone)), *counts)


def make_room(cache: Path) -> Collected:
    """On a full disk, where the database cannot even be opened, remove what no process holds; then the oldest blobs."""
    if not cache.is_dir() or _has_room(cache):
        return Collected(0, 0)
    remove_abandoned(cache)
    for kind in _FOLDERS:
        for lock in (cache / kind).glob("*.lock"):
            with locked_if_free(lock.with_suffix("")) as free:
                for beside in (lock.parent, cache / "downloads") if free else ():
                    remove_tree(beside / f"{lock.stem}.tmp")
    blobs = [Path(entry) for folder in (cache / "cas").glob("??") for entry in os.scandir(folder)]
    count = size = 0
    # A result whose blob is gone is made again.
    for blob in sorted(blobs, key=lambda path: path.stat().st_ctime):
        if _has_room(cache):
            break
        count, size = count + 1, size + blob.stat().st_size
        blob.unlink()
    return Collected(count, size)


def _has_room(cache: Path) -> bool:
    database = cache / "store.db"
    held = database.stat().st_size if database.exists() else 0
    return disk_usage(cache).free >= _ROOM + min(held, _MOST_ROOM)


def _remove_blobs(store: Store, doomed: Sequence[_Kept], oldest: int) -> None:
    sources = store.database.rows("SELECT path FROM source")
    # Rows first: a file without a row is hashed when it is next used, a row without a file is a lie.
    store.database.write(
        [
            ("DELETE FROM blob WHERE hash = ? AND executable = ?", [_row(blob.path) for blob in doomed]),
            ("DELETE FROM action WHERE used < ?", [(oldest,)]),
            ("DELETE FROM run WHERE used < ?", [(oldest,)]),
            ("DELETE FROM small WHERE used < ?", [(oldest,)]),
            ("DELETE FROM source WHERE path = ?", [row for row in sources if store.disk.stat(row[0]) is None]),
        ]
    )
    for blob in doomed:
        store.disk.remove(blob.path)


def _folders(store: Store, kind: str) -> list[_Kept]:
    """Return the folders of a kind that were made to the end."""
    made = sorted(marker.parent for marker in (store.cache / kind).glob(f"*/{MARKER}"))
    return [_Kept(folder, folder_size(folder), int(last_use(folder))) for folder in made]


def folder_size(folder: Path) -> int:
    """Return how much room a folder takes on disk."""
    return sum(os.lstat(f"{place}/{name}").st_blocks * 512 for place, _, names in os.walk(folder) for name in names)


def _blobs(store: Store) -> list[_Kept]:
    """Return what is on disk; a file that has no row yet counts as used when it came."""
    rows = store.database.rows("SELECT hash, executable, used, suffix FROM blob")
    known = {(hash_.hex(), bool(executable)): (used, suffix) for hash_, executable, used, suffix in rows}
    found = []
    for folder in sorted((store.cache / "cas").glob("??")):
        for entry in os.scandir(folder):
            with contextlib.suppress(FileNotFoundError):
                stat = entry.stat()
                used, suffix = known.get((entry.name[:64], entry.name.endswith(".x")), (int(stat.st_ctime), ""))
                found.append(_Kept(Path(entry.path), stat.st_size, used, suffix))
    return found


def _row(path: Path) -> tuple[bytes, bool]:
    return bytes.fromhex(path.name[:64]), path.name.endswith(".x")


def _remove_stale(store: Store) -> None:
    scratch = ("lock-*", "revision-*")
    for pattern in ("tmp/*", "corrupt/*", "downloads/*", *scratch, *(f"{kind}/*.tmp" for kind in _FOLDERS)):
        for path in store.cache.glob(pattern):
            stat = store.disk.stat(path)
            if stat is not None and stat.st_ctime < store.disk.now() - _STALE:
                remove_tree(path) if path.is_dir() else store.disk.remove(path)
