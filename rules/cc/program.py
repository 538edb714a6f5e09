"""What cc_binary and cc_test share: a program with all that it needs to run."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Artifact, InputSet, RuleContext, frozen
from rules.cc.attrs import CcProgramAttrsT
from rules.cc.bare_metal import compile_startup, make_images, memory_words
from rules.cc.link_action import Link, link_program
from rules.cc.merge import merge
from rules.cc.providers import CcInfo, CcToolchainInfo, LinkedLibrary
from rules.cc.translation import translate


@frozen
class Program:
    """A program, and what it takes to run it."""

    file: Artifact
    beside: tuple[Artifact, ...]
    """Images and reports.  On a system: the shared libraries that it loads."""
    inputs: InputSet
    toolchain: CcToolchainInfo
    summary: Artifact | None
    """What a build says of its size."""


def make_program(
    ctx: RuleContext[CcProgramAttrsT],
    more: Sequence[CcInfo] = (),
    objects: Sequence[Artifact] = (),
    contents: Artifact | None = None,
) -> Program:
    """Register the compiles and the link of a program: of its sources with `deps`, and of what a rule adds to both.

    `contents` says what fills its memories, as Link has it.
    """
    attrs = ctx.attrs
    toolchain = ctx.toolchain("cc", CcToolchainInfo)
    given = merge([*more, *ctx.providers(attrs.deps, CcInfo)])
    translated = translate(ctx, toolchain, CcInfo(), given)
    archives = tuple(LinkedLibrary(ctx.label, file) for file in translated.archives)
    how = Link(
        toolchain,
        translated.occasions,
        (*archives, *given.libraries),
        (*attrs.linkopts, *given.linkopts),
        prefer_shared=not attrs.linkstatic,
        map=ctx.output(f"{ctx.label.name}.map") if toolchain.writes_map(ctx.configuration.mode) else None,
        words=memory_words(ctx, toolchain),
        contents=contents,
    )
    startup = compile_startup(ctx, toolchain)
    file = link_program(ctx, how, (*startup, *translated.objects, *objects))
    maps = (how.map,) if how.map else ()
    images, summary = make_images(ctx, toolchain, file, *maps) if toolchain.is_bare_metal else (maps, None)
    inputs = InputSet((file, *how.shared, *ctx.files(attrs.data)), (given.data,))
    return Program(file, (*images, *how.shared), inputs, toolchain, summary)
