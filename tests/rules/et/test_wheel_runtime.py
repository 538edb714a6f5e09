"""et_runtime of a wheel or a project: libraries by feature, the flags of the ABI, platforms without libraries."""

from __future__ import annotations

from typing import Any

import pytest

from etbuild.api import Artifact, EtbuildError, InputSet, Label
from etbuild.testing import Analyzed, analyze
from rules.cc.providers import CcInfo, LinkedLibrary
from rules.et.providers import EtRuntimeInfo
from rules.et.runtime import et_runtime


def runtime(**attrs: Any) -> Analyzed:
    given = {"provider": "wheel", "wheel": "@executorch_linux_aarch64", **attrs}
    return analyze(et_runtime, attrs=given, label="//runtime:official")


def linked(analyzed: Analyzed) -> list[str]:
    return [str(library.shared) for library in analyzed.get(CcInfo).libraries]


def test_all_of_the_wheel_is_linked_dependents_first() -> None:
    assert linked(runtime()) == [
        "runtime/official/lib/libexecutorch_kernels_optimized.so",
        "runtime/official/lib/libexecutorch_kernels_quantized.so",
        "runtime/official/lib/libexecutorch_backend_xnnpack.so",
        "runtime/official/lib/libexecutorch_etdump.so",
        "runtime/official/lib/libexecutorch_threadpool.so",
        "runtime/official/lib/libexecutorch.so",
    ]


@pytest.mark.parametrize(
    ("features", "names"),
    [
        ((), ["executorch"]),
        (("etdump",), ["executorch_etdump", "executorch"]),
        # Kernels and XNNPACK run on the threadpool, whether it was asked for or not.
        (("xnnpack",), ["executorch_backend_xnnpack", "executorch_threadpool", "executorch"]),
        (("quantized_kernels",), ["executorch_kernels_quantized", "executorch_threadpool", "executorch"]),
    ],
)
def test_features_choose_libraries_and_bring_what_those_need(features: tuple[str, ...], names: list[str]) -> None:
    analyzed = runtime(features=features)
    assert linked(analyzed) == [f"runtime/official/lib/lib{name}.so" for name in names]
    assert [str(file) for file in analyzed.outputs] == linked(analyzed)


def test_another_core_stands_in_for_the_wheels() -> None:
    core = LinkedLibrary(Label("", "own", "executorch"), shared=Artifact("own/libexecutorch.so", "host"))
    given = {"provider": "wheel", "wheel": "@w", "features": ("xnnpack",), "core": "//own:executorch"}
    deps = {"//own:executorch": [CcInfo(libraries=(core,)), EtRuntimeInfo("source", (), (), ())]}
    analyzed = analyze(et_runtime, given, deps=deps, label="//runtime:official")
    assert [path.rpartition("/")[2] for path in linked(analyzed)] == [
        "libexecutorch_backend_xnnpack.so",
        "libexecutorch_threadpool.so",
        "libexecutorch.so",
    ]
    assert linked(analyzed)[-1] == "own/libexecutorch.so"
    assert "runtime/official/lib/libexecutorch.so" not in analyzed.action("EtRuntimeFiles").argv


def test_what_registers_itself_is_linked_although_nothing_refers_to_it() -> None:
    registering = {str(each.shared) for each in runtime().get(CcInfo).libraries if each.alwayslink}
    assert {path.rpartition("/")[2] for path in registering} == {
        "libexecutorch_kernels_optimized.so",
        "libexecutorch_kernels_quantized.so",
        "libexecutorch_backend_xnnpack.so",
    }


def test_the_abi_is_said_once_for_all_who_compile_against_it() -> None:
    info = runtime(features=("etdump",)).get(CcInfo)
    assert info.defines == ("C10_USING_CUSTOM_GENERATED_MACROS", "ET_EVENT_TRACER_ENABLED")
    assert info.system_includes == (
        "runtime/official/include",
        "runtime/official/include/executorch/runtime/core/portable_type/c10",
    )
    assert [str(header) for header in info.direct_headers] == ["runtime/official/include"]
    assert "ET_USE_THREADPOOL" in runtime(features=("threadpool",)).get(CcInfo).defines
    assert runtime().get(EtRuntimeInfo).defines == runtime().get(CcInfo).defines


