"""doctor: what this machine has, what each missing piece would unlock, and how to get it. Changes nothing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from etbuild.execution.sandbox.choose import bubblewrap_refusal
from etbuild.execution.sandbox.landlock import landlock_version
from etbuild.model.frozen import frozen
from etbuild.model.host import Host

GIB = 2**30
NEEDED_RAM = 6 * GIB
"""The lowering of a program of 135 million parameters takes some 4 GiB."""
NEEDED_DISK = 10 * GIB
"""An environment with torch, the weights and some programs."""
PROGRAMS = (
    ("git", "`etbuild affected`", "apt install git"),
    ("npm", "repositories of kind npm", "apt install npm"),
    ("dpkg-query", "repositories of kind deb", "Debian or one of its kin"),
)
"""Programs that some verbs or repositories run: name, what it unlocks, how to get it."""


@frozen
class Check:
    """One thing that was looked for."""

    ok: bool
    what: str
    unlocks: str
    """What there is with it; said if it is missing."""
    how: str
    essential: bool = False
    """Nothing can be built without it."""


def examine(host: Host, cache: Path, python: Path, env: Mapping[str, str]) -> Iterator[Check]:
    """Look at this machine. `python` is an interpreter with pip, `env` the user's."""
    yield from _python()
    yield from _machine(host, cache)
    yield from _sandboxes()
    for name, unlocks, how in PROGRAMS:
        yield Check(shutil.which(name, path=env.get("PATH")) is not None, name, unlocks, how)
    yield from _pip(python, env)


def _python() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    how = "apt install python3.11 python3.11-venv, and set ETBUILD_PYTHON"
    yield Check(sys.version_info[:2] == (3, 11), f"Python {version}", "etbuild's locked environments: for 3.11", how)
    found = importlib.util.find_spec("ensurepip") is not None
    how = f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    yield Check(found, "venv (ensurepip)", "Python environments", how, essential=True)


def _machine(host: Host, cache: Path) -> Iterator[Check]:
    what = f"{host.cpu}, {host.os}, {host.cores} cores, {host.ram / GIB:.1f} GiB of memory"
    unlocks = f"models of 135M parameters: they take {NEEDED_RAM // GIB} GiB"
    yield Check(host.ram >= NEEDED_RAM, what, unlocks, "add memory or swap, or take a smaller model")
    folder = next(each for each in (cache, *cache.parents) if os.path.lexists(each))
    writable, free = _is_writable(folder), shutil.disk_usage(folder).free
    yield Check(writable, f"cache '{cache}', to be written", "builds", "--cache-dir", essential=True)
    unlocks = f"an environment with torch, weights and programs: they take {NEEDED_DISK // GIB} GiB"
    how = "etbuild cache gc --max-age=30d, or --cache-dir"
    yield Check(free >= NEEDED_DISK, f"{free / GIB:.0f} GiB free in the cache", unlocks, how)


def _is_writable(folder: Path) -> bool:
    try:  # A right to write is not all: root has it in /proc, and on a disk that is mounted to be read.
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _sandboxes() -> Iterator[Check]:
    refusal = bubblewrap_refusal(shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin"))
    what = f"namespaces (bubblewrap){refusal and f': {refusal}'}"
    unlocks = "equal bytes from any folder (--sandbox=required), warm workers"
    yield Check(not refusal, what, unlocks, "apt install bubblewrap; allow user namespaces")
    version = landlock_version()
    what = f"Landlock{f' {version}' if version else ''}"
    yield Check(bool(version), what, "confined actions without bubblewrap", "Linux 5.13 or later, with it on")


def _pip(python: Path, env: Mapping[str, str]) -> Iterator[Check]:
    command = [str(python), "-I", "-m", "pip", "--disable-pip-version-check", "config", "list"]
    try:
        done = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False)
    except OSError:
        done = None
    if done is None or done.returncode:
        yield Check(False, f"pip of '{python}'", "fetching", "remove the folder 'tool' in the cache", essential=True)
        return
    own = any(word in done.stdout for word in ("find-links", "index-url"))
    how = "set find-links or extra-index-url to PyTorch's CPU builds in pip's configuration"
    yield Check(own, "pip's configuration: an index or links of its own", "small CPU builds of torch", how)
