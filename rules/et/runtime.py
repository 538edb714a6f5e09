"""et_runtime: headers and libraries of an ExecuTorch that somebody else built, and the flags that its ABI wants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from etbuild.api import Artifact, Attrs, DefaultInfo, Dep, InputSet, Provider, RuleContext, frozen, provides, rule
from rules.cc.providers import CcInfo, LinkedLibrary
from rules.et.providers import EtRuntimeInfo

Feature = Literal["optimized_kernels", "quantized_kernels", "xnnpack", "threadpool", "etdump"]


COPY = 'while [ $# -gt 0 ]; do if [ -d "$1" ]; then cp -R "$1/." "$2"; else cp "$1" "$2"; fi; shift 2; done'


@frozen
class _Part:
    """A library of the wheel."""

    name: str
    needs: tuple[Feature, ...] = ()
    defines: tuple[str, ...] = ()
    registers: bool = False
    """Its static initialisers register kernels or a backend: linked although nothing refers to it."""


ABI_DEFINES = ("C10_USING_CUSTOM_GENERATED_MACROS", "ET_EVENT_TRACER_ENABLED")
"""How the wheel's libraries were built: without these, its headers lay classes out otherwise, or do not compile."""
ABI_INCLUDES = ("", "/executorch/runtime/core/portable_type/c10")
"""Folders for -I, below that of the headers."""
CORE = "executorch"
PARTS: dict[Feature, _Part] = {
    "optimized_kernels": _Part("executorch_kernels_optimized", ("threadpool",), registers=True),
    "quantized_kernels": _Part("executorch_kernels_quantized", ("threadpool",), registers=True),
    "xnnpack": _Part("executorch_backend_xnnpack", ("threadpool",), registers=True),
    "etdump": _Part("executorch_etdump"),
    "threadpool": _Part("executorch_threadpool", defines=("ET_USE_THREADPOOL",)),
}
"""By feature; dependents before what they depend on. All of them need the core."""


class EtRuntimeAttrs(Attrs):
    """Attributes of et_runtime."""

    provider: Literal["wheel", "cmake"]
    """Where it comes from: libraries of an `executorch` wheel, or a CMake project, whatever its version."""

    wheel: str = ""
    """For wheel: the repository that holds the platform's wheel, such as "@executorch_linux_aarch64"; by `select`, with
    an empty default for platforms without one."""

    features: tuple[Feature, ...] = ("optimized_kernels", "quantized_kernels", "xnnpack", "threadpool", "etdump")
    """For wheel: what of it is linked, beside the core."""

    project: Annotated[Dep, provides(CcInfo)] | None = None
    """For cmake: the project, such as a cmake_project, with its headers and libraries."""

    defines: tuple[str, ...] = ()
    """For cmake: NAME or NAME=VALUE, what whoever includes its headers must define: its ABI."""


@rule(attrs=EtRuntimeAttrs, provides=(CcInfo, EtRuntimeInfo))
def et_runtime(ctx: RuleContext[EtRuntimeAttrs]) -> Sequence[Provider]:
    """Offer ExecuTorch's C++ API and its libraries, for the platform that is built for."""
    return _wheel(ctx) if ctx.attrs.provider == "wheel" else _cmake(ctx)


def _wheel(ctx: RuleContext[EtRuntimeAttrs]) -> Sequence[Provider]:
    if ctx.attrs.project or ctx.attrs.defines:
        name = "project" if ctx.attrs.project else "defines"
        raise ctx.mistake("wrong-provider-attribute", f"'{name}' is for provider = \"cmake\"", attribute=name)
    if not ctx.attrs.wheel:
        raise ctx.incompatible(
            "the executorch wheels hold no libraries for it; "
            'provider = "cmake" takes them from a CMake project that you pin'
        )
    chosen = [name for name in PARTS if name in _with_needs(ctx.attrs.features)]
    headers = ctx.output_tree(f"{ctx.label.name}/include")
    libraries = [(PARTS[name].registers, _library(ctx, PARTS[name].name)) for name in chosen]
    libraries.append((False, _library(ctx, CORE)))
    _copy(ctx, [("include", headers), *((f"lib/{file.path.rpartition('/')[2]}", file) for _, file in libraries)])
    defines = (*ABI_DEFINES, *(define for name in chosen for define in PARTS[name].defines))
    files = tuple(file for _, file in libraries)
    return [
        DefaultInfo(files, beside=(headers,)),
        CcInfo(
            headers=InputSet((headers,)),
            direct_headers=(headers,),
            system_includes=tuple(f"{headers}{folder}" for folder in ABI_INCLUDES),
            defines=defines,
            libraries=tuple(
                LinkedLibrary(ctx.label, shared=file, alwayslink=registers) for registers, file in libraries
            ),
        ),
        EtRuntimeInfo("wheel", tuple(chosen), defines, files),
    ]


def _with_needs(features: Sequence[Feature]) -> frozenset[Feature]:
    return frozenset((*features, *(need for name in features for need in PARTS[name].needs)))


def _library(ctx: RuleContext[EtRuntimeAttrs], name: str) -> Artifact:
    suffix = "dylib" if any(value.name == "macos" for value in ctx.platform.constraints.values()) else "so"
    return ctx.output(f"{ctx.label.name}/lib/lib{name}.{suffix}")


def _copy(ctx: RuleContext[EtRuntimeAttrs], wanted: Sequence[tuple[str, Artifact]]) -> None:
    """Register the copying of what is used out of the wheel: links and installs take files, not mounts."""
    wheel = ctx.repository(ctx.attrs.wheel)
    words = [word for source, file in wanted for word in (f"{wheel.path}/executorch/{source}", file)]
    ctx.run(
        "EtRuntimeFiles",
        argv=["/bin/sh", "-ec", COPY, "copy", *words],
        outputs=tuple(file for _, file in wanted),
        mounts=(ctx.system(), wheel),
        progress="taking the runtime out of its wheel",
    )


def _cmake(ctx: RuleContext[EtRuntimeAttrs]) -> Sequence[Provider]:
    attrs = ctx.attrs
    if attrs.project is None:
        hint = 'project = ":executorch", a cmake_project'
        raise ctx.mistake("missing-attribute", "'project' must be given for provider = \"cmake\"", hint=hint)
    if attrs.wheel:
        raise ctx.mistake("wrong-provider-attribute", "'wheel' is for provider = \"wheel\"", attribute="wheel")
    project = ctx.provider(attrs.project, CcInfo)
    defines = tuple(dict.fromkeys((*attrs.defines, *project.defines)))
    files = ctx.files((attrs.project,))
    info = CcInfo(
        headers=project.headers,
        direct_headers=project.direct_headers,
        includes=project.includes,
        system_includes=project.system_includes,
        defines=defines,
        libraries=project.libraries,
        linkopts=project.linkopts,
        data=project.data,
    )
    return [DefaultInfo(files), info, EtRuntimeInfo("cmake", (), defines, files)]
