"""Locked Python environments: installed once each, read-only, named by what is in them. Knows no target."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from etbuild.execution.fetch.made_folder import make_folder_once, take_folder
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.interpreter import Interpreter
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import FetchProgress
from etbuild.model.frozen import frozen
from etbuild.model.lock import LockedFile, LockFile

RECIPE = 1
"""Part of the digest; raised when what `install` makes changes."""


@frozen
class InstalledEnvironment:
    """An environment on this machine; it works wherever it is mounted."""

    path: Path
    digest: str
    interpreter: Interpreter
    """Its bin/python is a link to this; a sandbox must show the base prefix too."""


def select_wheels(lock: LockFile, interpreter: Interpreter, name: str) -> tuple[LockedFile, ...]:
    """Choose each package's file for this interpreter, or raise one error that names all that have none."""
    chosen: dict[str, LockedFile] = {}
    for file in lock.files:
        if interpreter.fits(file.filename):
            # Of alternatives that all fit, a build made for this (`+cpu`) stands before the index's own.
            chosen[file.name] = max(chosen.get(file.name, file), file, key=_preference)
    lacking = sorted({file.name for file in lock.files} - chosen.keys())
    if lacking:
        need = f"environment '{name}' must have a wheel of each package for {interpreter.cache_tag}"
        more = tuple(f"nor of {each}" for each in lacking[1:6])
        hint = "run etbuild with the Python that the lock was made for (ETBUILD_PYTHON), or lock anew with yours"
        raise EtbuildError(Diagnostic("no-wheel", f"{need}, has none of {lacking[0]}", notes=more, hint=hint))
    return tuple(chosen[name] for name in sorted(chosen))


def _preference(file: LockedFile) -> tuple[bool, bool]:
    return "+" in file.version, not file.filename.endswith("-any.whl")


def environment_digest(files: Sequence[LockedFile], interpreter: Interpreter) -> str:
    """Return what keys an environment: the lock's lines, the interpreter and the recipe."""
    python = (interpreter.cache_tag, interpreter.version, interpreter.system, interpreter.machine)
    text = "\n".join([f"recipe {RECIPE}", repr(python), *sorted(file.line() for file in files)])
    return hashlib.sha256(text.encode()).hexdigest()


def environment_path(cache: Path, digest: str, interpreter: Interpreter) -> Path:
    """Return where an environment is, once it is installed: equal ones of two interpreters link to different places."""
    place = hashlib.sha256(interpreter.executable.encode()).hexdigest()[:8]
    return cache / "environments" / f"{digest}-{place}"


def ensure_environment(
    session: FetchSession, lock: LockFile, interpreter: Interpreter, name: str
) -> InstalledEnvironment:
    """Return the environment that `lock` pins; fetch and install it if it is not there. `name` is for people."""
    files = select_wheels(lock, interpreter, name)
    digest = environment_digest(files, interpreter)
    path = environment_path(session.cache, digest, interpreter)
    if not take_folder(path):
        size, begin = sum(file.size for file in files), time.monotonic()
        what = f"environment {name}: {len(files)} packages ({size / 1e6:.0f} MB)"
        from etbuild.execution.installed_environment import install  # noqa: PLC0415 - archives, threads: 10 ms.

        make_folder_once(path, lambda folder: install(session, files, interpreter, folder, what))
        session.events(FetchProgress(what, size, size, finished=True, seconds=time.monotonic() - begin))
    return InstalledEnvironment(path, digest, interpreter)
