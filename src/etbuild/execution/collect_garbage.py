"""Collecting garbage: what was not used for long goes, beside running builds. Knows nothing of what blobs mean.

Nothing needs a lock: a build whose blob is gone runs that blob's action again.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from etbuild.execution.store import Store
from etbuild.model.frozen import frozen

_DAY = 86_400
_STALE = _DAY
"""Older files in tmp/ belong to builds that were killed."""
_FIRST = ".pt2"
"""The largest, and made again from what is kept anyway."""


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


@frozen
class Collected:
    """What was removed."""

    blobs: int
    bytes: int


@frozen
class _Blob:
    path: Path
    size: int
    used: int
    suffix: str


def cache_figures(store: Store) -> CacheFigures:
    """Return what the cache holds."""
    store.flush()
    blobs = _blobs(store)
    [[results]] = store.database.rows("SELECT count(*) FROM action")
    oldest = min((blob.used for blob in blobs), default=int(store.disk.now()))
    days = max(0, int(store.disk.now()) - oldest) // _DAY
    return CacheFigures(len(blobs), sum(b.size for b in blobs), results, store.database.path.stat().st_size, days)


def collect_garbage(store: Store, max_size: int | None, max_age: int | None) -> Collected:
    """Remove what was not used for `max_age` seconds, then blobs, oldest use first, until `max_size` bytes are left."""
    store.flush()
    blobs = sorted(_blobs(store), key=lambda blob: (blob.suffix != _FIRST, blob.used))
    oldest = 0 if max_age is None else int(store.disk.now()) - max_age
    total = sum(blob.size for blob in blobs)
    doomed = [blob for blob in blobs if blob.used < oldest]
    left = total - sum(blob.size for blob in doomed)
    for blob in blobs if max_size is not None else ():
        if left <= (max_size or 0):
            break
        if blob.used >= oldest:
            doomed.append(blob)
            left -= blob.size
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
    _remove_stale(store)
    return Collected(len(doomed), total - left)


def _blobs(store: Store) -> list[_Blob]:
    """Return what is on disk; a file that has no row yet counts as used when it came."""
    rows = store.database.rows("SELECT hash, executable, used, suffix FROM blob")
    known = {(hash_.hex(), bool(executable)): (used, suffix) for hash_, executable, used, suffix in rows}
    found = []
    for folder in sorted((store.cache / "cas").glob("??")):
        for entry in os.scandir(folder):
            with contextlib.suppress(FileNotFoundError):
                stat = entry.stat()
                used, suffix = known.get((entry.name[:64], entry.name.endswith(".x")), (int(stat.st_ctime), ""))
                found.append(_Blob(Path(entry.path), stat.st_size, used, suffix))
    return found


def _row(path: Path) -> tuple[bytes, bool]:
    return bytes.fromhex(path.name[:64]), path.name.endswith(".x")


def _remove_stale(store: Store) -> None:
    for folder in ("tmp", "corrupt"):
        for path in (store.cache / folder).glob("*"):
            stat = store.disk.stat(path)
            if stat is not None and stat.st_ctime < store.disk.now() - _STALE:
                store.disk.remove(path)
