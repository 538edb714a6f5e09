"""et_runtime of sources: parts by feature, what they are compiled with, what dependents see."""

from __future__ import annotations

from typing import Any

import pytest

from etbuild.api import Artifact, EtbuildError, Provider
from etbuild.model.action import Action
from etbuild.testing import Analyzed, analyze
from rules.cc.providers import CcInfo
from rules.et.providers import EtRuntimeInfo
from rules.et.runtime import et_runtime
from rules.et.runtime_sources import EtRuntimeSourcesInfo, et_runtime_sources
from tests.rules.cc.compiler import TOOLCHAIN

INCLUDE = Artifact("runtime/sources/include", "host", is_tree=True)


def part(name: str, *files: str) -> tuple[str, tuple[Artifact, ...]]:
    return name, tuple(Artifact(f"runtime/{file}") for file in files)


SOURCES = EtRuntimeSourcesInfo(
    INCLUDE,
    (),
    (
        part("core", "core/tag.cpp", "core/plan.h", "executor/method.cpp"),
        part("prim_ops", "prim_ops/scalar.cpp"),
        part("threadpool", "extension/threadpool/pool.cpp", "extension/threadpool/pool.h"),
        part("data_loader", "extension/data_loader/file.cpp"),
        part("module", "extension/module/module.cpp"),
    ),
)


def runtime(label: str = "//runtime:source", **attrs: Any) -> Analyzed:
    given = {"provider": "source", "sources": "//runtime:sources", **attrs}
    deps: dict[str, list[Provider]] = {"//runtime:sources": [SOURCES]}
    return analyze(et_runtime, attrs=given, deps=deps, toolchains={"cc": [TOOLCHAIN]}, label=label, platform="host")


def compiled(analyzed: Analyzed) -> dict[str, Action]:
    """Return the compiles by their sources."""
    found = [action for action in analyzed.actions if action.mnemonic == "CcCompile"]
    return {action.argv[action.argv.index("-c") + 1]: action for action in found}


def test_all_parts_are_compiled_into_one_archive_unless_features_are_given() -> None:
    analyzed = runtime()
    assert list(compiled(analyzed)) == [
        "runtime/core/tag.cpp",
        "runtime/executor/method.cpp",
        "runtime/prim_ops/scalar.cpp",
        "runtime/extension/threadpool/pool.cpp",
        "runtime/extension/data_loader/file.cpp",
        "runtime/extension/module/module.cpp",
    ]
    [library] = analyzed.get(CcInfo).libraries
    assert str(library.archive) == "runtime/libsource.a"
    assert analyzed.outputs == (library.archive,)


def test_a_feature_brings_what_it_needs() -> None:
    analyzed = runtime(features=("module",))
    assert analyzed.get(EtRuntimeInfo).features == ("data_loader", "module")
    assert "runtime/extension/data_loader/file.cpp" in compiled(analyzed)
    assert "runtime/prim_ops/scalar.cpp" not in compiled(analyzed)


@pytest.mark.parametrize(
    ("attrs", "defines"),
    [
        ({}, ("ET_LOG_ENABLED=1", "ET_MIN_LOG_LEVEL=Info")),
        ({"log": "off"}, ("ET_LOG_ENABLED=0",)),
        ({"log": "error"}, ("ET_LOG_ENABLED=1", "ET_MIN_LOG_LEVEL=Error")),
        ({"log": "all"}, ("ET_LOG_ENABLED=1", "ET_MIN_LOG_LEVEL=Debug")),
        ({"features": ("tracer",)}, ("ET_LOG_ENABLED=1", "ET_MIN_LOG_LEVEL=Info", "ET_EVENT_TRACER_ENABLED")),
        ({"features": ("threadpool",)}, ("ET_LOG_ENABLED=1", "ET_MIN_LOG_LEVEL=Info", "ET_USE_THREADPOOL")),
    ],
)
def test_runtime_and_dependents_agree_on_what_is_defined(attrs: dict[str, Any], defines: tuple[str, ...]) -> None:
    analyzed = runtime(**{"features": (), **attrs})
    assert analyzed.get(CcInfo).defines == ("C10_USING_CUSTOM_GENERATED_MACROS", *defines)
    argv = compiled(analyzed)["runtime/core/tag.cpp"].argv
    assert set(argv) >= {f"-D{define}" for define in analyzed.get(CcInfo).defines}


