"""How archives, shared libraries and programs are linked: in which order, and what is found where at run time."""

from __future__ import annotations

from typing import Any

import pytest

from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label
from etbuild.model.rule import DefaultInfo, RunInfo, TestInfo
from rules.cc.binary import cc_binary
from rules.cc.imported import cc_import
from rules.cc.library import cc_library
from rules.cc.merge import merge
from rules.cc.providers import CcInfo, LinkedLibrary
from rules.cc.test import cc_test
from tests.rules.cc.compiler import library, made_by, without


def linked(name: str, **how: Any) -> LinkedLibrary:
    return LinkedLibrary(Label("", name, name), **{"archive": Artifact(f"{name}/lib{name}.a", "host"), **how})


def shared(name: str) -> LinkedLibrary:
    return linked(name, archive=None, shared=Artifact(f"{name}/lib{name}.so", "host"))


def with_libraries(*libraries: LinkedLibrary, **attrs: Any) -> list[str]:
    """Return the words of a program's link from the first object on."""
    info = CcInfo(libraries=libraries, linkopts=("-lm",))
    made = made_by(cc_binary, {"srcs": ("main.cc",), "deps": ("//d",), **attrs}, {"//d:d": [info]})
    words = list(made.action("CcLink").argv)
    return words[words.index("-o") + 2 :]


def test_an_archive_is_made_without_times_and_names_and_says_which_symbols_it_defines() -> None:
    made = made_by(cc_library, {"srcs": ("a.cc", "b.c")})
    action = made.action("CcArchive")
    assert action.argv[2:] == (
        "/usr/bin/ar", "rcsD", "app/libit.a", "app/_cc/it/a.cc.o", "app/_cc/it/b.c.o"
    )  # fmt: skip
    assert [output.path for output in action.outputs] == ["app/libit.a", "app/_cc/it.symbols"]


def test_a_library_of_headers_only_makes_no_archive() -> None:
    made = made_by(cc_library, {"hdrs": ("it.h",)})
    assert made.get(CcInfo).libraries == ()
    assert made.outputs == ()


def test_dependents_are_linked_before_what_they_need_each_once() -> None:
    low, left, right = linked("low"), linked("left"), linked("right")
    infos = [CcInfo(libraries=(low,)), CcInfo(libraries=(left, low)), CcInfo(libraries=(right, low))]
    assert merge(infos).libraries == (left, right, low)


def test_a_program_links_its_objects_then_libraries_then_options() -> None:
    words = with_libraries(linked("high"), linked("low", alwayslink=True), linkopts=("-ldl",))
    assert words == [
        "app/_cc/it/main.cc.o", "high/libhigh.a", "-Wl,--whole-archive", "low/liblow.a", "-Wl,--no-whole-archive",
        "-ldl", "-lm",
    ]  # fmt: skip


def test_shared_libraries_are_found_from_where_the_program_is() -> None:
    words = with_libraries(shared("a"), shared("app"), linked("b"))
    assert words[1:4] == ["a/liba.so", "app/libapp.so", "b/libb.a"]
    assert words[4:7] == ["-Wl,--enable-new-dtags", "-Wl,-rpath,$ORIGIN/../a", "-Wl,-rpath,$ORIGIN"]


@pytest.mark.parametrize(("linkstatic", "word"), [(True, "a/liba.a"), (False, "a/liba.so")])
def test_of_a_library_that_is_both_a_program_says_which_it_links(linkstatic: bool, word: str) -> None:
    both = linked("a", shared=Artifact("a/liba.so", "host"))
    assert with_libraries(both, linkstatic=linkstatic)[1] == word


def test_a_program_runs_with_its_shared_libraries_and_data() -> None:
    info = CcInfo(libraries=(shared("a"),), data=InputSet((Artifact("a/table", location="/workspace/a/table"),)))
    made = made_by(cc_binary, {"srcs": ("m.cc",), "deps": ("//d",), "data": ("own.txt",)}, {"//d:d": [info]})
    assert {artifact.path for artifact in made.get(RunInfo).inputs} == {"app/it", "a/liba.so", "app/own.txt", "a/table"}
    assert [artifact.path for artifact in made.get(DefaultInfo).beside] == ["a/liba.so"]


def test_a_shared_library_has_its_file_name_as_its_soname() -> None:
    made = made_by(cc_library, {"srcs": ("a.cc",), "linkstatic": False})
    words = made.action("CcLink").argv[2:]
    assert words[:4] == ("/usr/bin/g++", "-shared", "-Wl,-soname,libit.so", "-Wl,x")
    assert library(made.get(CcInfo)).archive is None


def test_a_toolchain_that_makes_no_shared_libraries_says_so() -> None:
    with pytest.raises(
        EtbuildError, match=r"no-shared-libraries.*'//tools:gcc' must make shared libraries for '//app:it'"
    ):
        made_by(cc_library, {"srcs": ("a.cc",), "linkstatic": False}, toolchain=without(shared_suffix=""))


def test_a_prebuilt_shared_library_is_placed_where_programs_find_it() -> None:
    made = made_by(cc_import, {"hdrs": ("it.h",), "includes": (".",), "shared": "lib/libx.so.2"})
    assert made.action("CcPlace").argv == ("/bin/cp", "app/lib/libx.so.2", "app/_cc/it/libx.so.2")
    info = made.get(CcInfo)
    assert info.system_includes == ("app",)
    assert library(info).shared == Artifact("app/_cc/it/libx.so.2", "host")


def test_a_test_is_run_as_it_is_said_to_be() -> None:
    made = made_by(cc_test, {"srcs": ("t.cc",), "args": ("--fast",), "env": {"A": "1"}, "timeout": 7})
    assert made.test is not None
    assert made.test.argv == ("app/it", "--fast")
    assert (made.test.env, made.test.timeout) == ((("A", "1"),), 7)


def test_a_link_knows_which_target_each_library_is_of() -> None:
    one, two = linked("a", symbols=Artifact("a/_cc/a.symbols", "host")), linked("b")
    info = CcInfo(libraries=(one, two))
    made = made_by(cc_binary, {"srcs": ("main.cc",), "deps": ("//d",)}, {"//d:d": [info]})
    env = dict(made.action("CcLink").env)
    assert env["CC_LIBRARIES"] == "a/liba.a //a\na/_cc/a.symbols //a\nb/libb.a //b\n"
    assert env["CC_SYMBOLS"] == "a/_cc/a.symbols"


@pytest.mark.parametrize(
    ("word", "path"),
    [
        (":it.pte", "app/it.pte"),
        ("it.pte", "app/it.pte"),
        ("//m:x", "m/x.pte"),
        (":x", ":x"),
        ("x", "x"),
        ("-v", "-v"),
    ],
)
def test_a_word_of_a_test_that_names_its_data_is_the_path_of_that(word: str, path: str) -> None:
    program = DefaultInfo((Artifact("m/x.pte", "host"),))
    attrs = {"srcs": ("main.cc",), "data": (":it.pte", "//m:x"), "args": (word,)}
    info = made_by(cc_test, attrs, {"//m:x": [program]}).get(TestInfo)
    assert [str(getattr(each, "path", each)) for each in info.argv[1:]] == [path]
