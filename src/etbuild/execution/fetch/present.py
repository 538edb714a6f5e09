"""Repositories that lie on this machine already: a folder, or a Debian package. Fetches nothing."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from etbuild.execution.fetch.made_folder import make_folder_once
from etbuild.execution.fetch.session import FetchSession
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.repository import Repository

_LFS = b"version https://git-lfs"


def _files_of(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def local_folder(repository: Repository) -> Path:
    """Return a folder itself: it may hold 10 GB, so that nothing is copied; its files are hashed as sources are."""
    folder = Path(repository.path)
    if not folder.is_dir():
        message = f"'@{repository.name}' must be a folder, '{folder}' is none"
        raise EtbuildError(Diagnostic("no-such-folder", message, repository.span))
    pointers = [path for path in _files_of(folder) if path.stat().st_size < 1024 and _begins_as_lfs(path)]
    if pointers:
        message = f"'{pointers[0]}' must be the file, is a Git LFS pointer to it"
        raise EtbuildError(
            Diagnostic("lfs-pointer", message, repository.span, hint="run `git lfs pull` in that folder")
        )
    return folder


def folder_digest(folder: Path) -> tuple[str, tuple[str, ...]]:
    """Return by what a folder of this machine is known, and the paths that this depends on.

    That is names, sizes and times, as it may hold an SDK of many gigabytes: another machine has another digest.
    """
    walked = sorted((parent, names) for parent, _, names in os.walk(folder))
    files = [f"{parent}/{name}" for parent, names in walked for name in sorted(names)]
    stats = [os.stat(path) for path in files if os.path.exists(path)]
    lines = [path.removeprefix(f"{folder}/") for path in files], [(s.st_size, s.st_mtime_ns) for s in stats]
    return hashlib.sha256(repr(lines).encode()).hexdigest(), (*(parent for parent, _ in walked), *files)


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
