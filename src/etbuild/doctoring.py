"""doctor: what this machine has, what each missing piece would unlock, and how to get it. Changes nothing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from etbuild.execution.sandbox.choose import bubblewrap_refusal
from etbuild.execution.sandbox.landlock import landlock_version
from etbuild.model.host import Host

GIB = 2**30
PROGRAMS = (
    ("git", "`etbuild affected`", "apt install git"),
    ("npm", "repositories of kind npm", "apt install npm"),
    ("dpkg-query", "repositories of kind deb", ""),
)
"""Programs that some verbs or repositories run: name, what it unlocks, how to get it."""
NEEDED_RAM = 6 * GIB
"""The lowering of a program of 135 million parameters takes some 4 GiB."""
NEEDED_DISK = 10 * GIB
"""An environment with torch, the weights and some programs."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked for."""

    state: str
    """`ok`, `missing`, or `low` (there, but not enough for everything)."""
    what: str
    unlocks: str = ""
    how: str = ""
    essential: bool = False
    """Nothing can be built without it."""


def examine(host: Host, cache: Path, python: Path, env: Mapping[str, str]) -> tuple[Check, ...]:
    """Look at this machine. `python` is an interpreter with pip."""
    return (
        *_python(),
        *_machine(host, cache),
        *_sandboxes(),
        *(_program(*row) for row in PROGRAMS),
        _pip(python, env),
    )


def _python() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == (3, 11):
        yield Check("ok", f"Python {version}")
    else:
        how = "apt install python3.11 python3.11-venv, and set ETBUILD_PYTHON"
        yield Check(
            "low", f"Python {version}", "the locked environments are for 3.11; others need a lock of their own", how
        )
    if importlib.util.find_spec("ensurepip") is None:
        how = f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        yield Check("missing", "venv (ensurepip)", "etbuild's own environment", how, essential=True)
    else:
        yield Check("ok", "venv")


def _machine(host: Host, cache: Path) -> Iterator[Check]:
    yield Check("ok", f"{host.cpu}, {host.os}, {host.cores} cores")
    ram = f"{host.ram / GIB:.1f} GiB of memory"
    if host.ram >= NEEDED_RAM:
        yield Check("ok", ram)
    else:
        yield Check(
            "low", ram, f"models of 135M parameters take {NEEDED_RAM // GIB} GiB", "add swap, or take a smaller model"
        )
    folder = next(each for each in (cache, *cache.parents) if each.exists())
    if not os.access(folder, os.W_OK):
        yield Check(
            "missing", f"a cache that can be written: '{cache}'", "builds", "choose another with --cache-dir", True
        )
        return
    free = shutil.disk_usage(folder).free
    what = f"{free / GIB:.0f} GiB free in the cache '{cache}'"
    if free >= NEEDED_DISK:
        yield Check("ok", what)
    else:
        how = "etbuild cache gc --max-age=30d, or --cache-dir"
        yield Check("low", what, f"an environment and some models take {NEEDED_DISK // GIB} GiB", how)


def _sandboxes() -> Iterator[Check]:
    refusal = bubblewrap_refusal(shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin"))
    version = landlock_version()
    if refusal:
        unlocks = "sandboxed actions with equal bytes from any folder (--sandbox=required), warm workers"
        yield Check(
            "missing", f"namespaces (bubblewrap): {refusal}", unlocks, "apt install bubblewrap; allow user namespaces"
        )
    else:
        yield Check("ok", "namespaces (bubblewrap)")
    if version:
        yield Check("ok", f"Landlock, version {version}")
    else:
        yield Check(
            "missing", "Landlock", "confined actions without bubblewrap", "a kernel of 5.13 or later that has it on"
        )


def _program(name: str, unlocks: str, how: str) -> Check:
    found = shutil.which(name)
    return Check("ok", name) if found else Check("missing", name, unlocks, how)


def _pip(python: Path, env: Mapping[str, str]) -> Check:
    what = "pip's configuration"
    how = "set find-links or extra-index-url to PyTorch's CPU builds in pip's configuration"
    command = [str(python), "-I", "-m", "pip", "--disable-pip-version-check", "config", "list"]
    try:
        said = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False).stdout
    except OSError:
        return Check(
            "missing", f"pip of '{python}'", "fetching anything", "remove the folder 'tool' in the cache", True
        )
    if any(word in said for word in ("find-links", "extra-index-url", "index-url")):
        return Check("ok", f"{what}: names an index or links of its own")
    return Check(
        "low", f"{what}: the default index only", "small CPU builds of torch; the default's are far larger", how
    )
