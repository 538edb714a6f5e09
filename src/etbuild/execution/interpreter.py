"""Interpreter: a Python on this machine, and which wheels fit it. Knows no lock and no environment."""

from __future__ import annotations

import os
import re
import sys

from etbuild.model.frozen import frozen

_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}


@frozen
class Interpreter:
    """What of a Python decides which files an environment holds and how they are laid out."""

    executable: str
    """Its real path, behind all links."""
    base_prefix: str
    """The folder that holds its standard library; a sandbox must show it."""
    version: tuple[int, int, int]
    cache_tag: str
    """Such as `cpython-311`."""
    machine: str
    """`x86_64`, `aarch64` or `arm64`."""
    system: str
    """`linux` or `darwin`."""
    system_version: tuple[int, int]
    """glibc's, or macOS's."""

    @property
    def name(self) -> str:
        """Return what its folders are called, such as `python3.11`."""
        return f"python{self.version[0]}.{self.version[1]}"

    def fits(self, wheel: str) -> bool:
        """Tell whether a wheel of this file name can be installed for it."""
        pythons, abis, platforms = wheel.removesuffix(".whl").split("-")[-3:]
        return (
            any(self._fits_python(python, abi) for python in pythons.split(".") for abi in abis.split("."))
            and any(self._fits_platform(platform) for platform in platforms.split("."))
        )  # fmt: skip

    def _fits_python(self, python: str, abi: str) -> bool:
        kind, major, minor = python[:2], python[2:3], python[3:]
        if major != str(self.version[0]) or (minor and not minor.isdigit()):
            return False
        if abi == "none":
            return not minor or int(minor) <= self.version[1]
        if kind != "cp" or not minor:
            return False
        return int(minor) <= self.version[1] if abi == "abi3" else abi == python and int(minor) == self.version[1]

    def _fits_platform(self, platform: str) -> bool:
        if platform in {"any", f"{self.system}_{self.machine}"}:
            return True
        legacy, _, machine = platform.partition("_")
        if legacy in _LEGACY:
            return self.system == "linux" and machine == self.machine and _LEGACY[legacy] <= self.system_version
        found = re.fullmatch(r"(manylinux|macosx)_(\d+)_(\d+)_(\w+)", platform)
        if found is None or found[1] != ("manylinux" if self.system == "linux" else "macosx"):
            return False
        machines = {self.machine} | ({"universal2"} if self.system == "darwin" else set())
        return found[4] in machines and (int(found[2]), int(found[3])) <= self.system_version


def running_interpreter() -> Interpreter:
    """Describe the Python that this runs in."""
    system, machine = sys.platform, os.uname().machine
    return Interpreter(
        executable=os.path.realpath(sys.executable),
        base_prefix=sys.base_prefix,
        version=sys.version_info[:3],
        cache_tag=str(sys.implementation.cache_tag),
        machine=machine,
        system=system,
        system_version=_glibc() if system == "linux" else _macos(),
    )


def _glibc() -> tuple[int, int]:
    found = re.search(r"(\d+)\.(\d+)", os.confstr("CS_GNU_LIBC_VERSION") or "")
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _macos() -> tuple[int, int]:
    import platform  # noqa: PLC0415 - 10 ms that Linux need not pay.

    major, minor = [*platform.mac_ver()[0].split("."), "0"][:2]
    return int(major or 0), int(minor or 0)
