"""Foreign projects: a CMake tree in a git repository with a submodule becomes a library, and a runtime."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.workspace import Workspace, cache_beside
from tests.git_repositories import committed, git

ENGINE = {
    "CMakeLists.txt": """
        cmake_minimum_required(VERSION 3.16)
        project(engine C CXX)
        option(ENGINE_FAST "Be fast" OFF)
        configure_file(version.h.in ${CMAKE_CURRENT_SOURCE_DIR}/include/engine/version.h)
        add_library(engine STATIC engine.cpp third_party/maths/twice.c)
        target_include_directories(engine PUBLIC include third_party/maths)
        target_compile_definitions(engine PUBLIC ENGINE_ABI=2)
        if(ENGINE_FAST)
          target_compile_definitions(engine PRIVATE FAST=1)
        endif()
        add_library(kernels STATIC kernels.cpp)
        target_include_directories(kernels PUBLIC include)
        install(TARGETS engine kernels DESTINATION ${CMAKE_INSTALL_LIBDIR})
        install(DIRECTORY include/ DESTINATION include)
        """,
    "version.h.in": "#define ENGINE_POINTER_BYTES @CMAKE_SIZEOF_VOID_P@\n",
    "include/engine/engine.h": """
        #pragma once
        #include "engine/version.h"
        #if !defined(ENGINE_ABI) || ENGINE_ABI != 2
        #error "whoever includes this must say ENGINE_ABI=2"
        #endif
        int run(int value);
        void add_kernel(int (*kernel)(int));
        const char* built_in();
        """,
    "engine.cpp": """
        #define ENGINE_ABI 2
        #include "engine/engine.h"
        #ifdef NDEBUG
        #error "the mode says how it is compiled, not a build type"
        #endif
        extern "C" int twice(int);
        static int (*kernel)(int) = nullptr;
        void add_kernel(int (*given)(int)) { kernel = given; }
        int run(int value) { return kernel == nullptr ? -1 : kernel(twice(value)) + FAST; }
        const char* built_in() { return __FILE__ __DATE__; }
        """,
    "kernels.cpp": """
        #define ENGINE_ABI 2
        #include "engine/engine.h"
        // Nothing refers to it: it is there only if the archive is linked whole.
        static const bool registered = (add_kernel([](int value) { return value + 100; }), true);
        """,
}
BUILD = """
[cmake_project.engine]
src = "@engine//:all"
options = { ENGINE_FAST = true }
libraries = ["install/lib/libkernels.a", "install/lib/libengine.a"]
alwayslink = ["install/lib/libkernels.a"]

[et_runtime.runtime]
provider = "cmake"
project = ":engine"
defines = ["ENGINE_ABI=2"]

