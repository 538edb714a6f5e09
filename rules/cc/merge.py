"""What a target takes from several it depends on, as one CcInfo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from etbuild.api import InputSet
from rules.cc.providers import CcInfo, LinkedLibrary

ValueT = TypeVar("ValueT")


def merge(infos: Sequence[CcInfo]) -> CcInfo:
    """Join what targets give; `direct_headers` are those of all of them."""
    return CcInfo(
        headers=InputSet((), [info.headers for info in infos]),
        direct_headers=_once(header for info in infos for header in info.direct_headers),
        includes=_once(folder for info in infos for folder in info.includes),
        system_includes=_once(folder for info in infos for folder in info.system_includes),
        defines=_once(define for info in infos for define in info.defines),
        libraries=_link_order(infos),
        linkopts=_once(word for info in infos for word in info.linkopts),
        data=InputSet((), [info.data for info in infos]),
        exports=InputSet((), [info.exports for info in infos]),
    )


def _once(values: Iterable[ValueT]) -> tuple[ValueT, ...]:
    return tuple(dict.fromkeys(values))


def _link_order(infos: Sequence[CcInfo]) -> tuple[LinkedLibrary, ...]:
    """Keep the last of each: each list has what a library needs behind it, so that the last one has, too."""
    libraries = [library for info in infos for library in info.libraries]
    return tuple(reversed(dict.fromkeys(reversed(libraries))))
