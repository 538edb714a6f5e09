"""Lock values: files pinned by SHA-256. Knows no index, no network and not what a file is for."""

from __future__ import annotations

import hashlib
import json
import re

from etbuild.model.frozen import field, frozen

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
    intent: str = field(default="", compare=False)
    """Of a repository: what WORKSPACE asked for when this was pinned, as `Repository.intent` says it."""

    def __lt__(self, other: LockedFile) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[str, str, str, int, str]:
        return self.name, self.version, self.filename, self.size, self.sha256

    def line(self) -> str:
        """Return the text that stands in the lock, and that keys what is made from the file."""
        names = (*_FIELDS, "intent") if self.intent else _FIELDS
        values = (f"{name} = {json.dumps(getattr(self, name), ensure_ascii=False)}" for name in names)
        return f"{{ {', '.join(values)} }}"


@frozen
class EnvironmentIntent:
    """What a Python environment is to hold."""

    requirements: tuple[str, ...]
    """As pip takes them."""
    without: tuple[str, ...] = ()
    """`name==version` of packages that others ask for and that are left out, with all that only they need."""
    platforms: tuple[str, ...] = ()
    """Where else it is to work, in the same versions: `manylinux_2_28_aarch64`, `cp312-macosx_14_0_arm64`."""


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
    resolved: str = field(default="", compare=False)
    """The `resolution` as it was written, to tell a lock that was merged of two; empty where none was."""

    @property
    def intent(self) -> EnvironmentIntent:
        """What it was made from: to make it anew, or to tell that it is stale."""
        return EnvironmentIntent(self.requirements, self.without, self.platforms)

    @property
    def resolution(self) -> str:
        """A digest of all that is pinned and of its intent: an environment's files are resolved together."""
        text = repr((self.requirements, self.without, self.platforms, sorted({file.line() for file in self.files})))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def serves(self, intent: EnvironmentIntent) -> bool:
        """Tell whether this is what was resolved for an environment, and whole."""
        return bool(self.files) and self.intent == intent and self.resolved in ("", self.resolution)

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
