"""The attributes that C and C++ targets share. Knows no actions."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from etbuild.api import Attrs, Dep, Request, Src, provides
from rules.cc.providers import CcInfo

Words = tuple[str, ...]
Lto = bool | Literal["if-available"]
"""Whether to optimize when linking; `"if-available"`: where the toolchain has `lto`."""
CcDeps = Annotated[tuple[Dep, ...], provides(CcInfo)]


class CcAttrs(Attrs):
    """Attributes of what is compiled."""

    srcs: tuple[Src, ...] = ()
    """Sources: C (.c), C++ (.cc .cpp .cxx), assembly (.S .s); headers that only they include; objects and archives.
    What they read by `.include` or `.incbin` and does not end as a header does, stands in `hdrs` of a library."""

    deps: CcDeps = ()
    """Libraries whose headers the sources may include, and that are linked."""

    local_defines: Words = ()
    """NAME or NAME=VALUE for these sources."""

    copts: Words = ()
    """Words for the compiler, of these sources, behind all others."""

    linkopts: Words = ()
    """Words for the link, such as `-lm`."""

    std: str = ""
    """The language standard, such as `c++20` or `c11`: of C++ sources, or of C sources if it is one of C's.
    [default: c++17 and c17]"""

    lto: Lto = False
    """Optimize when linking, across these sources and all others that ask for it; `"if-available"`: where the toolchain
    has `lto`."""

    data: tuple[Src, ...] = ()
    """Files and targets that it reads when it runs; their paths are relative to the working folder of tests."""


class CcProgramAttrs(CcAttrs):
    """Attributes of programs."""

    linkstatic: bool = True
    """Where a library is both archive and shared library, link the archive."""


CcAttrsT = TypeVar("CcAttrsT", bound=CcAttrs)
CcProgramAttrsT = TypeVar("CcProgramAttrsT", bound=CcProgramAttrs)


def cc_request(_attrs: CcAttrs) -> tuple[Request, ...]:
    """Ask for a C++ toolchain."""
    return (Request("cc"),)
