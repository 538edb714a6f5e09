"""How sources are compiled: words in order, what an action sees, what is refused."""

from __future__ import annotations

import pytest

from etbuild.model.action import Action
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import EtbuildError
from rules.cc.library import cc_library
from rules.cc.providers import CcInfo
from tests.rules.cc.compiler import TOOLCHAIN, made_by, without

HEADER = Artifact("near/near.h", location="/workspace/near/near.h")
FAR = Artifact("far/far.h", location="/workspace/far/far.h")
NEAR = CcInfo(
    headers=InputSet((HEADER, FAR)),
    direct_headers=(HEADER,),
    includes=("near/include",),
    system_includes=("foreign",),
    defines=("NEAR",),
)


def compiled(*sources: str, **attrs: object) -> list[Action]:
    made = made_by(cc_library, {"srcs": sources, **attrs}, {"//near:near": [NEAR]})
    return [action for action in made.actions if action.mnemonic == "CcCompile"]


def words(action: Action) -> str:
    return " ".join(action.argv[2:])


def test_a_source_is_compiled_by_its_language_and_what_belongs_to_it() -> None:
    c, cxx, asm, plain = (words(action) for action in compiled("a.c", "b.cc", "c.S", "d.s"))
    assert c.startswith("/usr/bin/gcc -fPIC -Wc -std=c17 -iquote . ")
    assert cxx.startswith("/usr/bin/g++ -fPIC -Wcxx -std=c++17 -iquote . ")
    assert asm.startswith("/usr/bin/gcc -fPIC -Wasm -iquote . ")
    assert cxx.endswith("-MD -MF app/_cc/it/b.cc.d -c app/b.cc -o app/_cc/it/b.cc.o")
    assert plain.endswith("-iquote . -c app/d.s -o app/_cc/it/d.s.o"), "what is not preprocessed has no headers"


def test_what_dependencies_export_comes_before_what_the_target_says_itself() -> None:
    [action] = compiled(
        "a.cc",
        deps=("//near",),
        defines=("OWN",),
        local_defines=("LOCAL=1",),
        includes=("include", "."),
        copts=("-O3",),
    )
    folders = "-Iapp/include -Iapp -Inear/include -isystem foreign"
    assert f" {folders} -DNEAR -DOWN -DLOCAL=1 -O3 -MD " in words(action)


@pytest.mark.parametrize(
    ("std", "of_c", "of_cxx"),
    [("c++20", "c17", "c++20"), ("c11", "c11", "c++17"), ("gnu++20", "c17", "gnu++20")],
)
def test_a_standard_is_that_of_its_language(std: str, of_c: str, of_cxx: str) -> None:
    c, cxx = compiled("a.c", "b.cc", std=std)
    assert f"-std={of_c}" in c.argv
    assert f"-std={of_cxx}" in cxx.argv


def test_all_that_can_be_included_is_an_input_and_only_direct_headers_may_be() -> None:
    [action] = compiled("a.cc", "own.h", deps=("//near",))
    assert {"app/a.cc", "app/own.h", "near/near.h", "far/far.h"} < {artifact.path for artifact in action.inputs}
    assert {artifact.path for artifact in action.headers} >= {"app/own.h", "near/near.h", "far/far.h"}
    env = dict(action.env)
    assert env["CC_OWN"] == "\napp/own.h\n"
    assert env["CC_MAY_INCLUDE"] == "\nnear/near.h\n"


def test_a_folder_of_headers_stands_for_all_in_it() -> None:
    folder = Artifact("near/headers", "host", is_tree=True)
    made = made_by(
        cc_library,
        {"srcs": ("a.cc",), "deps": ("//near",)},
        {"//near:near": [CcInfo(InputSet((folder,)), direct_headers=(folder,))]},
    )
    assert dict(made.action("CcCompile").env)["CC_FOLDERS"] == "near/headers/"


def test_implementation_deps_are_included_and_linked_but_not_exported() -> None:
    attrs = {"srcs": ("a.cc",), "hdrs": ("it.h",), "implementation_deps": ("//near",)}
    made = made_by(cc_library, attrs, {"//near:near": [NEAR]})
    assert "near/near.h" in dict(made.action("CcCompile").env)["CC_MAY_INCLUDE"]
    info = made.get(CcInfo)
    assert {artifact.path for artifact in info.headers} == {"app/it.h"}
    assert info.defines == ()


def test_the_mode_adds_its_flags() -> None:
    made = made_by(cc_library, {"srcs": ("a.cc",)}, mode="asan")
    assert "-fsanitize=address" in made.action("CcCompile").argv


def test_optimizing_at_link_time_names_what_is_random_by_the_object() -> None:
    [action] = compiled("a.cc", lto=True)
    assert "-flto" in action.argv
    assert "-frandom-seed=app/_cc/it/a.cc.o" in action.argv


@pytest.mark.parametrize("has", [True, False])
def test_optimizing_at_link_time_if_available_is_for_toolchains_that_have_it(*, has: bool) -> None:
    toolchain = TOOLCHAIN if has else without(lto=None)
    made = made_by(cc_library, {"srcs": ("a.cc",), "lto": "if-available"}, toolchain=toolchain)
    words = made.action("CcCompile").argv
    assert ("-flto" in words, any(str(word).startswith("-frandom-seed") for word in words)) == (has, has)


def test_two_sources_of_one_name_have_two_objects() -> None:
    assert [action.outputs[0].path for action in compiled("x/a.cc", "y/a.cc", "//other:a.cc", "a.c")] == [
        "app/_cc/it/x/a.cc.o",
        "app/_cc/it/y/a.cc.o",
        "app/_cc/it/_of/other/a.cc.o",
        "app/_cc/it/a.c.o",
    ]


def test_a_source_of_a_repository_finds_headers_from_its_root() -> None:
    info = made_by(cc_library, {"hdrs": ("it.h",)}, label="@lib//app:it").get(CcInfo)
    assert info.includes == ("external/lib",)


@pytest.mark.parametrize(
    ("attrs", "message"),
    [
        ({"srcs": ("a.cu",)}, r"unknown-source.*a source of '//app:it' must end in one of \.c, .*, is 'app/a\.cu'"),
        ({"std": "c++23"}, r"no-standard.*toolchain '//tools:gcc' must know the standard 'c\+\+23', knows c\+\+17, "),
    ],
)
def test_what_the_compiler_cannot_do_is_refused(attrs: dict[str, object], message: str) -> None:
    with pytest.raises(EtbuildError, match=f"(?s){message}"):
        made_by(cc_library, {"srcs": ("a.cc",), **attrs})


def test_a_toolchain_without_a_mode_or_link_time_optimization_says_so() -> None:
    with pytest.raises(EtbuildError, match=r"no-mode.*toolchain '//tools:gcc' must have mode 'tsan', has asan"):
        made_by(cc_library, {"srcs": ("a.cc",)}, mode="tsan")
    with pytest.raises(
        EtbuildError, match=r"(?s)no-lto.*toolchain '//tools:gcc' must have 'lto', has none.*if-available"
    ):
        made_by(cc_library, {"srcs": ("a.cc",), "lto": True}, toolchain=without(lto=None))
