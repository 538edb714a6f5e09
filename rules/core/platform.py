"""platform: what outputs are for, and how its programs run here. The engine reads its attributes; no action uses it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from etbuild.api import Attrs, DefaultInfo, Dep, Limits, Provider, RuleContext, Size, Src, after, rule


class MemoryAttrs(Attrs):
    """A range of addresses."""

    origin: Annotated[int, Limits(ge=0)]
    """Its first address."""

    size: Annotated[Size, Limits(gt=0)]
    """Bytes, or a text such as "512KiB"."""


def _symbol(name: str) -> str:
    """Refuse a name that is no part of a linker script's symbols, as in `__memory_flash_origin`."""
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("must be named with letters, digits and _, and not begin with a digit")
    return name


def _apart(memory: Mapping[str, MemoryAttrs]) -> Mapping[str, MemoryAttrs]:
    """Refuse regions that share addresses."""
    regions = sorted(memory.items(), key=lambda item: item[1].origin)
    for (name, region), (other, following) in itertools.pairwise(regions):
        end = region.origin + region.size
        if end > following.origin:
            shared = min(end, following.origin + following.size) - following.origin
            raise ValueError(
                f"must not overlap: '{name}' ends at {end:#x}, '{other}' starts at {following.origin:#x}, "
                f"they share {shared} bytes"
            )
    return memory


class PlatformAttrs(Attrs):
    """Attributes of platform."""

    constraints: tuple[Dep, ...] = ()
    """Its constraint values, at most one a setting."""

    parents: tuple[Dep, ...] = ()
    """Platforms whose values it takes over where it names none of that setting itself."""

    run_under: tuple[str, ...] = ()
    """The command that runs its programs on the host: an emulator, or a script that talks to a device. A word that
    stands in `files` becomes that file's path."""

    files: tuple[Src, ...] = ()
    """Sources that `run_under` needs, such as a script: changed ones make tests run again."""

    programs: tuple[str, ...] = ()
    """This machine's programs that `run_under` needs."""

    packages: tuple[str, ...] = ()
    """Debian packages that `run_under` needs beside those programs, such as a system root."""

    hint: str = ""
    """What to do where they are missing."""

    memory: Annotated[dict[Annotated[str, after(_symbol)], MemoryAttrs], after(_apart)] = {}
    """Where no operating system is: regions by name. Code and constants go to `flash`, the rest to `ram`."""


@rule(attrs=PlatformAttrs)
def platform(_ctx: RuleContext[PlatformAttrs]) -> Sequence[Provider]:
    """Name a set of constraint values that outputs can be for."""
    return [DefaultInfo()]