[cc_test.app_test]
srcs = ["app.cpp"]
deps = [":runtime"]
"""
APP = """
#include <cstdio>
#include <cstring>
#include "engine/engine.h"
int main() {
  std::printf("%d %s\\n", run(21), built_in());
  const bool clean = std::strncmp(built_in(), "./source/engine.cpp", 19) == 0 && std::strstr(built_in(), "redacted");
  return run(21) == 143 && clean && ENGINE_POINTER_BYTES == sizeof(void*) ? 0 : 1;
}
"""


class Foreign(Workspace):
    """A workspace that builds a CMake project of a git repository, with a cache of its own."""

    def __init__(self, folder: Path) -> None:
        committed(folder / "maths", {"twice.c": "int twice(int value) { return 2 * value; }\n"})
        committed(folder / "engine", ENGINE)
        git(folder / "engine", "submodule", "add", "-q", "../maths", "third_party/maths")
        self.commit = committed(folder / "engine", {})
        super().__init__(folder / "workspace", cache_beside(folder / "cache"), {"BUILD.toml": BUILD, "app.cpp": APP})
        (self.root / "WORKSPACE").write_text(
            'name = "foreign"\nfamilies = ["core", "py", "cc", "et"]\ntoolchains = ["@etbuild//toolchains:cc"]\n'
            '[[repository]]\nname = "engine"\nkind = "git"\nurl = "../engine"\nsubmodules = true\n'
            f'commit = "{self.commit}"\nbuild_file = "//:engine.toml"\n'
        )
        (self.root / "engine.toml").write_text(
            '[filegroup.all]\nsrcs = [{ glob = ["**"] }]\nvisibility = ["//visibility:public"]\n'
        )
        self.said("lock")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Foreign:
    return Foreign(tmp_path_factory.mktemp("foreign"))


def test_a_runtime_of_ones_own_is_built_by_its_cmake_and_linked_whole(foreign: Foreign) -> None:
    assert "2 passed" in foreign.said("test", "//:app_test", "--platform=linux_x86_64", "--platform=linux_aarch64")


def test_another_compiler_builds_it_too(foreign: Foreign) -> None:
    workspace = (foreign.root / "WORKSPACE").read_text()
    clang = workspace.replace('["@etbuild//toolchains:cc"]', '["@etbuild//toolchains/clang:linux_x86_64"]')
    (foreign.root / "WORKSPACE").write_text(clang)
    try:
        assert "1 passed" in foreign.said("test", "//:app_test", "--platform=linux_x86_64")
    finally:
        (foreign.root / "WORKSPACE").write_text(workspace)


def test_the_same_commit_gives_the_same_bytes_from_another_folder_unconfined(foreign: Foreign, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    other = Foreign(tmp_path / "else")
    for workspace, words in ((foreign, ()), (other, ("--sandbox=none",))):
        workspace.said("//:engine", "--platform=linux_aarch64", *words)
    folder = "etbuild-out/linux_aarch64/engine/install"
    found = [
        {str(path.relative_to(each.root / folder)): path.read_bytes() for path in (each.root / folder).rglob("*.*")}
        for each in (foreign, other)
    ]
    assert found[0] == found[1]
    assert set(found[0]) == {
        "include/engine/engine.h",
        "include/engine/version.h",
        "lib/libengine.a",
        "lib/libkernels.a",
    }


def test_a_library_that_the_project_does_not_make_is_named_beside_those_it_makes(foreign: Foreign) -> None:
    text = BUILD.replace('"install/lib/libengine.a"', '"install/lib/libmotor.a"')
    (foreign.root / "BUILD.toml").write_text(text)
    try:
        said = foreign.said("//:engine", code=1)
    finally:
        (foreign.root / "BUILD.toml").write_text(BUILD)
    assert "error[cmake-not-made]: the CMake project must make 'install/lib/libmotor.a', and does not" in said
    assert "it makes install/lib/libengine.a" in said
    assert "BUILD.toml:2:1" in said


def test_what_cmake_says_of_a_broken_project_is_shown(foreign: Foreign) -> None:
    broken = committed(
        foreign.root.parent / "engine", {"CMakeLists.txt": "project(x)\nfind_package(Nothing REQUIRED)\n"}
    )
    workspace = (foreign.root / "WORKSPACE").read_text()
    (foreign.root / "WORKSPACE").write_text(workspace.replace(foreign.commit, broken))
    try:
        assert "error[stale-lock]" in foreign.said("//:engine", code=2)
        foreign.said("lock")
        assert 'Could not find a package configuration file provided by "Nothing"' in foreign.said("//:engine", code=1)
    finally:
        (foreign.root / "WORKSPACE").write_text(workspace)
        foreign.said("lock")


@pytest.mark.parametrize(("folder", "path"), [("", "src"), ("deep/er/", "deep/er/src")])
def test_a_mistake_in_a_source_is_told_where_it_stands(tmp_path: Path, folder: str, path: str) -> None:
    build = '[filegroup.all]\nsrcs = [{ glob = ["CMakeLists.txt", "src/**"] }]\n[cmake_project.broken]\nsrc = ":all"\n'
    files = {
        "WORKSPACE": 'name = "own"\nfamilies = ["core", "cc"]\ntoolchains = ["@etbuild//toolchains:cc"]\n',
        f"{folder}BUILD.toml": f'{build}targets = ["broken"]\nlibraries = ["build/libbroken.a"]\n',
        f"{folder}CMakeLists.txt": "project(broken C)\nadd_library(broken src/broken.c)\n",
        f"{folder}src/broken.c": "int a(void) { return 0; }\nint b(void) { return nothing; }\n",
    }
    workspace = Workspace(tmp_path / "workspace", cache_beside(tmp_path / "cache"), files)
    said = workspace.said("//...", code=1)
    assert f"    {path}/broken.c:2:22: error: " in said
    assert "CmakeProject of '//" in said


def test_nothing_of_the_machine_beside_the_toolchain_is_found(foreign: Foreign) -> None:
    """A library that is installed here would be in no key: a project that looks for it must not find it."""
    text = "cmake_minimum_required(VERSION 3.16)\nproject(x C)\nfind_library(found m PATHS /usr/lib/x86_64-linux-gnu)\n"
    text += 'message(FATAL_ERROR "found: ${found}")\n'
    commit = committed(foreign.root.parent / "engine", {"CMakeLists.txt": text})
    workspace = (foreign.root / "WORKSPACE").read_text()
    (foreign.root / "WORKSPACE").write_text(workspace.replace(foreign.commit, commit))
    try:
        foreign.said("lock")
        assert "found: found-NOTFOUND" in foreign.said("//:engine", code=1)
    finally:
        (foreign.root / "WORKSPACE").write_text(workspace)
        foreign.said("lock")
