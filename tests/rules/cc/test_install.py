"""What C and C++ targets install, and how other builds are told of it."""

from __future__ import annotations

from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.label import Label
from rules.cc.install import install_cc
from rules.cc.providers import CcInfo, LinkedLibrary

LABEL = Label("", "a/b", "c")
TREE = Artifact("a/rt/include", "host", is_tree=True)
INFO = CcInfo(
    headers=InputSet([Artifact("a/include/x.h", location="/x"), TREE]),
    includes=("a/include", ".", "no/header/here"),
    system_includes=("a/rt/include", "a/rt/include/c10"),
    defines=("A", 'B="x"'),
    libraries=(
        LinkedLibrary(LABEL, Artifact("a/b/libc.a", "host"), Artifact("a/b/libc.so", "host")),
        LinkedLibrary(LABEL, Artifact("a/b/libk.a", "host"), alwayslink=True),
        LinkedLibrary(LABEL, None, Artifact("a/rt/lib/libq.so", "host"), alwayslink=True),
    ),
    linkopts=("-pthread", "-lm"),
)
TEXTS = dict(install_cc(LABEL, INFO).texts)


def test_headers_and_libraries_keep_their_places() -> None:
    assert [(file.kind, file.path) for file in install_cc(LABEL, INFO).files] == [
        ("header", "include/a/include/x.h"),
        ("header", "include/a/rt/include"),
        ("library", "lib/a/b/libc.a"),
        ("library", "lib/a/b/libc.so"),
        ("library", "lib/a/b/libk.a"),
        ("library", "lib/a/rt/lib/libq.so"),
    ]


def test_folders_without_headers_are_left_out_since_cmake_refuses_them() -> None:
    facts = install_cc(LABEL, INFO).facts["cc"]
    assert facts["include_directories"] == (
        "include/a/include",
        "include",
        "include/a/rt/include",
        "include/a/rt/include/c10",
    )


def test_cmake_links_all_of_an_archive_that_registers_itself() -> None:
    text = TEXTS["lib/cmake/etbuild_artifacts/targets/a.b.c.cmake"]
    assert "set(_target etbuild::a::b::c)" in text
    assert '"-Wl,--whole-archive,${etbuild_artifacts_ROOT}/lib/a/b/libk.a,--no-whole-archive"' in text
    assert text.index("lib/a/b/libc.a") < text.index("lib/a/b/libk.a") < text.index("lib/a/rt/lib/libq.so")
    assert '"B=\\"x\\""' in text


def test_pkg_config_holds_flags_relative_to_the_folder() -> None:
    text = TEXTS["lib/pkgconfig/etbuild-a-b-c.pc"]
    assert "-I${prefix}/include/a/include -I${prefix}/include " in text
    assert "-DA '-DB=\"x\"'\n" in text
    assert text.endswith(
        "Libs: -Wl,--no-as-needed -L${prefix}/lib -l:a/b/libc.a "
        "-Wl,--whole-archive,${prefix}/lib/a/b/libk.a,--no-whole-archive -L${prefix}/lib "
        "-L${prefix}/lib/a/rt/lib -lq -pthread -lm\n"
    )


def test_bazel_finds_headers_and_libraries_by_name() -> None:
    bazel = next(text for path, text in install_cc(LABEL, INFO).texts if path == "BUILD.bazel" and "a/b/c" in text)
    assert 'name = "a/b/c.libraries"' in bazel
    assert '+ glob([\n        "include/a/rt/include/**",\n    ])' in bazel
