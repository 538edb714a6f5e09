"""A toolchain as tests of the rules are given one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etbuild.model.action import Mount
from etbuild.model.frozen import replace
from etbuild.model.label import Label
from etbuild.model.rule import Provider, Rule
from etbuild.testing import Analyzed, analyze
from rules.cc.providers import CcFlags, CcInfo, CcToolchainInfo, LinkedLibrary

TOOLCHAIN = CcToolchainInfo(
    Label("", "tools", "gcc"),
    c=("/usr/bin/gcc",),
    cxx=("/usr/bin/g++",),
    link=("/usr/bin/g++",),
    archive=("/usr/bin/ar", "rcsD"),
    flags=CcFlags(compile=("-fPIC",), c=("-Wc",), cxx=("-Wcxx",), asm=("-Wasm",), link=("-Wl,x",)),
    modes=(("asan", CcFlags(compile=("-fsanitize=address",), link=("-fsanitize=address",))),),
    lto=CcFlags(compile=("-flto",), link=("-flto",)),
    standards=frozenset({"c11", "c17", "c++17", "c++20"}),
    mounts=(Mount("/usr", "2" * 64, kind="system"),),
    nm=("/usr/bin/nm",),
)


def made_by(
    rule: Rule[Any],
    attrs: Mapping[str, Any],
    deps: Mapping[str, Sequence[Provider]] | None = None,
    toolchain: CcToolchainInfo = TOOLCHAIN,
    **more: Any,
) -> Analyzed:
    """Run a rule's function with a compiler."""
    return analyze(rule, attrs, deps=deps, toolchains={"cc": [toolchain]}, **{"label": "//app:it", **more})


def without(**changes: Any) -> CcToolchainInfo:
    """Return a toolchain that is different."""
    return replace(TOOLCHAIN, **changes)


def library(info: CcInfo) -> LinkedLibrary:
    """Return the library that a target is itself."""
    return info.libraries[0]
