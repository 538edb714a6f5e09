"""Platform and Configuration: what outputs are for. Knows nothing of which toolchains serve it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etbuild.model.artifact import Artifact
from etbuild.model.frozen import field, frozen
from etbuild.model.label import Label

MODES = ("fastbuild", "dbg", "opt", "size", "asan", "ubsan", "tsan")


@frozen
class MemoryRegion:
    """A range of addresses that an image may use."""

    origin: int
    size: int
    """In bytes."""


@frozen
class Platform:
    """A named set of constraint values, at most one of each setting."""

    name: str
    """What a user types and what the output folder is called, such as `host` or `cortex_m55`."""
    label: Label | None = None
    """None for the host, which is detected."""
    constraints: Mapping[Label, Label] = field(default_factory=dict, hash=False)
    """Constraint setting to constraint value."""
    run_under: tuple[str | Artifact, ...] = ()
    """The command that runs this platform's programs on the host, such as an emulator's."""
    files: tuple[Artifact, ...] = ()
    """Sources that `run_under` reads."""
    programs: tuple[str, ...] = ()
    """This machine's programs that `run_under` needs."""
    packages: tuple[str, ...] = ()
    """Debian packages whose other files `run_under` needs, such as a system root."""
    hint: str = ""
    """What a user does who has none of them."""
    memory: Mapping[str, MemoryRegion] = field(default_factory=dict, hash=False)
    """Regions by name, where there is no operating system; `flash` and `ram` among them."""

    def emulates(self, argv: Sequence[str | Artifact]) -> bool:
        """Tell whether `run_under` runs this: a file that was built does, a program of this machine runs as it is."""
        return bool(self.run_under) and isinstance(argv[0], Artifact)


@frozen
class Configuration:
    """A platform and a mode: there are no other parts."""

    platform: Platform
    mode: str = "fastbuild"

    @property
    def name(self) -> str:
        """The name of its output folder."""
        return self.platform.name if self.mode == "fastbuild" else f"{self.platform.name}-{self.mode}"
