"""et_selected_kernels, et_kernels: the kernels that programs call, or all of a catalogue. Compiles none itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, TypeVar

from etbuild.api import Artifact, Attrs, DefaultInfo, Dep, Limits, Provider, Request, RuleContext, provides, rule
from rules.cc.actions import Link, Lto, link_shared, occasions
from rules.cc.providers import CcInfo, CcToolchainInfo
from rules.et.kernel_catalog import KernelCatalogInfo, catalogs_of
from rules.et.kernel_compilation import KernelChoice, Programs, programs_of, select_kernels
from rules.et.providers import EtRuntimeInfo, ProgramInfo


class EtKernelsAttrs(Attrs):
    """What et_kernels and et_selected_kernels share."""

    catalogs: Annotated[tuple[Dep, ...], provides(KernelCatalogInfo), Limits(min_length=1)]
    """Kernels to choose from."""

    runtime: Annotated[Dep, provides(CcInfo, EtRuntimeInfo)]
    """The runtime that calls them, which they are compiled against."""

    lto: Lto = False
    """Optimize them when programs are linked, with all sources of theirs that ask for it, too; `"if-available"`: where
    the toolchain has `lto`."""

    kernel_defines: tuple[str, ...] = ()
    """NAME or NAME=VALUE for the kernels' sources, such as `ET_KERNELS_SIMD=0`: plain loops, where size is all that
    counts."""


class EtAllKernelsAttrs(EtKernelsAttrs):
    """Attributes of et_kernels."""

    shared: bool = False
    """Make a shared library of them, too, for `operators` of a pte: the proof of a program on the host loads it. Its
    runtime is an et_runtime with provider = "wheel" and no features."""


class EtSelectedKernelsAttrs(EtKernelsAttrs):
    """Attributes of et_selected_kernels."""

    programs: Annotated[tuple[Dep, ...], provides(ProgramInfo)]
    """Programs whose operators the kernels must serve."""


AttrsT = TypeVar("AttrsT", bound=EtKernelsAttrs)


def _compiler(attrs: EtKernelsAttrs) -> tuple[Request, ...]:
    del attrs
    return (Request("cc"),)


@rule(attrs=EtSelectedKernelsAttrs, toolchains=_compiler, provides=(CcInfo,))
def et_selected_kernels(ctx: RuleContext[EtSelectedKernelsAttrs]) -> Sequence[Provider]:
    """Compile the kernels that `programs` call, for the dtypes they call them with, and the table that names them.

    The header `<name>.h` declares the table: `programs::<name>()`, for `load_method()` or `register_kernels()`.
    """
    # Which kernels are called is known only once the programs exist. A missing one fails the build here,
    # naming operator, dtypes and program; otherwise it would fail on the device, at load.
    return _kernels(ctx, programs_of(ctx, ctx.attrs.programs))


@rule(attrs=EtAllKernelsAttrs, toolchains=_compiler, provides=(CcInfo,))
def et_kernels(ctx: RuleContext[EtAllKernelsAttrs]) -> Sequence[Provider]:
    """Compile all kernels of catalogues, for all dtypes, and the table that names them: as et_selected_kernels does."""
    given = _kernels(ctx, None, registers=ctx.attrs.shared)
    return (
        [DefaultInfo((_shared(ctx, given[1]),), beside=given[1].direct_headers), given[1]]
        if ctx.attrs.shared
        else given
    )


def _kernels(
    ctx: RuleContext[AttrsT], programs: Programs | None, *, registers: bool = False
) -> tuple[DefaultInfo, CcInfo]:
    attrs = ctx.attrs
    runtime = ctx.provider(attrs.runtime, CcInfo)
    facts = ctx.provider(attrs.runtime, EtRuntimeInfo)
    function = f"programs::{identifier(ctx)}"
    choice = KernelChoice(
        programs, catalogs_of(ctx, attrs.catalogs), runtime, facts, function, attrs.lto, attrs.kernel_defines, registers
    )
    info = select_kernels(ctx, choice)
    archive = info.libraries[0].archive
    return DefaultInfo((archive,) if archive else (), beside=info.direct_headers), info


def _shared(ctx: RuleContext[EtAllKernelsAttrs], info: CcInfo) -> Artifact:
    """Register the link of a shared library with all of the archive; whoever loads it has the runtime."""
    toolchain = ctx.toolchain("cc", CcToolchainInfo)
    whole = [replace(library, alwayslink=True) for library in info.libraries[:1]]
    how = Link(toolchain, occasions(ctx, toolchain, lto=ctx.attrs.lto), (*whole, *info.libraries[1:]))
    return link_shared(ctx, how, ())


def identifier(ctx: RuleContext[AttrsT]) -> str:
    """Return the target's name, which must be one in C++. Raises `bad-identifier`."""
    name = ctx.label.name
    if not (name.isidentifier() and name.isascii()):
        raise ctx.mistake("bad-identifier", f"the name of kernels must be one in C++ too, is '{name}'")
    return name
