"""Store: results by key, blobs by digest, what is remembered of runs and sources. Knows nothing of what actions mean.

Blobs are read-only files below cas/; all else is in one database. A blob stands before the result that names it is
written, and changes of the database go in batches. A hit is digests only: `blob` may say that a blob is gone, and then
its action runs again.
"""

from __future__ import annotations

import errno
import itertools
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from etbuild.execution.action_key import ActionKey
from etbuild.execution.database import Database, disk_full
from etbuild.execution.disk import Disk, Fingerprint, fingerprint
from etbuild.execution.manifest import Manifest, pack, unpack
from etbuild.execution.pending_rows import USE_SECONDS, PendingRows
from etbuild.execution.result_row import decode_result, encode_result
from etbuild.execution.usable_folder import usable_cache
from etbuild.model.action import ActionResult, OutputFile
from etbuild.model.digest import Digest, digest_of

_BATCH_SECONDS = 0.05
_DEAR_MS = 1000
"""What took longer is worth a commit of its own."""
_QUERY_SIZE = 500


class Timing(NamedTuple):
    """What an action's last run took."""

    wall_ms: int
    peak_ram: int


class Store:
    """The cache folder. Any thread may call; a forked child must open its own."""

    def __init__(self, cache: Path, disk: Disk | None = None) -> None:
        self.cache = cache
        self.disk = disk or Disk()
        self.corrupt: list[Path] = []
        """Blobs that did not hold what their names say, where they were set aside."""
        self._blobs = f"{cache}/cas"
        self._temporaries = cache / "tmp"
        with usable_cache(cache), self._room():
            self.disk.make_folder(self._temporaries)
            self._device = self._temporaries.stat().st_dev
            self.database = Database(cache / "store.db", self.disk)
        self._pending = PendingRows()
        self._trusted: dict[tuple[str, bool], Fingerprint] = {}
        self._lock = threading.RLock()
        self._written = 0.0
        self._name = os.urandom(8).hex()
        self._counter = itertools.count()

    @classmethod
    def open(cls, cache: Path) -> Store:
        """Open the store in this folder; made if it is not there, begun anew if its database is bad."""
        return cls(cache)

    def result(self, key: str) -> ActionResult | None:
        """Return what the action of this key made, or None if that is not known. Blobs are not looked at."""
        with self._lock:
            row = self._pending.results.get(key)
            if row is None:
                found = self.database.rows("SELECT result, used FROM action WHERE key = ?", (bytes.fromhex(key),))
                row, used = found[0] if found else (None, 0)
                if row is not None and used < self.disk.now() - USE_SECONDS:
                    self._pending.used_results.add(key)
        return decode_result(row) if row is not None else None

    def record(self, identity: str, key: ActionKey, result: ActionResult) -> None:
        """Remember what an action made, once its blobs are here; written at the latest by `flush`."""
        with self._lock:
            self._pending.results[key.key] = encode_result(result)
            self._remember_run(identity, key, result)
            if result.wall_ms >= _DEAR_MS:
                self.flush()

    def reuse(self, identity: str, key: ActionKey, result: ActionResult) -> None:
        """Remember that the action's last key is this one, for `explain`, though its result was a hit."""
        if self._last_key(identity) != key.key:
            self._remember_run(identity, key, result)

    def timing(self, identity: str) -> Timing | None:
        """Return what the action took when it last ran, or None."""
        with self._lock:
            if run := self._pending.runs.get(identity):
                return Timing(run[1], run[2])
        found = self.database.rows("SELECT wall_ms, peak_ram FROM run WHERE identity = ?", (identity,))
        return Timing(*found[0]) if found else None

    def manifests(self, identity: str) -> tuple[Manifest, ...]:
        """Return what the action's last key was made of, and the one before: the newest first."""
        self.flush()
        found = self.database.rows("SELECT manifest, previous FROM run WHERE identity = ?", (identity,))
        return tuple(unpack(packed, self._read_small) for packed in (found[0] if found else ()) if packed)

    def manifest(self, key: str) -> Manifest | None:
        """Return what a key was made of, if it is the last one of its action."""
        self.flush()
        found = self.database.rows("SELECT manifest FROM run WHERE key = ?", (bytes.fromhex(key),))
        return unpack(found[0][0], self._read_small) if found else None

    def used(self, weak: str) -> bytes | None:
        """Return what is remembered under a weak key: small bytes, which no digest of theirs names."""
        return self._read_small(weak)

    def remember_used(self, weak: str, content: bytes) -> None:
        """Remember which headers an action used."""
        with self._lock:
            self._pending.small[weak] = content

    def take_over(self, key: str, result: ActionResult) -> None:
        """Remember the result of another key for this one."""
        with self._lock:
            self._pending.results[key] = encode_result(result)

    def blob(self, digest: Digest, executable: bool = False) -> Path | None:
        """Return where a blob's bytes are on disk, or None if they are gone or are not what they must be.

        It may be gone a moment later all the same, as others may collect garbage: whoever uses it takes that for None.
        """
        path = self._path(digest.hash, executable)
        stat = self.disk.stat(path)
        if stat is None:
            return self._other_variant(digest, executable)
        identifier = (digest.hash, executable)
        with self._lock:
            self._pending.used_blobs.add(identifier)
            now = fingerprint(stat, own=True)
            known = self._trusted.get(identifier) == now or self._recorded(identifier) == now
        if not known or bool(stat.st_mode & 0o100) != executable:
            return Path(path) if self._adopt(path, digest, executable) else None
        self._trusted[identifier] = now
        return Path(path)

    def ingest(self, path: Path | str, *, executable: bool) -> OutputFile:
        """Move a regular file into the store, hashing it once; `path` is gone then."""
        with self._room():
            # Bytes with another name may change through it later.
            stat = os.lstat(path)
            movable = stat.st_nlink == 1 and stat.st_dev == self._device
            incoming = path if movable else self._temporary()
            digest = self.disk.hash(path) if movable else self.disk.copy(path, incoming)
            if self._is_trusted(digest, executable):
                self.disk.remove(incoming)
            else:
                self._place(incoming, digest, executable, os.path.splitext(path)[1])
            if not movable:
                self.disk.remove(path)
        return OutputFile(digest, executable)

    def put(self, content: bytes) -> Digest:
        """Keep a small blob that no action reads, such as what a command printed."""
        with self._lock:
            digest = self._put(content)
            self._write_if_due()
        return digest

    def read(self, digest: Digest) -> bytes | None:
        """Return a blob's bytes, or None if they are gone."""
        content = self._read_small(digest.hash)
        if content is None and (path := self.blob(digest) or self.blob(digest, executable=True)):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                return None
        return content

    def sources(self, paths: Sequence[str]) -> dict[str, tuple[Fingerprint, str]]:
        """Return the fingerprints and hashes that are remembered of these sources."""
        found: dict[str, tuple[Fingerprint, str]] = {}
        for start in range(0, len(paths), _QUERY_SIZE):
            some = paths[start : start + _QUERY_SIZE]
            marks = ",".join("?" * len(some))
            sql = f"SELECT path, hash, ino, size, mtime_ns, ctime_ns FROM source WHERE path IN ({marks})"  # noqa: S608
            for path, hash_, *stat in self.database.rows(sql, some):
                found[path] = (Fingerprint(*stat), hash_.hex())
        return found

    def remember_sources(self, sources: Iterable[tuple[str, Fingerprint, str]]) -> None:
        """Remember hashes of sources."""
        with self._lock:
            for path, known, hash_ in sources:
                self._pending.sources[path] = (known, hash_)
            self._write_if_due()

    def flush(self) -> None:
        """Write what waits to be written; called before waiting for something that takes long."""
        with self._lock:
            if batches := self._pending.batches(int(self.disk.now())):
                self.database.write(batches)
                self._pending = PendingRows()
            self._written = self.disk.now()

    def close(self) -> None:
        """Write what waits, and close the database."""
        try:
            self.flush()
        finally:
            self.database.close()

    def _remember_run(self, identity: str, key: ActionKey, result: ActionResult) -> None:
        with self._lock:
            self._pending.runs[identity] = (key.key, result.wall_ms, result.peak_ram, pack(key, self._put))
            self._write_if_due()

    def _write_if_due(self) -> None:
        # The first record after a pause is written at once: what runs next may take minutes and be killed.
        if self.disk.now() - self._written >= _BATCH_SECONDS:
            self.flush()

    def _put(self, content: bytes) -> Digest:
        digest = digest_of(content)
        self._pending.small[digest.hash] = content
        return digest

    def _read_small(self, hash_: str) -> bytes | None:
        with self._lock:
            if hash_ in self._pending.small:
                return self._pending.small[hash_]
        found = self.database.rows("SELECT content FROM small WHERE hash = ?", (bytes.fromhex(hash_),))
        return found[0][0] if found else None

    def _last_key(self, identity: str) -> str | None:
        with self._lock:
            if run := self._pending.runs.get(identity):
                return run[0]
        found = self.database.rows("SELECT key FROM run WHERE identity = ?", (identity,))
        return found[0][0].hex() if found else None

    def _path(self, hash_: str, executable: bool) -> str:
        return f"{self._blobs}/{hash_[:2]}/{hash_}{'.x' if executable else ''}"

    def _temporary(self) -> Path:
        # Process ids come back, and what a killed build left may still be there.
        return self._temporaries / f"{self._name}.{next(self._counter)}"

    def _recorded(self, identifier: tuple[str, bool]) -> Fingerprint | None:
        if waiting := self._pending.blobs.get(identifier):
            return waiting[0]
        hash_, executable = identifier
        sql = "SELECT ino, size, mtime_ns FROM blob WHERE hash = ? AND executable = ?"
        found = self.database.rows(sql, (bytes.fromhex(hash_), executable))
        return Fingerprint(*found[0]) if found else None

    def _is_trusted(self, digest: Digest, executable: bool) -> bool:
        path = self._path(digest.hash, executable)
        return self.disk.stat(path) is not None and self.blob(digest, executable) is not None

    def _place(self, incoming: Path | str, digest: Digest, executable: bool, suffix: str) -> str:
        path = self._path(digest.hash, executable)
        stat = self.disk.seal(incoming, executable)
        with usable_cache(self.cache):
            try:
                self.disk.rename(incoming, path)
            except FileNotFoundError:
                self.disk.make_folder(os.path.dirname(path))
                self.disk.rename(incoming, path)
        self._trust(digest, executable, stat, suffix)
        return path

    def _trust(self, digest: Digest, executable: bool, stat: os.stat_result, suffix: str) -> None:
        known = fingerprint(stat, own=True)
        with self._lock:
            self._trusted[digest.hash, executable] = known
            self._pending.blobs[digest.hash, executable] = (known, suffix)

    def _adopt(self, path: str, digest: Digest, executable: bool) -> bool:
        """Hash a blob that differs from its record, or has none; set it aside if it is not what its name says."""
        try:
            if self.disk.hash(path) == digest:
                self._trust(digest, executable, self.disk.seal(path, executable), os.path.splitext(path)[1])
                return True
            aside = self.cache / "corrupt" / os.path.basename(path)
            self.disk.make_folder(aside.parent)
            self.disk.rename(path, aside)
        except FileNotFoundError:
            return False
        self.corrupt.append(aside)
        return False

    def _other_variant(self, digest: Digest, executable: bool) -> Path | None:
        """Make the executable variant of the other one, or the reverse: each is an inode of its own."""
        if not self._is_trusted(digest, not executable):
            return None
        incoming = self._temporary()
        with self._room():
            try:
                copied = self.disk.copy(self._path(digest.hash, not executable), incoming)
            except FileNotFoundError:
                return None
            if copied != digest:
                self.disk.remove(incoming)
                return None
            return Path(self._place(incoming, digest, executable, ""))

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise disk_full(self.cache) from error
            raise
