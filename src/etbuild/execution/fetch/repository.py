"""Fetches a repository: brought, checked by the lock's SHA-256, unpacked, once each. Knows no package and no target."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from etbuild.execution.fetch.git import bring_commit, git_version
from etbuild.execution.fetch.located import bring_files
from etbuild.execution.fetch.made_folder import make_folder_once, remove_tree, take_folder
from etbuild.execution.fetch.present import installed_package, local_folder
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.fetch.unpack import strip_prefix, unpack
from etbuild.execution.fetch.wheels import (
    check_brought,
    fetch_wheels,
    offline_missing,
    platform_options,
    wheel_platforms,
)
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import FetchProgress
from etbuild.model.frozen import replace
from etbuild.model.lock import LockedFile, LockFile, name_and_version, normalise_name
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
        what, size, begin = _title(repository, files), sum(file.size for file in files), time.monotonic()
        if session.offline:
            raise offline_missing(what, (file.filename for file in files))
        make_folder_once(folder, lambda unfinished: _fill(session, repository, files, unfinished))
        session.events(FetchProgress(what, size, size, finished=True, seconds=time.monotonic() - begin))
    return folder / "files"


def lock_commit(session: FetchSession, repository: Repository, scratch: Path) -> LockedFile:
    """Return what pins a repository of kind git. What was brought to know it is kept: nothing is fetched twice."""
    root = scratch / "files"
    found = bring_commit(session, repository, scratch / "git", root, strip_prefix(repository.strip_prefix))
    if root.exists():
        folder = repository_folder(session.cache, repository, (found,))
        make_folder_once(folder, lambda unfinished: (root.rename(unfinished / "files"), None)[1])
    return found


def locked_files(repository: Repository, lock: LockFile) -> tuple[LockedFile, ...]:
    """Return what the lock pins for a repository, or raise an error if that is nothing or something else."""
    files = lock.named(repository.name)
    hint = "run `etbuild lock`"
    if not files:
        message = f"repository '@{repository.name}' must be pinned in etbuild.lock, is not"
        raise EtbuildError(Diagnostic("not-locked", message, repository.span, hint=hint))
    wanted = intended_version(repository)
    other = [file for file in files if (wanted and file.version != wanted) or not _is_of(file, repository)]
    if other:
        message = f"'@{repository.name}' is {repository.package or repository.url} {wanted}, "
        message += f"etbuild.lock pins {other[0].filename}"
        raise EtbuildError(Diagnostic("stale-lock", message, repository.span, hint=hint))
    return files


def intended_version(repository: Repository) -> str:
    """Return what stands as version in the lock: without one, a digest of the addresses, so that a change is seen."""
    if repository.kind == "git":
        return git_version(repository)
    if repository.kind in {"pypi", "npm"} or repository.version:
        return repository.version
    return hashlib.sha256("\n".join((repository.url, *repository.files)).encode()).hexdigest()[:12]


def _is_of(file: LockedFile, repository: Repository) -> bool:
    if repository.kind != "pypi":
        return True
    tags = file.filename.removesuffix(".whl").rpartition("-")[2].split(".")
    if repository.sdist and file.filename.endswith(".whl"):
        return False
    fits = not repository.platform or not {"any", *wheel_platforms(repository.platform)}.isdisjoint(tags)
    return fits and name_and_version(file.filename)[0] == normalise_name(repository.package)


def repository_folder(cache: Path, repository: Repository, files: tuple[LockedFile, ...]) -> Path:
    """Return the folder of a repository: named by all that decides what is in it, and nothing else."""
    prefix = "" if repository.kind == "url" else _prefix(repository)
    text = "\n".join([f"{RECIPE} {repository.kind} {prefix}", *(f"{file.sha256} {file.filename}" for file in files)])
    return cache / "repositories" / hashlib.sha256(text.encode()).hexdigest()


def _title(repository: Repository, files: tuple[LockedFile, ...]) -> str:
    megabytes = sum(file.size for file in files) / 1e6
    version = repository.version or files[0].version
    return f"@{repository.name} {repository.package or files[0].filename} {version} ({megabytes:.0f} MB)"


def _fill(session: FetchSession, repository: Repository, files: tuple[LockedFile, ...], folder: Path) -> None:
    # Removed only when all went well: a killed run need not fetch again what was checked.
    brought, root = session.cache / "downloads" / folder.name, folder / "files"
    if repository.kind == "git":
        _check_out(session, repository, files, brought, root)
    else:
        _bring(session, repository, files, brought)
        _place_all(repository, files, brought, root)
    remove_tree(brought)
    if not root.exists():
        message = f"'@{repository.name}' has nothing below strip_prefix '{_prefix(repository)}'"
        raise EtbuildError(Diagnostic("empty-repository", message, repository.span))


def _place_all(repository: Repository, files: tuple[LockedFile, ...], brought: Path, root: Path) -> None:
    for file in files:
        if repository.kind == "url":
            _place(brought / file.filename, root / file.filename)
        else:
            unpack(brought / file.filename, root, strip_prefix(_prefix(repository)))


def _check_out(
    session: FetchSession, repository: Repository, files: tuple[LockedFile, ...], scratch: Path, root: Path
) -> None:
    remove_tree(scratch)
    found = bring_commit(session, repository, scratch, root, strip_prefix(_prefix(repository)))
    if (found,) != files:
        message = f"the tree of '@{repository.name}' must have sha256 {files[0].sha256}, has {found.sha256}"
        hint = "the lock was made of other files; `etbuild lock` pins anew"
        raise EtbuildError(Diagnostic("wrong-sha256", message, repository.span, hint=hint))


def _bring(session: FetchSession, repository: Repository, files: tuple[LockedFile, ...], folder: Path) -> None:
    if files[0].filename.endswith(".whl") and repository.kind == "pypi":
        packages = [replace(file, name=repository.package) for file in files]
        fetch_wheels(session, packages, folder, _title(repository, files), *platform_options(files[0].filename))
        return
    remove_tree(folder)
    folder.mkdir(parents=True)
    bring_files(session, repository, folder)
    for file in files:
        check_brought(folder / file.filename, file)


def _prefix(repository: Repository) -> str:
    # npm puts each package into a folder of that name.
    return repository.strip_prefix or ("package" if repository.kind == "npm" else "")


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.chmod(0o444)
    source.rename(target)
