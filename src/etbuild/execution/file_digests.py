"""FileDigests: what source files hold, hashed once and remembered over builds and reboots. Knows nothing of actions."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator

from etbuild.execution.disk import Fingerprint, fingerprint
from etbuild.execution.store import Store
from etbuild.model.action import OutputFile
from etbuild.model.diagnostics import EXIT_BUILD_FAILED, Diagnostic, EtbuildError
from etbuild.model.digest import Digest

_SECOND = 1_000_000_000
_BIG = 4 << 20
_WORTH_WAITING_FOR = 64 << 20
_THREADS = 2
_Fresh = tuple[str, os.stat_result]


class FileDigests:
    """The digests of files by absolute path, for one build. A link stands for what it leads to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[Fingerprint, OutputFile]] = {}
        self._trees: dict[str, list[str]] = {}
        """The files of folders as they were met."""

    def digest(self, path: str) -> OutputFile:
        """Return a file's digest; raises FileNotFoundError."""
        if path not in self._known:
            self.look_up([path])
        if path not in self._known:
            raise FileNotFoundError(path)
        return self._known[path][1]

    def look_up(self, paths: Iterable[str]) -> None:
        """Find the digests of many files at once, which is cheaper; passes over those that do not exist."""
        wanted = [path for path in dict.fromkeys(paths) if path not in self._known]
        remembered = self._store.sources(wanted)
        fresh: list[_Fresh] = []
        for path in wanted:
            stat = self._store.disk.stat(path)
            if stat is None:
                continue
            was = remembered.get(path)
            if was is not None and was[0] == fingerprint(stat):
                self._known[path] = was[0], _file(was[1], stat)
            else:
                fresh.append((path, stat))
        self._hash(fresh)

    def tree(self, folder: str) -> tuple[tuple[str, OutputFile], ...]:
        """Return the files below a folder, by their paths relative to it."""
        folder = folder.rstrip("/")
        paths = self._trees[folder] = _files_below(folder)
        self.look_up(paths)
        start = len(folder) + 1
        return tuple((path[start:], self.digest(path)) for path in paths)

    def changed(self, paths: Iterable[str]) -> list[str]:
        """Return which of these files, or of those in folders, are not what they were when this build hashed them."""
        changed = []
        for path in paths:
            before = self._trees.get(path.rstrip("/"))
            if before is not None:
                changed += sorted({*before} ^ {*_files_below(path.rstrip("/"))}) or self.changed(before)
            elif path in self._known:
                stat = self._store.disk.stat(path)
                if stat is None or self._known[path][0] != fingerprint(stat):
                    changed.append(path)
        return changed

    def _hash(self, files: list[_Fresh]) -> None:
        files.sort(key=lambda file: -file[1].st_size)
        queue = iter(files)
        if len(files) < _THREADS or files[1][1].st_size < _BIG:
            self._hash_each(queue)
            return
        # Hashing big files lets go of Python's lock; two threads use two cores.
        errors: list[BaseException] = []
        threads = [threading.Thread(target=self._hash_and_collect, args=(queue, errors)) for _ in range(_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]

    def _hash_and_collect(self, queue: Iterator[_Fresh], errors: list[BaseException]) -> None:
        try:
            self._hash_each(queue)
        except BaseException as error:  # noqa: BLE001 - raised again where the threads were started.
            errors.append(error)

    def _hash_each(self, queue: Iterator[_Fresh]) -> None:
        disk = self._store.disk
        for path, before in queue:
            known = fingerprint(before)
            safe_ns = known.ctime_ns + _granularity(known.ctime_ns)
            wait = safe_ns / _SECOND - disk.now()
            if before.st_size >= _WORTH_WAITING_FOR and 0 < wait < 1:
                time.sleep(wait)
            started = disk.now()
            try:
                digest = disk.hash(path)
            except PermissionError as error:
                mistake = Diagnostic("unreadable-input", f"'{path}' must be readable: {error.strerror}")
                raise EtbuildError(mistake, exit_code=EXIT_BUILD_FAILED) from error
            after = disk.stat(path)
            if after is None or fingerprint(after) != known:
                raise EtbuildError(_input_changed(path), exit_code=EXIT_BUILD_FAILED)
            self._known[path] = known, _file(digest.hash, after)
            # Racily clean: a change in the same tick of the file system's clock would leave all times as they are.
            if started * _SECOND > safe_ns:
                self._store.remember_sources([(path, known, digest.hash)])


def _files_below(folder: str) -> list[str]:
    return sorted(f"{parent}/{name}" for parent, _, names in os.walk(folder) for name in names)


def _granularity(ctime_ns: int) -> int:
    """Return how long a file system's clock may stand still: 10 ms, but 2 s where it counts seconds."""
    return _SECOND // 20 if ctime_ns % _SECOND else 2 * _SECOND


def _file(hash_: str, stat: os.stat_result) -> OutputFile:
    return OutputFile(Digest(hash_, stat.st_size), bool(stat.st_mode & 0o100))


def _input_changed(path: str) -> Diagnostic:
    message = f"'{path}' must stay as it is while it is built from, and has changed"
    return Diagnostic("input-changed", message, hint="build again")
