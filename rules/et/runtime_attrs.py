"""The attributes of et_runtime, and which of them belong to which provider. Knows no actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from etbuild.api import Attrs, Dep, Label, Limits, RuleContext, provides
from rules.cc.actions import Lto
from rules.cc.providers import CcInfo
from rules.et.providers import EtRuntimeInfo
from rules.et.runtime_sources import EtRuntimeSourcesInfo

Words = tuple[str, ...]


class EtRuntimeAttrs(Attrs):
    """Attributes of et_runtime."""

    provider: Literal["wheel", "source", "cmake"]
    """Where it comes from: libraries of an `executorch` wheel; etbuild's own runtime, compiled for whatever platform;
    or a CMake project, whatever its version."""

    features: Words | None = None
    """For wheel: what of it is linked beside the core, of optimized_kernels, quantized_kernels, xnnpack, threadpool,
    etdump. For source: what is compiled beside the core, of tracer and the parts that `sources` has. What a feature
    needs comes with it.  [default: all]"""

    wheel: str = ""
    """For wheel: the repository that holds the platform's wheel, such as "@executorch_linux_aarch64"; by `select`, with
    an empty default for platforms without one."""

    core: Annotated[Dep, provides(CcInfo, EtRuntimeInfo)] | None = None
    """For wheel: what stands in for the wheel's `libexecutorch.so` below its kernels and backends, such as an
    et_runtime named `executorch` with `shared = true`.  [default: the wheel's own]"""

    sources: Annotated[Dep, provides(EtRuntimeSourcesInfo)] | None = None
    """For source: what it is compiled from, such as "@etbuild//runtime:sources"."""

    log: Literal["off", "error", "info", "all"] | None = None
    """For source: from which level on messages are compiled in.  [default: info]"""

    registry_capacity: Annotated[int, Limits(ge=0)] | None = None
    """For source: for how many kernels the global registry has room; 0 if all are handed to
    `load_method`.  [default: 2000]"""

    shared: bool = False
    """For source: make a shared library of it, not an archive."""

    copts: Words = ()
    """For source: words for the compiler, behind all others."""

    lto: Lto = False
    """For source: optimize it when programs are linked, with all sources of theirs that ask for it, too;
    `"if-available"`: where the toolchain has `lto`."""

    project: Annotated[Dep, provides(CcInfo)] | None = None
    """For cmake: the project, such as a cmake_project, with its headers and libraries."""

    defines: Words = ()
    """For cmake: NAME or NAME=VALUE, what whoever includes its headers must define: its ABI."""


OWN = {
    "wheel": ("features", "wheel", "core"),
    "source": ("features", "sources", "log", "registry_capacity", "shared", "copts", "lto"),
    "cmake": ("project", "defines"),
}
"""By provider: its attributes."""


def check_attributes(ctx: RuleContext[EtRuntimeAttrs]) -> None:
    """Refuse what the provider has no use for. Raises `wrong-provider-attribute`."""
    attrs, own = ctx.attrs, OWN[ctx.attrs.provider]
    for name in dict.fromkeys(name for names in OWN.values() for name in names):
        if name not in own and getattr(attrs, name) not in (None, (), "", False):
            users = " or ".join(f'"{provider}"' for provider, names in OWN.items() if name in names)
            raise ctx.mistake("wrong-provider-attribute", f"'{name}' is for provider = {users}", attribute=name)


def dependency(ctx: RuleContext[EtRuntimeAttrs], name: Literal["sources", "project"], example: str) -> Label:
    """Return the label without which its provider cannot be. Raises `missing-attribute`."""
    label: Label | None = getattr(ctx.attrs, name)
    if label is None:
        message = f"'{name}' must be given for provider = \"{ctx.attrs.provider}\""
        raise ctx.mistake("missing-attribute", message, hint=f"{name} = {example}")
    return label


def with_needs(ctx: RuleContext[EtRuntimeAttrs], known: Mapping[str, Words]) -> frozenset[str]:
    """Return the features that are asked for, all if none are, with what those need. Raises `wrong-feature`."""
    asked = known if ctx.attrs.features is None else ctx.attrs.features
    found: set[str] = set()
    waiting = list(asked)
    while waiting:
        name = waiting.pop()
        if name not in known:
            message = f"a feature of provider = \"{ctx.attrs.provider}\" must be one of {', '.join(known)}, is '{name}'"
            raise ctx.mistake("wrong-feature", message, attribute="features")
        found.add(name)
        waiting += [need for need in known[name] if need not in found]
    return frozenset(found)
