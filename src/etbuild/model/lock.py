"""Lock values: files pinned by SHA-256. Knows no index, no network and not what a file is for."""

from __future__ import annotations

import json
import re

from etbuild.model.frozen import frozen

_FIELDS = ("name", "version", "filename", "size", "sha256")


@frozen
class LockedFile:
    """One file, wherever it is had from. Several of one name are alternatives: other platforms, or another build."""

    name: str
    """A package's normalised name, or a repository's name."""
    version: str
    filename: str
    size: int
    sha256: str

    def __lt__(self, other: LockedFile) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[str, str, str, int, str]:
        return self.name, self.version, self.filename, self.size, self.sha256

    def line(self) -> str:
        """Return the text that stands in the lock, and that keys what is made from the file."""
        values = (f"{name} = {json.dumps(getattr(self, name), ensure_ascii=False)}" for name in _FIELDS)
        return f"{{ {', '.join(values)} }}"


@frozen
class LockFile:
    """What `etbuild lock` pinned, and the intent that it was resolved from."""

    files: tuple[LockedFile, ...]
    requirements: tuple[str, ...] = ()
    """Compared with the intent, to tell a stale lock."""
    without: tuple[str, ...] = ()
    """Packages that others ask for and that are left out."""
    platforms: tuple[str, ...] = ()
    """Wheel platforms that it serves beside the one it was resolved on."""

    def named(self, name: str) -> tuple[LockedFile, ...]:
        """Return the files of this name."""
        return tuple(file for file in self.files if file.name == name)


def normalise_name(name: str) -> str:
    """Return a package's name as all indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_and_version(filename: str) -> tuple[str, str]:
    """Return what a wheel's or a source distribution's file name says."""
    if filename.endswith(".whl"):
        name, version = filename.split("-")[:2]
    else:
        name, _, version = filename.removesuffix(".tar.gz").removesuffix(".zip").removesuffix(".tgz").rpartition("-")
    return normalise_name(name), version
