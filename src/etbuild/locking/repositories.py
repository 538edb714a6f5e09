"""Pins the files of repositories. Knows no targets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from etbuild.execution.fetch.filled_repository import lock_commit
from etbuild.execution.fetch.located import bring_files
from etbuild.execution.fetch.made_folder import file_sha256
from etbuild.execution.fetch.repository import UNLOCKED, intended_version, locked_files, told_of
from etbuild.execution.fetch.session import FetchSession, offline_missing
from etbuild.execution.scratch_folder import scratch_folder
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import replace
from etbuild.model.lock import LockedFile, LockFile
from etbuild.model.repository import Repository


class PartlyLockedError(EtbuildError):
    """Some repositories could not be pinned; the others could."""

    def __init__(self, mistakes: Iterable[Diagnostic], rest: LockFile) -> None:
        super().__init__(*mistakes)
        self.rest = rest
        """What could be pinned; of those that could not, what was pinned before."""


def lock_repositories(
    session: FetchSession, repositories: Iterable[Repository], old: LockFile, *, anew: bool = False
) -> LockFile:
    """Return a lock for all `repositories`: what `old` pins and still fits is kept, the rest or, `anew`, all fetched.

    Raises PartlyLockedError.
    """
    files: list[LockedFile] = []
    mistakes: list[Diagnostic] = []
    for repository in repositories:
        if repository.kind in UNLOCKED:
            continue
        try:
            files += (not anew and _still_good(repository, old)) or _pin(session, repository)
        except EtbuildError as error:
            mistakes += (replace(each, span=each.span or repository.span) for each in error.diagnostics)
            files += old.named(repository.name)
    lock = LockFile(tuple(sorted(files)))
    if mistakes:
        raise PartlyLockedError(mistakes, lock)
    return lock


def _still_good(repository: Repository, old: LockFile) -> tuple[LockedFile, ...]:
    try:
        return locked_files(repository, old)
    except EtbuildError:
        return ()


def _pin(session: FetchSession, repository: Repository) -> tuple[LockedFile, ...]:
    if session.offline:
        raise offline_missing(f"'@{repository.name}'", (), "run `etbuild lock` while online")
    with told_of(repository), scratch_folder(session.cache, "lock-") as root:
        if repository.kind == "git":
            found = [lock_commit(session, repository, root)]
        else:
            found = [_pinned(repository, path, root) for path in bring_files(session, repository, root)]
    return tuple(replace(file, intent=repository.intent) for file in found)


def _pinned(repository: Repository, path: Path, root: Path) -> LockedFile:
    name, version = repository.name, intended_version(repository)
    return LockedFile(name, version, str(path.relative_to(root)), path.stat().st_size, file_sha256(path))
