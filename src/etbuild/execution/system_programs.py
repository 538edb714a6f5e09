"""SystemPrograms: what keys programs and packages that are installed on this machine. Installs none, runs none."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from etbuild.execution.file_digests import FileDigests
from etbuild.execution.store import Store
from etbuild.model.frozen import frozen

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "armhf"}
_PLAIN = ("/usr/lib/os-release", "/etc/debian_version", "/bin/sh")


class NotInstalledError(LookupError):
    """A program or a package is not on this machine; its name."""


@frozen
class Installed:
    """Things of this machine, and what they are known by."""

    digest: str
    read: tuple[str, ...]
    """Absolute paths: none has changed as long as the digest holds."""


@frozen
class SystemPrograms:
    """Where this machine has its programs, and the lists of what its packages hold."""

    cache: Path
    """The store remembers what programs hold: a compiler has 40 MB."""
    folders: tuple[str, ...] = ("/usr/bin", "/bin")
    """What every action's PATH is."""
    packages: str = "/var/lib/dpkg/info"

    def installed(self, programs: Sequence[str], packages: Sequence[str]) -> Installed:
        """Return what these are known by, and the machine's release with its `sh`. Raises NotInstalledError.

        Of a package it is the list of its files' sums: that of another version is another one.
        """
        found = [(name, self._program(name)) for name in programs]
        if Path(self.packages).is_dir():  # Elsewhere the programs alone are looked at.
            found += [(name, self._list(name)) for name in packages]
        sha256 = hashlib.sha256(os.uname().machine.encode())
        for path in _PLAIN:
            sha256.update(Path(path).read_bytes() if os.path.isfile(path) else b"")
        for line in self._lines(found) if found else ():
            sha256.update(line.encode())
        return Installed(sha256.hexdigest(), (*_PLAIN, *(path for _, path in found)))

    def _lines(self, found: Sequence[tuple[str, str]]) -> Iterator[str]:
        store = Store.open(self.cache)
        try:
            digests = FileDigests(store)
            digests.look_up(path for _, path in found)
            yield from [f"{name} {digests.digest(path).digest.hash}\n" for name, path in found]
        finally:
            store.close()

    def _program(self, name: str) -> str:
        places = (name,) if name.startswith("/") else (f"{folder}/{name}" for folder in self.folders)
        return _first((path for path in places if os.access(path, os.X_OK)), name)

    def _list(self, package: str) -> str:
        machine = os.uname().machine
        names = (package, f"{package}:{_ARCHITECTURES.get(machine, machine)}")
        return _first((path for n in names if os.path.isfile(path := f"{self.packages}/{n}.md5sums")), package)


def _first(found: Iterator[str], name: str) -> str:
    path = next(found, None)
    if path is None:
        raise NotInstalledError(name)
    return path
