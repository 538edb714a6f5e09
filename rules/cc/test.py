"""cc_test: a program that passes if it ends with exit code 0, run as its platform runs programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from etbuild.api import Artifact, DefaultInfo, Limits, Provider, RuleContext, RunInfo, rule
from rules.cc.attrs import CcProgramAttrs, Words, cc_request
from rules.cc.bare_metal import make_test
from rules.cc.program import make_program


class CcTestAttrs(CcProgramAttrs):
    """Attributes of cc_test."""

    args: Words = ()
    """Words for the program; one that stands in `data` becomes the path of that file."""

    env: dict[str, str] = {}
    """Environment variables of the program."""

    timeout: Annotated[int, Limits(ge=1)] = 300
    """After how many seconds it fails."""


@rule(attrs=CcTestAttrs, toolchains=cc_request)
def cc_test(ctx: RuleContext[CcTestAttrs]) -> Sequence[Provider]:
    """Compile and link a program, and run it as a test: exit code 0 passes."""
    program, attrs = make_program(ctx), ctx.attrs
    argv: tuple[str | Artifact, ...] = (program.file, *(_argument(ctx, word) for word in attrs.args))
    env = tuple(sorted(attrs.env.items()))
    mounts = program.toolchain.mounts
    run = RunInfo(argv, program.inputs, env, mounts)
    files = DefaultInfo((program.file,), beside=program.beside, summary=program.summary)
    return [files, run, make_test(ctx, run, attrs.timeout)]


def _argument(ctx: RuleContext[CcTestAttrs], word: str) -> str | Artifact:
    """Return the file of `data` that a word names as the attribute does, or the word."""
    for label in ctx.attrs.data:
        beside = (label.repository, label.package) == (ctx.label.repository, ctx.label.package)
        near = (label.name, f":{label.name}") if beside else ()
        if word in (str(label.within(ctx.label.repository)), label.full, *near):
            return ctx.file(label)
    return word
