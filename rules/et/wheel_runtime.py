"""An ExecuTorch that a wheel holds compiled: which of its libraries are linked, and the flags that its ABI wants."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Artifact, DefaultInfo, InputSet, Provider, RuleContext, frozen
from rules.cc.providers import CcInfo, LinkedLibrary
from rules.et.providers import EtRuntimeInfo
from rules.et.runtime_attrs import EtRuntimeAttrs, with_needs
from rules.et.runtime_sources import copy_from_wheel


@frozen
class _Part:
    """A library of the wheel."""

    name: str
    needs: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    registers: bool = False
    """Its static initialisers register kernels or a backend: linked although nothing refers to it."""


ABI_DEFINES = ("C10_USING_CUSTOM_GENERATED_MACROS", "ET_EVENT_TRACER_ENABLED")
"""How the wheel's libraries were built: without these, its headers lay classes out otherwise, or do not compile."""
ABI_INCLUDES = ("", "/executorch/runtime/core/portable_type/c10")
"""Folders for -I, below that of the headers."""
CORE = "executorch"
PARTS = {
    "optimized_kernels": _Part("executorch_kernels_optimized", ("threadpool",), registers=True),
    "quantized_kernels": _Part("executorch_kernels_quantized", ("threadpool",), registers=True),
    "xnnpack": _Part("executorch_backend_xnnpack", ("threadpool",), registers=True),
    "etdump": _Part("executorch_etdump"),
    "threadpool": _Part("executorch_threadpool", defines=("ET_USE_THREADPOOL",)),
}
"""By feature; dependents before what they depend on. All of them need the core."""


def wheel_runtime(ctx: RuleContext[EtRuntimeAttrs]) -> Sequence[Provider]:
    """Register the copying of a wheel's headers and libraries."""
    if not ctx.attrs.wheel:
        raise ctx.incompatible(
            "the executorch wheels hold no libraries for it; "
            'provider = "source" compiles etbuild\'s own, "cmake" takes a CMake project that you pin; '
            "a program is tested there by et_image_test, in place of pte_test"
        )
    wanted = with_needs(ctx, {name: part.needs for name, part in PARTS.items()})
    chosen = [name for name in PARTS if name in wanted]
    headers = ctx.output_tree(f"{ctx.label.name}/include")
    libraries = [
        LinkedLibrary(ctx.label, shared=_library(ctx, PARTS[name].name), alwayslink=PARTS[name].registers)
        for name in chosen
    ]
    other = ctx.provider(ctx.attrs.core, CcInfo).libraries if ctx.attrs.core else ()
    own = [*libraries, *(() if other else (LinkedLibrary(ctx.label, shared=_library(ctx, CORE)),))]
    files = tuple(library.shared for library in own if library.shared)
    copies = [("include", headers), *((f"lib/{file.path.rpartition('/')[2]}", file) for file in files)]
    copy_from_wheel(ctx, ctx.attrs.wheel, copies)
    defines = (*ABI_DEFINES, *(define for name in chosen for define in PARTS[name].defines))
    return [
        DefaultInfo(files, beside=(headers,)),
        CcInfo(
            headers=InputSet((headers,)),
            direct_headers=(headers,),
            system_includes=tuple(f"{headers}{folder}" for folder in ABI_INCLUDES),
            defines=defines,
            libraries=(*own, *other),
        ),
        EtRuntimeInfo("wheel", tuple(chosen), defines, files),
    ]


def _library(ctx: RuleContext[EtRuntimeAttrs], name: str) -> Artifact:
    suffix = "dylib" if any(value.name == "macos" for value in ctx.platform.constraints.values()) else "so"
    return ctx.output(f"{ctx.label.name}/lib/lib{name}.{suffix}")
