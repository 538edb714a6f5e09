"""A package index in a folder: wheels made here, served to pip without a network."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from etbuild.execution.fetch.session import FetchSession
from etbuild.model.events import Events, ignore_events
from etbuild.model.lock import LockedFile, normalise_name


def make_wheel(
    index: Path,
    name: str,
    version: str,
    files: Mapping[str, str],
    *,
    requires: tuple[str, ...] = (),
    tags: str = "py3-none-any",
) -> LockedFile:
    """Write a wheel into the folder and return what pins it."""
    index.mkdir(parents=True, exist_ok=True)
    stem = f"{normalise_name(name).replace('-', '_')}-{version}"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in requires)
    tag_lines = "".join(f"Tag: {tags}\n")
    members = {
        **files,
        f"{stem}.dist-info/METADATA": metadata,
        f"{stem}.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n{tag_lines}",
    }
    record = "".join(f"{path},sha256={_record_digest(text)},{len(text.encode())}\n" for path, text in members.items())
    members[f"{stem}.dist-info/RECORD"] = f"{record}{stem}.dist-info/RECORD,,\n"
    path = index / f"{stem}-{tags}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for member, text in members.items():
            wheel.writestr(zipfile.ZipInfo(member), text)
    return LockedFile(normalise_name(name), version, path.name, path.stat().st_size, sha256_of(path))


def _record_digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch_session(
    cache: Path, index: Path | None = None, *, offline: bool = False, events: Events = ignore_events
) -> FetchSession:
    """Return a session whose pip sees nothing but the folder `index`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    env |= {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}
    if index is not None:
        env["PIP_FIND_LINKS"] = str(index)
    return FetchSession(cache, Path(sys.executable), env, offline, events)


def quick_session(cache: Path, index: Path) -> FetchSession:
    """Return a session with a stand-in for pip: it brings all that the index holds, in a fiftieth of the time."""
    pip = cache.parent / "quick-pip"
    pip.write_text(f"#!/bin/sh\nmkdir -p wheels && cp {index}/*.whl wheels && echo Progress 1 of 1\n")
    pip.chmod(0o755)
    return replace(fetch_session(cache, index), python=pip)


def tree(folder: Path) -> dict[str, str]:
    """Return a folder's content: each file's text by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes().decode("latin-1")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def names_in(folder: Path) -> list[str]:
    """Return the names of what a folder holds, sorted."""
    return sorted(path.name for path in folder.iterdir())
