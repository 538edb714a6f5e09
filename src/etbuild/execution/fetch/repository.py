"""Where a repository lies, by what the lock pins of it; fetched once if it is not there. Knows no package or target."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etbuild.execution.fetch.made_folder import make_folder_once, take_folder
from etbuild.execution.fetch.present import installed_package, local_folder
from etbuild.execution.fetch.session import FetchSession, offline_missing
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import FetchProgress
from etbuild.model.frozen import replace
from etbuild.model.lock import LockedFile, LockFile
from etbuild.model.repository import Repository

RECIPE = 1
UNLOCKED = ("local", "deb")
"""Kinds that lie on this machine already: nothing is fetched, so nothing is pinned."""


def fetch_repository(session: FetchSession, repository: Repository, lock: LockFile) -> Path:
    """Return the folder that holds a repository's files; fetch it if it is not there."""
    if repository.kind == "local":
        return local_folder(repository)
    if repository.kind == "deb":
        return installed_package(session, repository)
    files = locked_files(repository, lock)
    folder = repository_folder(session.cache, repository, files)
    if not take_folder(folder):
        with told_of(repository):
            _make(session, repository, files, folder)
    return folder / "files"


def _make(session: FetchSession, repository: Repository, files: tuple[LockedFile, ...], folder: Path) -> None:
    what, size, begin = _title(repository, files), sum(file.size for file in files), time.monotonic()
    if session.offline:
        raise offline_missing(what, (file.filename for file in files))
    from etbuild.execution.fetch.filled_repository import fill  # noqa: PLC0415 - http, archives: 25 ms, for few builds.

    make_folder_once(folder, lambda unfinished: fill(session, repository, files, what, unfinished))
    session.events(FetchProgress(what, size, size, finished=True, seconds=time.monotonic() - begin))


@contextmanager
def told_of(repository: Repository) -> Iterator[None]:
    """Say of mistakes which repository they are of, where that is declared, and what pins it anew."""
    name = f"@{repository.name}"
    try:
        yield
    except EtbuildError as error:
        mistakes = (
            replace(
                each,
                span=each.span or repository.span,
                notes=each.notes if name in each.render() else (f"for the repository '{name}'", *each.notes),
                hint=each.hint and re.sub("`etbuild lock( NAME)?`", f"`etbuild lock {name}`", each.hint),
            )
            for each in error.diagnostics
        )
        raise EtbuildError(*mistakes, exit_code=error.exit_code) from error


def locked_files(repository: Repository, lock: LockFile) -> tuple[LockedFile, ...]:
    """Return what the lock pins for a repository, or raise an error if that is nothing or something else."""
    name, files = f"'@{repository.name}'", lock.named(repository.name)
    hint = f"run `etbuild lock @{repository.name}`"
    if not files:
        message = f"repository {name} must be pinned in etbuild.lock, is not"
        raise EtbuildError(Diagnostic("not-locked", message, repository.span, hint=hint))
    found = [file.filename for file in files]
    message = ""
    if other := next((file for file in files if file.intent != repository.intent), None):
        message = f"{name} must be pinned as {repository.intent}, etbuild.lock pins {other.intent or other.filename}"
    elif repository.files and sorted(repository.files) != sorted(found):
        message = (
            f"etbuild.lock must pin {', '.join(sorted(repository.files))} of {name}, pins {', '.join(sorted(found))}"
        )
    elif len(files) > 1 and not repository.files:
        message = f"etbuild.lock must pin one file of {name}, pins {', '.join(found)}"
    if message:
        raise EtbuildError(Diagnostic("stale-lock", message, repository.span, hint=hint))
    return files


def intended_version(repository: Repository) -> str:
    """Return what stands as version in the lock; of what has none, nothing."""
    if repository.kind == "git":
        return f"{repository.commit}{'+submodules' if repository.submodules else ''}"
    return repository.version


def repository_folder(cache: Path, repository: Repository, files: tuple[LockedFile, ...]) -> Path:
    """Return the folder of a repository: named by all that decides what is in it, and nothing else."""
    prefix = "" if repository.kind == "url" else stripped_prefix(repository)
    text = "\n".join([f"{RECIPE} {repository.kind} {prefix}", *(f"{file.sha256} {file.filename}" for file in files)])
    return cache / "repositories" / hashlib.sha256(text.encode()).hexdigest()


def _title(repository: Repository, files: tuple[LockedFile, ...]) -> str:
    megabytes = sum(file.size for file in files) / 1e6
    words = (f"@{repository.name}", repository.package or files[0].filename, files[0].version)
    return f"{' '.join(word for word in words if word)} ({megabytes:.0f} MB)"


def stripped_prefix(repository: Repository) -> str:
    """Return the folder whose content is the repository's: npm puts each package into one called package."""
    return repository.strip_prefix or ("package" if repository.kind == "npm" else "")
