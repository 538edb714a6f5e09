"""et_runtime_sources: what a runtime is compiled from. Compiles nothing: et_runtime chooses features and does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from etbuild.api import Artifact, Attrs, DefaultInfo, Provider, RuleContext, Src, attributes_of, frozen, rule

AttrsT = TypeVar("AttrsT", bound=Attrs)
Sources = tuple[Src, ...]
COPY = 'while [ $# -gt 0 ]; do if [ -d "$1" ]; then cp -R "$1/." "$2"; else cp "$1" "$2"; fi; shift 2; done'
"""Copies pairs of files or folders."""


class EtRuntimeSourcesAttrs(Attrs):
    """Attributes of et_runtime_sources."""

    headers: str
    """The repository that holds an executorch wheel, of whatever platform: its public headers are taken from there."""

    overlay: Sources = ()
    """Headers that are found before the compiler's own: for C libraries that the public headers do not get on with."""

    core: Sources
    """What every runtime has: compiled without exceptions and RTTI. Headers among the sources of any part are private,
    and found by their bare names: each is there once."""

    prim_ops: Sources = ()
    """What its feature adds: the operators on numbers that programs bring themselves. Compiled as the core is."""

    compiled: Sources = ()
    """What its feature adds: methods as tables, for `et_image` with `plan = "compiled"`. Compiled as the core is."""

    threadpool: Sources = ()
    """What its feature adds: kernels share work between threads."""

    tensor: Sources = ()
    """What its feature adds: tensors that own their memory."""

    data_loader: Sources = ()
    """What its feature adds: programs from files."""

    named_data_map: Sources = ()
    """What its feature adds: several files of weights as one."""

    flat_tensor: Sources = ()
    """What its feature adds: weights from .ptd files."""

    module: Sources = ()
    """What its feature adds: `Module`."""

    etdump: Sources = ()
    """What its feature adds: profiles and intermediate values."""

    bundled_program: Sources = ()
    """What its feature adds: programs with inputs and expected outputs."""


@frozen
class EtRuntimeSourcesInfo(Provider):
    """Sources of a runtime."""

    headers: Artifact
    """A folder: the public headers."""
    overlay: tuple[Artifact, ...]
    """Headers that stand before the compiler's own."""
    parts: tuple[tuple[str, tuple[Artifact, ...]], ...]
    """By part, `core` first; those that there are."""


@rule(attrs=EtRuntimeSourcesAttrs, provides=(EtRuntimeSourcesInfo,))
def et_runtime_sources(ctx: RuleContext[EtRuntimeSourcesAttrs]) -> Sequence[Provider]:
    """Bring the sources of an ExecuTorch runtime and the public headers of a wheel together, for et_runtime."""
    headers = ctx.output_tree(f"{ctx.label.name}/include")
    copy_from_wheel(ctx, ctx.attrs.headers, [("include", headers)])
    names = [name for name in attributes_of(EtRuntimeSourcesAttrs) if name not in ("headers", "overlay")]
    parts = [(name, ctx.files(getattr(ctx.attrs, name))) for name in names]
    overlay = ctx.files(ctx.attrs.overlay)
    return [DefaultInfo((headers,)), EtRuntimeSourcesInfo(headers, overlay, tuple(part for part in parts if part[1]))]


def copy_from_wheel(ctx: RuleContext[AttrsT], name: str, wanted: Sequence[tuple[str, Artifact]]) -> None:
    """Register the copying of what is used out of a wheel: links and installs take files, not mounts."""
    wheel = ctx.repository(name)
    words = [word for source, file in wanted for word in (f"{wheel.path}/executorch/{source}", file)]
    ctx.run(
        "EtRuntimeFiles",
        argv=["/bin/sh", "-ec", COPY, "copy", *words],
        outputs=tuple(file for _, file in wanted),
        mounts=(ctx.system(), wheel),
        progress="taking the runtime out of its wheel",
    )
