"""Repositories that lie on this machine already: a folder, or a Debian package. Fetches nothing."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from etbuild.execution.fetch.made_folder import make_folder_once
from etbuild.execution.fetch.session import FetchSession
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.repository import Repository

_LFS = b"version https://git-lfs"


def lfs_pointers(folder: Path) -> list[Path]:
    """Return the files of a folder that are Git LFS pointers to what they should be."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in files if path.stat().st_size < 1024 and _begins_as_lfs(path)]


def local_folder(repository: Repository) -> Path:
    """Return a folder itself: it may hold 10 GB, so that nothing is copied; its files are hashed as sources are."""
    folder = Path(repository.path)
    if not folder.is_dir():
        message = f"'@{repository.name}' must be a folder, '{folder}' is none"
        raise EtbuildError(Diagnostic("no-such-folder", message, repository.span))
    if pointers := lfs_pointers(folder):
        message = f"'{pointers[0]}' must be the file, is a Git LFS pointer to it"
        raise EtbuildError(
            Diagnostic("lfs-pointer", message, repository.span, hint="run `git lfs pull` in that folder")
        )
    return folder


def folder_digest(folder: Path) -> tuple[str, tuple[str, ...]]:
    """Return by what a folder of this machine is known, and the paths that this depends on.

    That is names, modes, links, sizes and times, as it may hold an SDK of many gigabytes: another machine has another
    digest. Of a folder its name and mode count: what comes and goes in it while nobody looks changes its times.
    """
    walked = sorted((parent, folders, names) for parent, folders, names in os.walk(folder))
    files = [f"{parent}/{name}" for parent, _, names in walked for name in sorted(names)]
    folders = [f"{parent}/{name}" for parent, names, _ in walked for name in sorted(names)]
    lines = [(path.removeprefix(f"{folder}/"), *_known_by(path)) for path in (*files, *folders)]
    return hashlib.sha256(repr(lines).encode()).hexdigest(), (*(parent for parent, _, _ in walked), *files)


def _known_by(path: str) -> tuple[object, ...]:
    """Return by what a file, a folder or a link is known: a link by its target and by the file that it leads to."""
    found = os.lstat(path)
    link = os.readlink(path) if stat.S_ISLNK(found.st_mode) else ""
    if link:
        with contextlib.suppress(OSError):  # It leads nowhere: then by itself.
            found = os.stat(path)
    is_file = stat.S_ISREG(found.st_mode)
    # Without a file's ctime, an edit of equal size with its time put back would be none.
    return (link, found.st_mode, (found.st_size, found.st_mtime_ns, found.st_ctime_ns) if is_file else ())


def _begins_as_lfs(path: Path) -> bool:
    with path.open("rb") as content:
        return content.read(len(_LFS)) == _LFS


def installed_package(session: FetchSession, repository: Repository) -> Path:
    """Return a folder of links to the files of a Debian package, which must be installed: etbuild runs no apt."""
    package, wanted = repository.package, repository.version
    found = _dpkg(session, "--show", "--showformat=${db:Status-Status} ${Version}", package)
    status, _, version = found.partition(" ")
    if status != "installed" or (wanted and version != wanted):
        is_there = f"is in version {version}" if status == "installed" else "is not"
        message = f"Debian package '{package}' must be installed{wanted and f' in version {wanted}'}, {is_there}"
        hint = f"apt install {package}{wanted and f'={wanted}'}"
        raise EtbuildError(Diagnostic("not-installed", message, repository.span, hint=hint))
    listed = _dpkg(session, "--listfiles", package)
    key = hashlib.sha256(f"{package} {version}\n{listed}".encode()).hexdigest()
    return make_folder_once(session.cache / "repositories" / key, lambda folder: _link_all(listed, folder)) / "files"


def _dpkg(session: FetchSession, *arguments: str) -> str:
    import subprocess  # noqa: PLC0415 - 3 ms, for few builds.

    try:
        return subprocess.run(
            ["dpkg-query", *arguments], env=dict(session.env), capture_output=True, text=True, check=False
        ).stdout
    except FileNotFoundError:
        return ""


def _link_all(listed: str, folder: Path) -> None:
    for name in listed.splitlines():
        if Path(name).is_file():
            link = folder / "files" / name.lstrip("/")
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(name)
