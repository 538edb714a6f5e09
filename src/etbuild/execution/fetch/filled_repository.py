"""Fills a repository's folder: brought, checked by the lock's SHA-256, unpacked. Only who lacks one imports this."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from etbuild.execution.fetch.git import bring_commit
from etbuild.execution.fetch.located import bring_files
from etbuild.execution.fetch.made_folder import file_sha256, make_folder_once, remove_tree
from etbuild.execution.fetch.prefix import Prefix, unpack_below, without_first_folder
from etbuild.execution.fetch.present import lfs_pointers
from etbuild.execution.fetch.repository import repository_folder
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.fetch.unpack import unpack
from etbuild.execution.fetch.wheel_tags import platform_options
from etbuild.execution.fetch.wheels import check_brought, fetch_wheels
from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean
from etbuild.model.frozen import replace
from etbuild.model.lock import LockedFile
from etbuild.model.repository import Repository


def lock_commit(session: FetchSession, repository: Repository, scratch: Path) -> LockedFile:
    """Return what pins a repository of kind git. What was brought to know it is kept: nothing is fetched twice."""
    root = scratch / "files"
    found = bring_commit(session, repository, scratch / "git", root, Prefix(repository.strip_prefix))
    if root.exists():
        _refuse_pointers(root)
        folder = repository_folder(session.cache, repository, (found,))
        make_folder_once(folder, lambda unfinished: (root.rename(unfinished / "files"), None)[1])
    return found


def fill(session: FetchSession, repository: Repository, files: tuple[LockedFile, ...], what: str, folder: Path) -> None:
    """Put what the lock pins into `folder`. `what` is for people."""
    # Removed only when all went well: a run that was ended need not fetch again what was checked.
    brought, root = session.cache / "downloads" / folder.name, folder / "files"
    prefix = Prefix(repository.strip_prefix)
    if repository.kind == "git":
        _check_out(session, repository, files, brought, root, prefix)
    else:
        _bring(session, repository, files, what, brought)
        _place_all(repository, files, brought, root, prefix)
    remove_tree(brought)
    if not root.exists():
        raise _nothing(repository, prefix)
    _refuse_pointers(root)


def _nothing(repository: Repository, prefix: Prefix) -> EtbuildError:
    message = f"'@{repository.name}' has nothing below strip_prefix '{repository.strip_prefix}'"
    if not prefix.folder:
        return EtbuildError(Diagnostic("empty-repository", f"'@{repository.name}' must hold files, holds none"))
    beside = sorted(prefix.beside)
    notes = (f"in its place it has the folders {', '.join(map(repr, beside[:5]))}",) if beside else ()
    return EtbuildError(Diagnostic("empty-repository", message, notes=notes, hint=did_you_mean(prefix.folder, beside)))


def _refuse_pointers(root: Path) -> None:
    if found := [str(path.relative_to(root)) for path in lfs_pointers(root)]:
        message = f"'{found[0]}' must be the file, is a Git LFS pointer to it"
        notes = (f"as {len(found) - 1} more are",) if len(found) > 1 else ()
        hint = "`git lfs pull` in a clone, and take that as a repository of kind local; or leave it out by strip_prefix"
        raise EtbuildError(Diagnostic("lfs-pointer", message, notes=notes, hint=hint))


def _place_all(
    repository: Repository, files: tuple[LockedFile, ...], brought: Path, root: Path, prefix: Prefix
) -> None:
    for file in files:
        if repository.kind == "url":
            _place(brought / file.filename, root / file.filename)
        elif repository.kind == "npm" and not prefix.folder:
            unpack(brought / file.filename, root, without_first_folder)  # As npm itself does.
        else:
            unpack_below(partial(unpack, brought / file.filename), file.filename, root, prefix)


def _check_out(
    session: FetchSession,
    repository: Repository,
    files: tuple[LockedFile, ...],
    scratch: Path,
    root: Path,
    prefix: Prefix,
) -> None:
    try:
        found = bring_commit(session, repository, scratch, root, prefix)
    finally:
        remove_tree(scratch)
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
    here = {file.filename for file in files if _is_right(folder / file.filename, file)}
    if len(here) == len(files):
        return
    if not here:
        remove_tree(folder)
        folder.mkdir(parents=True)
    bring_files(session, repository, folder, here.__contains__)
    for file in files:
        _check(folder / file.filename, file)


def _is_right(path: Path, file: LockedFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size and file_sha256(path) == file.sha256


def _check(path: Path, file: LockedFile) -> None:
    try:
        check_brought(path, file)
    except EtbuildError:
        path.unlink(missing_ok=True)
        raise


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.chmod(0o444)
    source.rename(target)
