"""Makes etbuild's own small environment on first use. Only the standard library; knows no workspace."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

VERSION = "0.1.0"
RECIPE = 1
"""Raised when what `make` does changes."""


def ensure(root: Path, cache: Path, say: Callable[[str], object]) -> Path:
    """Return the site-packages folder of the environment that src/etbuild/tool.lock pins; make it if it is not there.

    `root` is the checkout. When the environment is there, this reads the lock and asks for one stat.
    """
    lock = root / "src" / "etbuild" / "tool.lock"
    # From a wheel there is no checkout: the lock is always beside this file.
    lock = lock if lock.exists() else Path(__file__).with_name("tool.lock")
    folder = cache / "tool" / environment_key(lock)
    if not os.access(folder / ".complete", os.F_OK):
        make(lock, folder, say, f"etbuild {VERSION} · first run: making its own environment")
    return site_packages(folder)


def site_packages(folder: Path) -> Path:
    """Return where a virtual environment's packages are."""
    return folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def python_of(site: Path) -> Path:
    """Return the interpreter, with pip, of the environment whose packages are in `site`."""
    return site.parents[2] / "bin" / "python"


def environment_key(lock: Path) -> str:
    """Return the name of the folder for what `lock` pins, in this interpreter."""
    made_with = f"{RECIPE} {sys.version} {sys.base_prefix} {os.uname().machine}"
    return hashlib.sha256(lock.read_bytes() + made_with.encode()).hexdigest()[:16]


def make(lock: Path, folder: Path, say: Callable[[str], object], title: str) -> None:
    """Make a virtual environment in `folder` of what `lock` pins: wheels only, each checked by its SHA-256."""
    # Imported here: only a first run pays for them.
    import importlib.util  # noqa: PLC0415
    import time  # noqa: PLC0415

    from etbuild.execution.fetch.made_folder import make_folder_once  # noqa: PLC0415
    from etbuild.execution.interpreter import running_interpreter  # noqa: PLC0415
    from etbuild.loading.lock_file import parse_lock  # noqa: PLC0415
    from etbuild.model.diagnostics import Diagnostic, EtbuildError  # noqa: PLC0415

    if importlib.util.find_spec("ensurepip") is None:
        message = f"making an environment needs the module 'ensurepip', which {sys.executable} lacks"
        hint = f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise EtbuildError(Diagnostic("no-ensurepip", message, hint=hint))
    begin = time.monotonic()
    here = running_interpreter()
    files = [file for file in parse_lock(lock.read_text(encoding="utf-8"), str(lock)).files if here.fits(file.filename)]
    say(f"{title} ({max(1, round(sum(file.size for file in files) / 1e6))} MB) …")
    wanted = "".join(
        f"{name}=={version} " + " ".join(f"--hash=sha256:{file.sha256}" for file in files if file.name == name) + "\n"
        for name, version in sorted({(file.name, file.version) for file in files})
    )
    make_folder_once(folder, lambda unfinished: _fill(unfinished, wanted))
    say(f"{title} … {time.monotonic() - begin:.0f} s")


def _fill(folder: Path, wanted: str) -> None:
    import venv  # noqa: PLC0415

    from etbuild.execution.fetch.pip import run_pip  # noqa: PLC0415
    from etbuild.execution.fetch.session import FetchSession  # noqa: PLC0415
    from etbuild.execution.fetch.wheels import PINNED_WHEELS  # noqa: PLC0415

    venv.EnvBuilder(symlinks=True, with_pip=True).create(folder)
    (folder / "requirements.txt").write_text(wanted)
    session = FetchSession(folder, folder / "bin" / "python", os.environ)
    # Console scripts name the folder that they were made in, which is about to be renamed; nothing calls them.
    run_pip(session, ["install", "--quiet", *PINNED_WHEELS, "-r", "requirements.txt"], folder)