def test_files_come_out_of_the_mounted_wheel_in_one_action() -> None:
    action = runtime(features=()).action("EtRuntimeFiles")
    source = next(mount for mount in action.mounts if "executorch_linux_aarch64" in mount.path).path
    assert action.argv[-4:] == (
        f"{source}/executorch/include",
        "runtime/official/include",
        f"{source}/executorch/lib/libexecutorch.so",
        "runtime/official/lib/libexecutorch.so",
    )


def test_macos_has_other_file_names() -> None:
    platform = {"platform": "//p:mac", "constraints": ("//toolchains/os:macos",)}
    analyzed = analyze(et_runtime, attrs={"provider": "wheel", "wheel": "@mac", "features": ()}, **platform)  # type: ignore[arg-type]
    assert [str(file) for file in analyzed.outputs] == ["package/target/lib/libexecutorch.dylib"]


def test_a_platform_without_libraries_is_told_of_the_other_provider() -> None:
    with pytest.raises(EtbuildError) as raised:
        runtime(wheel="")
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "incompatible-target"
    assert diagnostic.message == (
        "'//runtime:official' can't be built for 'host': the executorch wheels hold no libraries for it; "
        'provider = "source" compiles etbuild\'s own, "cmake" takes a CMake project that you pin; '
        "a program is tested there by et_image_test, in place of pte_test"
    )


LIBRARY = Artifact("third/libexecutorch.a", "host")
HEADER = Artifact("third/include", "host", is_tree=True)
PROJECT = CcInfo(
    headers=InputSet((HEADER,)),
    direct_headers=(HEADER,),
    includes=("third/include",),
    libraries=(LinkedLibrary(Label("", "third", "et"), archive=LIBRARY, alwayslink=True),),
)


def test_a_cmake_project_gives_headers_and_libraries_under_the_declared_abi() -> None:
    attrs = {"provider": "cmake", "project": "//third:et", "defines": ("ET_LOG_ENABLED=0",)}
    analyzed = analyze(et_runtime, attrs=attrs, deps={"//third:et": [PROJECT]})
    info = analyzed.get(CcInfo)
    assert info.libraries == PROJECT.libraries
    assert info.includes == ("third/include",)
    assert info.direct_headers == (HEADER,)
    assert info.defines == ("ET_LOG_ENABLED=0",)
    assert analyzed.get(EtRuntimeInfo).provider == "cmake"


@pytest.mark.parametrize(
    ("attrs", "message"),
    [
        ({"provider": "cmake"}, "'project' must be given for provider = \"cmake\""),
        ({"provider": "wheel", "wheel": "@w", "defines": ("A",)}, "'defines' is for provider = \"cmake\""),
        ({"provider": "wheel", "wheel": "@w", "log": "off"}, "'log' is for provider = \"source\""),
        ({"provider": "cmake", "features": ("xnnpack",)}, '\'features\' is for provider = "wheel" or "source"'),
        ({"provider": "cmake", "project": "//third:et", "wheel": "@w"}, "'wheel' is for provider = \"wheel\""),
    ],
)
def test_attributes_of_the_other_provider_are_refused(attrs: dict[str, Any], message: str) -> None:
    with pytest.raises(EtbuildError, match=message):
        analyze(et_runtime, attrs=attrs, deps={"//third:et": [PROJECT]})


def test_a_feature_that_the_wheel_does_not_have_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(EtbuildError) as raised:
        runtime(features=("tracer",))
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "wrong-feature"
    assert diagnostic.message == (
        'a feature of provider = "wheel" must be one of '
        "optimized_kernels, quantized_kernels, xnnpack, etdump, threadpool, is 'tracer'"
    )
