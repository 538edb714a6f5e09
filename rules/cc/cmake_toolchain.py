"""The text of a CMake toolchain file, of what a cc_toolchain says. Knows no project."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from etbuild.api import RuleContext
from rules.cc.compile_action import occasions
from rules.cc.providers import CcFlags, CcToolchainInfo

_SYSTEMS = {"linux": "Linux", "windows": "Windows", "macos": "Darwin", "wasi": "WASI"}
_MAPS = ("-ffile-prefix-map=$ENV{CMAKE_WORK}=.", "-fdebug-prefix-map=$ENV{CMAKE_WORK}=.")
"""Of the folder below which the tree is copied and built; GCC hands only the second to its assembler."""
_BUILD_TYPES = ("DEBUG", "RELEASE", "RELWITHDEBINFO", "MINSIZEREL")


def cmake_toolchain(ctx: RuleContext[Any], toolchain: CcToolchainInfo) -> str:
    """Return the toolchain file of the platform that `ctx` is built for, in its mode."""
    flags = occasions(ctx, toolchain, lto=False)
    lines = [*_system(ctx)]
    for language, words in (("C", toolchain.c), ("CXX", toolchain.cxx), ("ASM", toolchain.c)):
        lines.append(f"set(CMAKE_{language}_COMPILER {' '.join(map(_quoted, words))})")
        lines.append(_set(f"CMAKE_{language}_FLAGS_INIT", _words(flags, "compile", language.lower(), extra=_MAPS)))
        # The mode is ours: whatever build type a project asks for adds nothing.
        lines += [f'set(CMAKE_{language}_FLAGS_{kind} "" CACHE STRING "")' for kind in _BUILD_TYPES]
        # `D`: no times, users or modes in an archive.
        archive = shlex.join(toolchain.archive)
        for step in ("CREATE", "APPEND"):
            lines.append(_set(f"CMAKE_{language}_ARCHIVE_{step}", f"{archive} <TARGET> <OBJECTS>"))
        lines.append(_set(f"CMAKE_{language}_ARCHIVE_FINISH", ""))
    lines += [
        _set("CMAKE_AR", toolchain.archive[0]),
        _set("CMAKE_EXE_LINKER_FLAGS_INIT", _words(flags, "link", "link_program")),
        _set("CMAKE_SHARED_LINKER_FLAGS_INIT", _words(flags, "link", "link_shared")),
        _set("CMAKE_MODULE_LINKER_FLAGS_INIT", _words(flags, "link", "link_shared")),
    ]
    if toolchain.is_bare_metal:
        lines.append(_set("CMAKE_TRY_COMPILE_TARGET_TYPE", "STATIC_LIBRARY"))
    return "".join(f"{line}\n" for line in lines)


def _system(ctx: RuleContext[Any]) -> Iterable[str]:
    # What CMake finds on the machine beside the compiler's own would be in no key.
    yield _set("CMAKE_FIND_ROOT_PATH", "$ENV{CMAKE_WORK}")
    for what in ("LIBRARY", "INCLUDE", "PACKAGE"):
        yield _set(f"CMAKE_FIND_ROOT_PATH_MODE_{what}", "ONLY")
    if ctx.platform.label is None:
        return
    names = {setting.name: value.name for setting, value in ctx.platform.constraints.items()}
    yield _set("CMAKE_SYSTEM_NAME", _SYSTEMS.get(names.get("os", ""), "Generic"))
    yield _set("CMAKE_SYSTEM_PROCESSOR", names.get("cpu", ""))


def _words(flags: Iterable[CcFlags], *names: str, extra: Iterable[str] = ()) -> str:
    """Return words as the shell reads them, to which CMake hands its flags."""
    return shlex.join((*(word for one in flags for name in names for word in getattr(one, name)), *extra))


def _set(name: str, value: str) -> str:
    return f"set({name} {_quoted(value)})"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
