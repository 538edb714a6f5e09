"""Fetches locked wheels through pip, checked by SHA-256, several at a time. Knows no environment."""

from __future__ import annotations

import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path

from etbuild.execution.fetch.made_folder import disk_full_is_said, file_sha256
from etbuild.execution.fetch.pip import run_pip
from etbuild.execution.fetch.session import FetchSession, offline_missing
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import FetchProgress
from etbuild.model.frozen import replace
from etbuild.model.lock import LockedFile

_BIG = 10_000_000
_AT_ONCE = 3
PINNED_WHEELS = ("--no-deps", "--require-hashes", "--only-binary", ":all:")


def fetch_wheels(session: FetchSession, files: Sequence[LockedFile], folder: Path, what: str, *options: str) -> None:
    """Fetch those of `files` that are not in `folder`, each checked against the lock before it gets there.

    `options` are pip's, such as another platform than this.
    """
    missing = [file for file in files if not (folder / file.filename).exists()]
    if not missing:
        return
    if session.offline:
        raise offline_missing(what, (file.filename for file in missing))
    folder.mkdir(parents=True, exist_ok=True)
    transfer = _Transfer(session, folder, what, sum(file.size for file in missing), options)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            jobs = [pool.submit(transfer.fetch, number, batch) for number, batch in enumerate(_batches(missing))]
            for job in as_completed(jobs):
                job.result()
        except BaseException:
            # One that failed, or Ctrl-C, ends all: nobody waits for megabytes that are of no use.
            pool.shutdown(wait=False, cancel_futures=True)
            transfer.stop()
            raise


def _batches(files: Iterable[LockedFile]) -> list[list[LockedFile]]:
    # pip hands files over when its run ends: a big one goes by itself, so that a broken run loses little.
    ordered = sorted(files, key=lambda file: -file.size)
    small = [file for file in ordered if file.size < _BIG]
    return [[file] for file in ordered if file.size >= _BIG] + ([small] if small else [])


class _Transfer:
    """Several runs of pip at the same time, and what they add up to."""

    def __init__(self, session: FetchSession, folder: Path, what: str, total: int, options: Sequence[str]) -> None:
        self._session, self._folder, self._what, self._total, self._options = session, folder, what, total, options
        self._begin = time.monotonic()
        self._done: dict[int, int] = {}
        self._running: list[subprocess.Popen[str]] = []
        self._stopped = False
        self._guard = threading.Lock()

    def fetch(self, number: int, batch: Sequence[LockedFile]) -> None:
        """Fetch the files of a batch."""
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="pip-") as name, disk_full_is_said(self._folder):
            scratch = Path(name)
            wanted = "".join(f"{file.name}=={file.version} --hash=sha256:{file.sha256}\n" for file in batch)
            (scratch / "requirements.txt").write_text(wanted)
            # Its temporary files in the cache too: /tmp may be small, and another file system.
            session = replace(self._session, env={**self._session.env, "TMPDIR": name})
            options = (*PINNED_WHEELS, "--progress-bar", "raw", "--dest", "wheels", *self._options)
            arguments = ["download", *options, "-r", "requirements.txt"]
            run_pip(session, arguments, scratch, self._started, partial(self._line, number))
            for file in batch:
                found = scratch / "wheels" / file.filename
                check_brought(found, file)
                found.rename(self._folder / file.filename)
        self._say(number, sum(file.size for file in batch))

    def stop(self) -> None:
        """End what runs, and what is just being started."""
        with self._guard:
            self._stopped = True
            for process in self._running:
                process.kill()

    def _started(self, process: subprocess.Popen[str]) -> None:
        with self._guard:
            self._running.append(process)
            if self._stopped:
                process.kill()

    def _line(self, number: int, line: str) -> None:
        # A line of a transfer is `Progress 262144 of 18887977`.
        if found := re.match(r"Progress (\d+) of", line):
            self._say(number, int(found[1]))

    def _say(self, number: int, done: int) -> None:
        with self._guard:
            self._done[number] = done
            done = min(self._total, sum(self._done.values()))
        self._session.events(FetchProgress(self._what, done, self._total, seconds=time.monotonic() - self._begin))


def check_brought(path: Path, file: LockedFile) -> None:
    """Raise an error unless a file was brought and its bytes are what the lock pins."""
    if not path.exists():
        message = f"'{file.filename}', which the lock pins, was not brought"
        raise EtbuildError(Diagnostic("stale-lock", message, hint="`etbuild lock NAME` pins what is offered"))
    found = file_sha256(path)
    if found != file.sha256:
        message = f"'{file.filename}' must have sha256 {file.sha256}, has {found}"
        notes = (f"its size must be {file.size}, is {path.stat().st_size}",)
        hint = "what was served differs from what was locked; `etbuild lock NAME` pins anew"
        raise EtbuildError(Diagnostic("wrong-sha256", message, notes=notes, hint=hint))
