"""cc_import: headers and libraries that others compiled."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Artifact, Attrs, DefaultInfo, InputSet, Provider, RuleContext, Src, rule
from rules.cc.attrs import CcDeps, Words
from rules.cc.exports import include_folders, write_exports
from rules.cc.merge import merge
from rules.cc.providers import CcInfo, LinkedLibrary


class CcImportAttrs(Attrs):
    """Attributes of cc_import."""

    hdrs: tuple[Src, ...] = ()
    """Headers, or folders of headers that a target makes."""

    includes: Words = ()
    """Folders, relative to the package, that dependents find headers in; the compiler does not warn of these."""

    defines: Words = ()
    """NAME or NAME=VALUE for all that depends on it."""

    archive: Src | None = None
    """The library as an archive (.a)."""

    shared: Src | None = None
    """The library as a shared one (.so); its file name must be its soname."""

    alwayslink: bool = False
    """Link all of the archive into every program."""

    deps: CcDeps = ()
    """Libraries that it needs."""

    linkopts: Words = ()
    """Words for the link, such as `-lpthread`."""

    data: tuple[Src, ...] = ()
    """Files that it reads when it runs."""


@rule(attrs=CcImportAttrs, provides=(CcInfo,))
def cc_import(ctx: RuleContext[CcImportAttrs]) -> Sequence[Provider]:
    """Offer headers and libraries that others compiled."""
    attrs = ctx.attrs
    given = merge(ctx.providers(attrs.deps, CcInfo))
    headers = ctx.files(attrs.hdrs)
    archive = ctx.file(attrs.archive) if attrs.archive else None
    shared = _placed(ctx, ctx.file(attrs.shared)) if attrs.shared else None
    own = (LinkedLibrary(ctx.label, archive, shared, attrs.alwayslink),) if archive or shared else ()
    info = CcInfo(
        headers=InputSet(headers, (given.headers,)),
        direct_headers=headers,
        includes=given.includes,
        system_includes=(*include_folders(ctx.label, attrs.includes), *given.system_includes),
        defines=(*attrs.defines, *given.defines),
        libraries=(*own, *given.libraries),
        linkopts=(*attrs.linkopts, *given.linkopts),
        data=InputSet(ctx.files(attrs.data), (given.data,)),
        exports=InputSet(write_exports(ctx, headers), (given.exports,)),
    )
    return [DefaultInfo(tuple(file for file in (archive, shared) if file)), info]


def _placed(ctx: RuleContext[CcImportAttrs], shared: Artifact) -> Artifact:
    """Return a shared library where programs find it once they are placed: a source stays in the source tree."""
    if not shared.is_source:
        return shared
    made = ctx.output(f"_cc/{ctx.label.name}/{shared.path.rpartition('/')[2]}")
    ctx.run("CcPlace", argv=["/bin/cp", shared, made], outputs=(made,), mounts=(ctx.system(),))
    return made
