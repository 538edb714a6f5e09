"""Asks npm for a package's file, so that registry and credentials are its own configuration. Unpacks nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

from etbuild.execution.fetch.session import FetchSession
from etbuild.model.diagnostics import Diagnostic, EtbuildError


def fetch_npm(session: FetchSession, package: str, version: str, folder: Path) -> Path:
    """Bring the tarball of a package into `folder`, which is empty, and return its path; none of its scripts is run."""
    command = ["npm", "pack", f"{package}@{version}", "--ignore-scripts", "--silent"]
    try:
        done = subprocess.run(command, cwd=folder, env=dict(session.env), capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        message = "a repository of kind 'npm' needs npm, which is not on PATH"
        raise EtbuildError(Diagnostic("missing-tool", message, hint="apt install npm")) from error
    found = sorted(folder.glob("*.tgz"))
    if done.returncode != 0 or not found:
        notes = tuple(done.stderr.strip().splitlines()[-4:])
        hint = "check name and version, and npm's configuration (`npm config list`)"
        raise EtbuildError(
            Diagnostic("fetch-failed", f"npm cannot fetch '{package}@{version}'", notes=notes, hint=hint)
        )
    return found[0]
