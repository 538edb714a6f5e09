"""cc_library: sources compiled into an archive, or a shared library, with the headers that it exports."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import DefaultInfo, InputSet, Provider, RuleContext, Src, rule
from rules.cc.attrs import CcAttrs, CcDeps, Words, cc_request
from rules.cc.exports import include_folders, write_exports
from rules.cc.link_action import Link, link_shared, make_archive
from rules.cc.merge import merge
from rules.cc.providers import CcInfo, CcToolchainInfo, LinkedLibrary
from rules.cc.translation import Translated, translate


class CcLibraryAttrs(CcAttrs):
    """Attributes of cc_library."""

    hdrs: tuple[Src, ...] = ()
    """Headers that it exports: targets that depend on it may include them, by their path from the workspace's root or
    below `includes`. Files of any kind that their sources read by `.include` or `.incbin` may be among them."""

    implementation_deps: CcDeps = ()
    """Libraries that its sources include and its headers do not: linked, but not exported."""

    includes: Words = ()
    """Folders, relative to the package, that its sources and all that depend on it find headers in."""

    defines: Words = ()
    """NAME or NAME=VALUE for its sources and all that depend on it."""

    alwayslink: bool = False
    """Link all of it into every program, also what nothing refers to."""

    linkstatic: bool = True
    """False: a shared library is made of it, and linked."""


@rule(attrs=CcLibraryAttrs, toolchains=cc_request, provides=(CcInfo,))
def cc_library(ctx: RuleContext[CcLibraryAttrs]) -> Sequence[Provider]:
    """Compile sources into a library that others link, and export its headers to them."""
    attrs = ctx.attrs
    toolchain = ctx.toolchain("cc", CcToolchainInfo)
    headers = ctx.files(attrs.hdrs)
    own = CcInfo(
        direct_headers=headers,
        includes=include_folders(ctx.label, attrs.includes),
        defines=attrs.defines,
    )
    exported = merge(ctx.providers(attrs.deps, CcInfo))
    given = merge([exported, *ctx.providers(attrs.implementation_deps, CcInfo)])
    translated = translate(ctx, toolchain, own, given)
    libraries = _libraries(ctx, toolchain, translated, given)
    info = CcInfo(
        headers=InputSet(headers, (exported.headers,)),
        direct_headers=headers,
        includes=(*own.includes, *exported.includes),
        system_includes=exported.system_includes,
        defines=(*own.defines, *exported.defines),
        libraries=(*libraries, *given.libraries),
        linkopts=(*attrs.linkopts, *given.linkopts),
        data=InputSet(ctx.files(attrs.data), (given.data,)),
        exports=InputSet(write_exports(ctx, headers), (exported.exports,)),
    )
    files = [file for library in libraries for file in (library.archive, library.shared) if file is not None]
    return [DefaultInfo(tuple(files)), info]


def _libraries(
    ctx: RuleContext[CcLibraryAttrs], toolchain: CcToolchainInfo, translated: Translated, given: CcInfo
) -> tuple[LinkedLibrary, ...]:
    """Return the libraries that a target is: none if it is headers only."""
    attrs = ctx.attrs
    archives = tuple(LinkedLibrary(ctx.label, file) for file in translated.archives)
    if not translated.objects:
        return archives
    if attrs.linkstatic:
        return make_archive(ctx, toolchain, translated.objects, alwayslink=attrs.alwayslink), *archives
    how = Link(toolchain, translated.occasions, (*archives, *given.libraries), (*attrs.linkopts, *given.linkopts))
    return LinkedLibrary(ctx.label, shared=link_shared(ctx, how, translated.objects)), *archives
