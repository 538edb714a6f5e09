"""Host: the machine that etbuild runs on, as a value. Knows nothing of how it was found out."""

from __future__ import annotations

from etbuild.model.frozen import frozen


@frozen
class Host:
    """What analysis may know of this machine."""

    cpu: str
    """`x86_64` or `aarch64`: the name of a constraint value in @etbuild//toolchains/cpu."""
    os: str
    """`linux` or `macos`: the name of a constraint value in @etbuild//toolchains/os."""
    cores: int = 1
    ram: int = 0
    """In bytes."""
