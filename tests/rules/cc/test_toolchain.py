"""cc_toolchain: from TOML to words, and what its actions are keyed by."""

from __future__ import annotations

from typing import Any

from etbuild.testing import analyze
from rules.cc.providers import CcToolchainInfo
from rules.cc.toolchain import cc_toolchain

ATTRS = {
    "c": ("arm-gcc", "-mthumb"),
    "cxx": ("{repository}/bin/c++",),
    "archive": ("arm-ar", "rcsD"),
    "standards": ("c17",),
}


def described(**attrs: Any) -> CcToolchainInfo:
    return analyze(cc_toolchain, {**ATTRS, **attrs}, toolchains={}).get(CcToolchainInfo)


def test_a_bare_name_is_a_program_of_the_machine() -> None:
    info = described(cxx=("arm-g++",))
    assert (info.c, info.archive) == (("/usr/bin/arm-gcc", "-mthumb"), ("/usr/bin/arm-ar", "rcsD"))
    assert info.link == ("/usr/bin/arm-g++",), "the C++ compiler links, where nothing else is said"
    assert [mount.path for mount in info.mounts] == ["/usr"]


def test_a_repository_is_a_folder_that_words_and_variables_name() -> None:
    info = described(repository="zig", env={"LIBRARY": "{repository}/lib"}, flags={"link": ("-L{repository}",)})
    [_, mount] = info.mounts
    assert info.cxx == (f"{mount.path}/bin/c++",)
    assert info.env == (("LIBRARY", f"{mount.path}/lib"),)
    assert info.flags.link == (f"-L{mount.path}",)


def test_flags_are_kept_by_occasion() -> None:
    info = described(modes={"opt": {"compile": ("-O2",)}}, lto={"link": ("-flto",)})
    assert info.mode("dbg") is None
    mode = info.mode("opt")
    assert mode is not None
    assert mode.compile == ("-O2",)
    assert info.lto is not None
    assert info.lto.link == ("-flto",)
