"""cc_binary: a program."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import DefaultInfo, Provider, RuleContext, RunInfo, rule
from rules.cc.attrs import CcProgramAttrs, cc_request
from rules.cc.program import make_program


class CcBinaryAttrs(CcProgramAttrs):
    """Attributes of cc_binary."""


@rule(attrs=CcBinaryAttrs, toolchains=cc_request)
def cc_binary(ctx: RuleContext[CcBinaryAttrs]) -> Sequence[Provider]:
    """Compile and link a program."""
    program = make_program(ctx)
    return [
        DefaultInfo((program.file,), beside=program.beside, summary=program.summary),
        RunInfo((program.file,), program.inputs, mounts=program.toolchain.mounts),
    ]
