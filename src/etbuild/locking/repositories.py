"""Pins the files of repositories. Knows no targets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from etbuild.execution.fetch.filled_repository import lock_commit
from etbuild.execution.fetch.located import bring_files
from etbuild.execution.fetch.made_folder import file_sha256
from etbuild.execution.fetch.repository import UNLOCKED, intended_version, locked_files
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.scratch_folder import scratch_folder
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.lock import LockedFile, LockFile, name_and_version
from etbuild.model.repository import Repository


def lock_repositories(session: FetchSession, repositories: Iterable[Repository], old: LockFile) -> LockFile:
    """Return a lock for all `repositories`; what `old` pins and still fits is kept, the rest is fetched once."""
    files: list[LockedFile] = []
    for repository in repositories:
        if repository.kind not in UNLOCKED:
            files += _still_good(repository, old) or _pin(session, repository)
    return LockFile(tuple(sorted(files)))


def _still_good(repository: Repository, old: LockFile) -> tuple[LockedFile, ...]:
    try:
        return locked_files(repository, old)
    except EtbuildError:
        return ()


def _pin(session: FetchSession, repository: Repository) -> tuple[LockedFile, ...]:
    with scratch_folder(session.cache, "lock-") as root:
        if repository.kind == "git":
            return (lock_commit(session, repository, root),)
        return tuple(_pinned(repository, path, root) for path in bring_files(session, repository, root))


def _pinned(repository: Repository, path: Path, root: Path) -> LockedFile:
    version = intended_version(repository) or name_and_version(path.name)[1]
    return LockedFile(repository.name, version, str(path.relative_to(root)), path.stat().st_size, file_sha256(path))
