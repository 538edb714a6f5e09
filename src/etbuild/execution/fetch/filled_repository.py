"""Fills a repository's folder: brought, checked by the lock's SHA-256, unpacked. Only who lacks one imports this."""

from __future__ import annotations

from pathlib import Path

from etbuild.execution.fetch.git import bring_commit
from etbuild.execution.fetch.located import bring_files
from etbuild.execution.fetch.made_folder import make_folder_once, remove_tree
from etbuild.execution.fetch.repository import repository_folder, stripped_prefix
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.fetch.unpack import strip_prefix, unpack
from etbuild.execution.fetch.wheel_tags import platform_options
from etbuild.execution.fetch.wheels import check_brought, fetch_wheels
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import replace
from etbuild.model.lock import LockedFile
from etbuild.model.repository import Repository


def lock_commit(session: FetchSession, repository: Repository, scratch: Path) -> LockedFile:
    """Return what pins a repository of kind git. What was brought to know it is kept: nothing is fetched twice."""
    root = scratch / "files"
    found = bring_commit(session, repository, scratch / "git", root, strip_prefix(repository.strip_prefix))
    if root.exists():
        folder = repository_folder(session.cache, repository, (found,))
        make_folder_once(folder, lambda unfinished: (root.rename(unfinished / "files"), None)[1])
    return found


def fill(session: FetchSession, repository: Repository, files: tuple[LockedFile, ...], what: str, folder: Path) -> None:
    """Put what the lock pins into `folder`. `what` is for people."""
    # Removed only when all went well: a killed run need not fetch again what was checked.
    brought, root = session.cache / "downloads" / folder.name, folder / "files"
    if repository.kind == "git":
        _check_out(session, repository, files, brought, root)
    else:
        _bring(session, repository, files, what, brought)
        _place_all(repository, files, brought, root)
    remove_tree(brought)
    if not root.exists():
        message = f"'@{repository.name}' has nothing below strip_prefix '{stripped_prefix(repository)}'"
        raise EtbuildError(Diagnostic("empty-repository", message, repository.span))


def _place_all(repository: Repository, files: tuple[LockedFile, ...], brought: Path, root: Path) -> None:
    for file in files:
        if repository.kind == "url":
            _place(brought / file.filename, root / file.filename)
        else:
            unpack(brought / file.filename, root, strip_prefix(stripped_prefix(repository)))


def _check_out(
    session: FetchSession, repository: Repository, files: tuple[LockedFile, ...], scratch: Path, root: Path
) -> None:
    remove_tree(scratch)
    found = bring_commit(session, repository, scratch, root, strip_prefix(stripped_prefix(repository)))
    if (found,) != files:
        message = f"the tree of '@{repository.name}' must have sha256 {files[0].sha256}, has {found.sha256}"
        hint = "the lock was made of other files; `etbuild lock` pins anew"
        raise EtbuildError(Diagnostic("wrong-sha256", message, repository.span, hint=hint))


def _bring(
    session: FetchSession, repository: Repository, files: tuple[LockedFile, ...], what: str, folder: Path
) -> None:
    if files[0].filename.endswith(".whl") and repository.kind == "pypi":
        packages = [replace(file, name=repository.package) for file in files]
        fetch_wheels(session, packages, folder, what, *platform_options(files[0].filename))
        return
    remove_tree(folder)
    folder.mkdir(parents=True)
    bring_files(session, repository, folder)
    for file in files:
        check_brought(folder / file.filename, file)


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.chmod(0o444)
    source.rename(target)