def test_what_only_the_runtime_asks_is_defined_for_it_alone() -> None:
    analyzed = runtime(registry_capacity=0, features=())
    own = {"-DET_REGISTRY_CAPACITY=0", "-DET_HAS_PRIM_OPS=0"}
    assert own < set(compiled(analyzed)["runtime/core/tag.cpp"].argv)
    assert not {f"-D{define}" for define in analyzed.get(CcInfo).defines} & own
    usual = compiled(runtime())["runtime/core/tag.cpp"].argv
    assert {"-DET_REGISTRY_CAPACITY=2000", "-DET_HAS_PRIM_OPS=1"} < set(usual)


def test_only_what_apps_may_derive_from_has_rtti() -> None:
    found = {source: "-fno-rtti" in action.argv for source, action in compiled(runtime()).items()}
    assert found == {
        "runtime/core/tag.cpp": True,
        "runtime/executor/method.cpp": True,
        "runtime/prim_ops/scalar.cpp": True,
        "runtime/extension/threadpool/pool.cpp": False,
        "runtime/extension/data_loader/file.cpp": False,
        "runtime/extension/module/module.cpp": False,
    }
    assert all("-fno-exceptions" in action.argv for action in compiled(runtime()).values())


def test_runtimes_of_one_kind_share_what_is_compiled_for_them() -> None:
    one, other = (compiled(runtime(f"//{app}:runtime", log="off")) for app in ("face", "voice"))
    for source, action in one.items():
        same = other[source]
        assert (action.argv, action.env, action.outputs) == (same.argv, same.env, same.outputs)
        assert list(action.inputs) == list(same.inputs)


@pytest.mark.parametrize("attrs", [{"log": "off"}, {"registry_capacity": 0}, {"features": ()}, {"copts": ("-Wextra",)}])
def test_what_is_compiled_for_runtimes_of_two_kinds_lies_apart(attrs: dict[str, Any]) -> None:
    one, other = (
        {file for each in compiled(r).values() for file in each.outputs} for r in (runtime(), runtime(**attrs))
    )
    assert one.isdisjoint(other)


def test_private_headers_are_found_by_bare_name_and_public_ones_do_not_warn() -> None:
    info = runtime(copts=("-Wconversion",)).get(CcInfo)
    assert info.includes == ("runtime/core", "runtime/extension/threadpool")
    assert info.system_includes == (
        "runtime/sources/include",
        "runtime/sources/include/executorch/runtime/core/portable_type/c10",
    )
    argv = compiled(runtime(copts=("-Wconversion",)))["runtime/core/tag.cpp"].argv
    assert "-Wconversion" in argv
    assert "-Iruntime/core" in argv


def test_a_shared_library_is_called_as_its_target() -> None:
    analyzed = runtime(shared=True)
    [library] = analyzed.get(CcInfo).libraries
    assert str(library.shared) == "runtime/libsource.so"
    assert library.archive is None
    assert "-Wl,-soname,libsource.so" in analyzed.action("CcLink").argv
    assert "runtime/core/tag.cpp" in compiled(analyzed)


def test_an_overlay_stands_before_all_other_headers() -> None:
    overlay = (Artifact("runtime/headers/assert.h"),)
    sources = EtRuntimeSourcesInfo(INCLUDE, overlay, SOURCES.parts)
    attrs = {"provider": "source", "sources": ":sources"}
    deps: dict[str, list[Provider]] = {"//runtime:sources": [sources]}
    analyzed = analyze(et_runtime, attrs=attrs, deps=deps, toolchains={"cc": [TOOLCHAIN]}, label="//runtime:source")
    assert analyzed.get(CcInfo).includes[0] == "runtime/headers"
    assert overlay[0] in analyzed.get(CcInfo).direct_headers


def test_a_feature_without_sources_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(EtbuildError) as raised:
        runtime(features=("etdump",))
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "wrong-feature"
    known = "tracer, prim_ops, threadpool, data_loader, module"
    assert diagnostic.message == f"a feature of provider = \"source\" must be one of {known}, is 'etdump'"


def test_sources_must_be_given() -> None:
    with pytest.raises(EtbuildError, match="'sources' must be given for provider = \"source\""):
        runtime(sources=None)


def test_sources_take_nothing_but_headers_out_of_the_wheel() -> None:
    attrs = {"headers": "@wheel", "core": ("core/tag.cpp",), "module": ("module.cpp", "module_state.h")}
    analyzed = analyze(et_runtime_sources, attrs=attrs, label="//runtime:sources")
    action = analyzed.action("EtRuntimeFiles")
    assert action.argv[-1] == "runtime/sources/include"
    assert action.argv[-2].endswith("/executorch/include")
    info = analyzed.get(EtRuntimeSourcesInfo)
    assert [name for name, _ in info.parts] == ["core", "module"]
