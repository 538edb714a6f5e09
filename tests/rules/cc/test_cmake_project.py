"""cmake_project: what its action is made of, and the toolchain file that CMake is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from etbuild.model.action import Mount
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label
from etbuild.testing import Analyzed, analyze
from rules.cc.cmake_project import cmake_project
from rules.cc.providers import CcFlags, CcInfo, CcToolchainInfo

TOOLCHAIN = CcToolchainInfo(
    Label("", "t", "gcc"),
    c=("/usr/bin/arm-gcc",),
    cxx=("/zig/zig", "c++", "-target", "x"),
    link=("/usr/bin/arm-g++",),
    archive=("/usr/bin/arm-ar", "rcsD"),
    flags=CcFlags(compile=("-fPIC", '-DDAY="a day"'), c=("-Wc",), link=("-s",), link_program=("-pie",)),
    modes=(("opt", CcFlags(compile=("-O2",))),),
    lto=None,
    standards=frozenset({"c17"}),
    mounts=(Mount("/usr", "2" * 64, kind="system"),),
)
ATTRS: Mapping[str, Any] = {
    "src": "@lib//:all",
    "root": "c/lib",
    "options": {"TESTS": False, "NAME": "two words"},
    "includes": ("install/include", "source/include"),
    "libraries": ("install/lib/liba.a", "build/libb.so.1"),
    "alwayslink": ("install/lib/liba.a",),
    "defines": ("ABI=1",),
}


def project(**changes: Any) -> Analyzed:
    return analyze(cmake_project, {**ATTRS, **changes}, toolchains={"cc": [TOOLCHAIN]}, label="//app:lib")


def test_one_action_builds_the_project_and_takes_out_what_is_named() -> None:
    action = project().action("CmakeProject")
    assert action.argv[2:] == (
        "external/lib/c/lib", "-DNAME=two words", "-DTESTS=OFF", "--targets", "install", "--wanted",
        "install/include", "app/lib/install/include", "source/include", "app/lib/source/include",
        "install/lib/liba.a", "app/lib/install/lib/liba.a", "build/libb.so.1", "app/lib/build/libb.so.1",
    )  # fmt: skip
    assert {mount.path for mount in action.mounts} == {"/usr"}


def test_what_it_makes_is_for_whoever_compiles_and_links() -> None:
    info = project().get(CcInfo)
    assert info.system_includes == ("app/lib/install/include", "app/lib/source/include")
    assert info.defines == ("ABI=1",)
    [archive, shared] = info.libraries
    assert (archive.archive and archive.archive.path, archive.alwayslink) == ("app/lib/install/lib/liba.a", True)
    assert (shared.archive, shared.shared and shared.shared.path) == (None, "app/lib/build/libb.so.1")


def test_the_toolchain_file_says_what_the_toolchain_says() -> None:
    text = dict(project().action("CmakeProject").env)["CMAKE_TOOLCHAIN"]
    assert 'set(CMAKE_CXX_COMPILER "/zig/zig" "c++" "-target" "x")\n' in text
    assert """set(CMAKE_C_FLAGS_INIT "-fPIC '-DDAY=\\\"a day\\\"' -Wc '-ffile-prefix-map=$ENV{CMAKE_WORK}=.' """ in text
    assert 'set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "" CACHE STRING "")\n' in text, "only the mode optimizes"
    assert 'set(CMAKE_C_ARCHIVE_CREATE "/usr/bin/arm-ar rcsD <TARGET> <OBJECTS>")\n' in text
    assert 'set(CMAKE_EXE_LINKER_FLAGS_INIT "-s -pie")\n' in text
    assert "CMAKE_SYSTEM_NAME" not in text, "the host is not crossed to"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"libraries": ("lib/liba.a",)}, "'lib/liba.a' must begin with source/, build/ or install/"),
        ({"includes": ("include",)}, "'include' must begin with source/, build/ or install/"),
        ({"alwayslink": ("install/lib/other.a",)}, "'install/lib/other.a' must be one of 'libraries', is not"),
    ],
)
def test_a_path_that_says_not_where_it_is_from_is_refused(changes: Mapping[str, Any], message: str) -> None:
    with pytest.raises(EtbuildError, match="bad-cmake-path") as error:
        project(**changes)
    assert error.value.diagnostics[0].message == message
