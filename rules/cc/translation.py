"""From a target's sources to objects: what libraries, programs and tests do alike."""

from __future__ import annotations

from etbuild.api import Artifact, RuleContext, frozen
from rules.cc.attrs import CcAttrsT
from rules.cc.compile_action import Compilation, compile_sources, occasions, standards
from rules.cc.providers import CcFlags, CcInfo, CcToolchainInfo
from rules.cc.sources import HEADERS, LANGUAGES, sort_sources


@frozen
class Translated:
    """What became of a target's sources."""

    objects: tuple[Artifact, ...]
    archives: tuple[Artifact, ...]
    """Archives among the sources."""
    occasions: tuple[CcFlags, ...]
    """For the link."""


def translate(ctx: RuleContext[CcAttrsT], toolchain: CcToolchainInfo, own: CcInfo, given: CcInfo) -> Translated:
    """Register the compiles of a target's sources. Raises `unknown-source`."""
    attrs = ctx.attrs
    sources = sort_sources(ctx.files(attrs.srcs))
    if sources.unknown:
        ends = ", ".join((*LANGUAGES, *HEADERS, ".o", ".a"))
        message = f"a source of '{ctx.label}' must end in one of {ends}, is '{sources.unknown[0]}'"
        hint = "what sources only read, by #include, .include or .incbin, may stand in hdrs of a cc_library among deps"
        raise ctx.mistake("unknown-source", message, attribute="srcs", hint=hint)
    flags = occasions(ctx, toolchain, lto=attrs.lto)
    how = Compilation(toolchain, own, given, flags, standards(ctx, toolchain), attrs.local_defines, attrs.copts)
    compiled = compile_sources(ctx, sources, how, ctx.label)
    archives = tuple(file for file in sources.objects if file.path.endswith(".a"))
    objects = tuple(file for file in sources.objects if not file.path.endswith(".a"))
    return Translated((*compiled, *objects), archives, flags)
