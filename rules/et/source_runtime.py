"""An ExecuTorch that is compiled from sources: which parts by feature, under which defines."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from etbuild.api import Artifact, DefaultInfo, InputSet, Label, Provider, RuleContext
from rules.cc.actions import (
    DEFAULT_STANDARDS,
    Compilation,
    Link,
    compile_sources,
    has_lto,
    link_shared,
    make_archive,
    occasions,
    sort_sources,
)
from rules.cc.providers import CcInfo, CcToolchainInfo, LinkedLibrary
from rules.et.actions import spec_digest
from rules.et.providers import EtRuntimeInfo
from rules.et.runtime_attrs import EtRuntimeAttrs, Words, dependency, with_needs
from rules.et.runtime_sources import EtRuntimeSourcesInfo

ABI_DEFINES = ("C10_USING_CUSTOM_GENERATED_MACROS",)
"""Without it, the public headers do not compile."""
INCLUDES = ("", "/executorch/runtime/core/portable_type/c10")
"""Folders for -I, below that of the public headers."""
LEVELS = {
    "off": ("ET_LOG_ENABLED=0",),
    "error": ("ET_LOG_ENABLED=1", "ET_MIN_LOG_LEVEL=Error"),
    "info": ("ET_LOG_ENABLED=1", "ET_MIN_LOG_LEVEL=Info"),
    "all": ("ET_LOG_ENABLED=1", "ET_MIN_LOG_LEVEL=Debug"),
}
"""By `log`: what it defines, also for whoever includes the public headers."""
DEFINES = {"tracer": ("ET_EVENT_TRACER_ENABLED",), "threadpool": ("ET_USE_THREADPOOL",)}
"""By feature: what it defines, likewise. `tracer` is no more than that."""
NEEDS: Mapping[str, Words] = {
    "flat_tensor": ("data_loader",),
    "module": ("data_loader", "tensor", "named_data_map", "flat_tensor"),
    "etdump": ("tracer", "data_loader"),
    "bundled_program": ("tensor",),
}
BARE = ("core", "prim_ops", "compiled")
"""Parts that are compiled without exceptions and RTTI. Apps derive from classes of the others, which takes RTTI."""


def source_runtime(ctx: RuleContext[EtRuntimeAttrs]) -> Sequence[Provider]:
    """Register the compiles of a runtime, and its archive."""
    attrs = ctx.attrs
    label = dependency(ctx, "sources", '"@etbuild//runtime:sources"')
    sources = ctx.provider(label, EtRuntimeSourcesInfo)
    there = [name for name, _ in sources.parts]
    known = ["tracer", *there[1:]]
    features = with_needs(ctx, {name: tuple(n for n in NEEDS.get(name, ()) if n in known) for name in known})
    chosen = [name for name in known if name in features]
    defines = (*ABI_DEFINES, *LEVELS[attrs.log or "info"], *(each for name in chosen for each in DEFINES.get(name, ())))
    parts = {name: files for name, files in sources.parts if name == "core" or name in features}
    info = _interface(sources, defines)
    toolchain = ctx.toolchain("cc", CcToolchainInfo)
    library = _library(ctx, toolchain, _compile(ctx, toolchain, info, parts, label))
    files = tuple(file for file in (library.archive, library.shared) if file)
    offered = CcInfo(
        headers=info.headers,
        direct_headers=info.direct_headers,
        includes=info.includes,
        system_includes=info.system_includes,
        defines=defines,
        libraries=(library,),
        linkopts=("-pthread",) if "threadpool" in features else (),
    )
    return [
        DefaultInfo(files, beside=(sources.headers,)),
        offered,
        EtRuntimeInfo("source", tuple(chosen), defines, files),
    ]


def _library(
    ctx: RuleContext[EtRuntimeAttrs], toolchain: CcToolchainInfo, objects: tuple[Artifact, ...]
) -> LinkedLibrary:
    if not ctx.attrs.shared:
        return make_archive(ctx, toolchain, objects, alwayslink=False)
    how = Link(toolchain, occasions(ctx, toolchain, lto=ctx.attrs.lto), ())
    return LinkedLibrary(ctx.label, shared=link_shared(ctx, how, objects))


def _interface(sources: EtRuntimeSourcesInfo, defines: Words) -> CcInfo:
    """Return what compiles against the runtime, and the runtime itself, see: public and private headers."""
    private = [file for _, files in sources.parts for file in sort_sources(files).headers]
    headers = tuple(dict.fromkeys((sources.headers, *sources.overlay, *private)))
    return CcInfo(
        headers=InputSet(headers),
        direct_headers=headers,
        includes=tuple(dict.fromkeys(posixpath.dirname(file.path) for file in (*sources.overlay, *private))),
        system_includes=tuple(f"{sources.headers}{folder}" for folder in INCLUDES),
        defines=defines,
    )


def _compile(
    ctx: RuleContext[EtRuntimeAttrs],
    toolchain: CcToolchainInfo,
    info: CcInfo,
    parts: Mapping[str, Sequence[Artifact]],
    owner: Label,
) -> tuple[Artifact, ...]:
    """Register the compiles. What they make is `owner`'s, named by what decides it: runtimes of a kind share it."""
    attrs = ctx.attrs
    capacity = 2000 if attrs.registry_capacity is None else attrs.registry_capacity
    inner = (f"ET_REGISTRY_CAPACITY={capacity}", f"ET_HAS_PRIM_OPS={int('prim_ops' in parts)}")
    flags = occasions(ctx, toolchain, lto=attrs.lto)
    objects: list[Artifact] = []
    for name, files in parts.items():
        bare = ("-fno-rtti",) if name in BARE else ()
        copts = ("-fno-exceptions", *bare, *attrs.copts)
        how = Compilation(
            toolchain,
            info,
            CcInfo(),
            flags,
            DEFAULT_STANDARDS,
            inner,
            copts,
            spec_digest((*info.defines, *inner, *copts, str(has_lto(toolchain, flags)))),
        )
        objects += compile_sources(ctx, sort_sources(files), how, owner)
    return tuple(objects)
