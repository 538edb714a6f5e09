"""Database: the store's SQLite file, its tables and transactions, set aside if bad. Knows nothing of what rows mean.

Local file systems only: SQLite's write-ahead log needs shared memory. Open it after forking.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from etbuild.execution.disk import Disk
from etbuild.model.diagnostics import EXIT_BUILD_FAILED, Diagnostic, EtbuildError

T = TypeVar("T")
VERSION = 1
"""Counts up with each change of a table: a database of another version is set aside, like a bad one."""
_BAD = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_ERROR})
"""All statements are our own, so an error in one means that a table is not what it was."""
_BUSY_SECONDS = 60.0
_TABLES = f"""
CREATE TABLE IF NOT EXISTS action(key BLOB PRIMARY KEY, result BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run(identity TEXT PRIMARY KEY, key BLOB NOT NULL, wall_ms INTEGER, peak_ram INTEGER,
  manifest BLOB NOT NULL, previous BLOB, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS blob(hash BLOB, executable INTEGER, ino INTEGER, size INTEGER, mtime_ns INTEGER,
  suffix TEXT NOT NULL, used INTEGER NOT NULL, PRIMARY KEY(hash, executable)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS small(hash BLOB PRIMARY KEY, content BLOB NOT NULL, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS source(path TEXT PRIMARY KEY, ino INTEGER, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  hash BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
"""


class Database:
    """One connection, used by one thread at a time."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path = path
        self.set_aside = False
        """It was bad and began anew."""
        self._disk = disk
        self._lock = threading.RLock()
        with _diagnosed(path):
            try:
                self._connection, self._inode = self._open()
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if not _is_bad(error, self.path):
                    raise
                self._replace(0)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return what a query finds."""
        return self._run(lambda connection: connection.execute(sql, values).fetchall())

    def write(self, batches: Sequence[tuple[str, Sequence[Sequence[Any]]]]) -> None:
        """Carry out statements, each with its many rows of values, as one transaction."""

        def transaction(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for sql, rows in batches:
                    connection.executemany(sql, rows)
                self._disk.touch("commit")
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            self._disk.touch("committed")

        self._run(transaction)

    def close(self) -> None:
        """Close the connection; more calls are harmless."""
        with self._lock:
            self._connection.close()

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock, _diagnosed(self.path):
            try:
                return work(self._connection)
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if not _is_bad(error, self.path):
                    raise
                self._connection.close()
                self._replace(self._inode)
                return work(self._connection)

    def _open(self) -> tuple[sqlite3.Connection, int]:
        """Connect under a lock: several processes may do so at once, on a database that does not exist yet."""
        with self.path.with_suffix(".lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self._connect()

    def _connect(self) -> tuple[sqlite3.Connection, int]:
        # A lock of our own guards it, as SQLite's serialised mode does not keep transactions apart.
        connection = sqlite3.connect(self.path, _BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            [[version]] = connection.execute("PRAGMA user_version").fetchall()
            if version not in {0, VERSION}:
                raise _OtherVersionError  # noqa: TRY301 - closes the connection like any other failure.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if version == 0:
                self._disk.touch("make tables")
                connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
        except BaseException:
            connection.close()
            raise
        return connection, self.path.stat().st_ino

    def _replace(self, inode: int) -> None:
        """Set a bad database aside and begin anew, unless another process just did."""
        with self.path.with_suffix(".lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = self._disk.stat(self.path)
            if found is not None and inode in {0, found.st_ino}:
                self._disk.rename(self.path, self.path.with_suffix(".bad"))
                for suffix in ("-wal", "-shm"):
                    self._disk.remove(self.path.with_name(self.path.name + suffix))
            self._connection, self._inode = self._connect()
            self.set_aside = True


class _OtherVersionError(sqlite3.DatabaseError):
    sqlite_errorcode = sqlite3.SQLITE_NOTADB


def _is_bad(error: Exception, path: Path) -> bool:
    if isinstance(error, UnicodeDecodeError):
        return True
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    # A flipped bit may also make a file read-only in SQLite's eyes.
    return code in _BAD or (code == sqlite3.SQLITE_READONLY and os.access(path, os.W_OK))


@contextmanager
def _diagnosed(path: Path) -> Iterator[None]:
    """Make a diagnostic of what a user can mend."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF
        # Where there is no room for the log's index, it is SQLITE_IOERR.
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not os.statvfs(path.parent).f_bavail):
            raise disk_full(path.parent) from error
        message = f"the cache '{path.parent}' must be a folder that can be written, on a local file system: {error}"
        raise EtbuildError(
            Diagnostic("cache-unusable", message, hint="choose another with --cache-dir or ETBUILD_CACHE")
        ) from error


def disk_full(cache: Path) -> EtbuildError:
    """Return the mistake that no room is left in the cache."""
    message = f"no space is left on the disk of the cache '{cache}'"
    hint = "make room with 'etbuild cache gc --max-size=…', or choose another with --cache-dir"
    return EtbuildError(Diagnostic("disk-full", message, hint=hint), exit_code=EXIT_BUILD_FAILED)
