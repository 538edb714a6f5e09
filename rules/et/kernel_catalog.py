"""et_kernel_catalog: kernels on offer, from which images take those that their programs call. Compiles none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from etbuild.api import Artifact, Attrs, DefaultInfo, Dep, Label, Provider, RuleContext, Src, frozen, provides, rule
from rules.cc.actions import CcDeps, sort_sources
from rules.cc.providers import CcInfo
from rules.et.kernel_includes import scan_includes

AttrsT = TypeVar("AttrsT", bound=Attrs)
Words = tuple[str, ...]


@frozen
class KernelCatalog:
    """What one target offers."""

    label: Label
    operators: Artifact | None
    """operators.toml; None if its sources are only for other catalogues."""
    srcs: tuple[Artifact, ...]
    common: tuple[Artifact, ...]
    headers: tuple[Artifact, ...]
    """What its sources include: its own, and those of the catalogues that it includes."""
    included: frozenset[Label]
    """The catalogues that it includes, at any depth."""
    libraries: tuple[CcInfo, ...]
    copts: Words
    feature: str
    temp_memory: Artifact | None = None
    """Python that says how much temporary memory its kernels take."""
    includes: Artifact | None = None
    """A text: which file includes which; None if it has none."""


@frozen
class KernelCatalogInfo(Provider):
    """Kernels on offer."""

    catalogs: tuple[KernelCatalog, ...]
    """Its own, and those that it includes at any depth, each once."""


class EtKernelCatalogAttrs(Attrs):
    """Attributes of et_kernel_catalog."""

    operators: Src | None = None
    """A TOML file with a line for each operator, such as
    `"aten::add.out" = { source = "op_add.cpp", arguments = "ttst" }`; see docs/design/selective_build.md."""

    srcs: tuple[Src, ...] = ()
    """Sources, of which those are compiled whose operators are called, for the dtypes that they are called with; those
    that implement no operator are compiled for all dtypes that programs use. And headers, found by their bare names."""

    common: tuple[Src, ...] = ()
    """Sources and headers that they share, whatever the dtypes: all images use the same objects. A source that is
    called as a header beside it, `gemm.cpp` or `gemm_avx2.cpp` as `gemm.h`, is compiled only for kernels that come to
    that header; so is what of `srcs` implements no operator."""

    catalogs: Annotated[tuple[Dep, ...], provides(KernelCatalogInfo)] = ()
    """Further catalogues that are offered with it, whose headers its sources may include."""

    deps: CcDeps = ()
    """Libraries that its sources include, beside the runtime."""

    copts: Words = ()
    """Words for the compiler, behind all others. In mode `size`, those that begin with -O are left out."""

    temp_memory: Src | None = None
    """A Python file whose functions say how much temporary memory kernels take, by a call's shapes: those that
    `temp = "function"` of `operators` names. See docs/kernels.md."""

    feature: str = ""
    """The feature of runtimes that have these kernels already: for such a runtime they are not compiled again."""


@rule(attrs=EtKernelCatalogAttrs, provides=(KernelCatalogInfo,))
def et_kernel_catalog(ctx: RuleContext[EtKernelCatalogAttrs]) -> Sequence[Provider]:
    """Offer kernels to images: each operator with the source that implements it."""
    attrs = ctx.attrs
    included = catalogs_of(ctx, attrs.catalogs)
    srcs, common = ctx.files(attrs.srcs), ctx.files(attrs.common)
    files = tuple(dict.fromkeys((*srcs, *common)))
    headers = (*sort_sources(files).headers, *(file for each in included for file in each.headers))
    own = KernelCatalog(
        ctx.label,
        ctx.file(attrs.operators) if attrs.operators else None,
        srcs,
        common,
        tuple(dict.fromkeys(headers)),
        frozenset(each.label for each in included),
        tuple(ctx.providers(attrs.deps, CcInfo)),
        attrs.copts,
        attrs.feature,
        ctx.file(attrs.temp_memory) if attrs.temp_memory else None,
        scan_includes(ctx, files) if files else None,
    )
    return [DefaultInfo(), KernelCatalogInfo(tuple(dict.fromkeys((own, *included))))]


def catalogs_of(ctx: RuleContext[AttrsT], labels: Sequence[Label]) -> tuple[KernelCatalog, ...]:
    """Return the catalogues that targets offer, each once."""
    infos = ctx.providers(labels, KernelCatalogInfo)
    return tuple(dict.fromkeys(catalog for info in infos for catalog in info.catalogs))
