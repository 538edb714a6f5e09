"""py_tool: a Python program that other targets' actions run, or a person by `etbuild run`."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import DefaultInfo, Provider, RuleContext, RunInfo, rule
from rules.py.program import ProgramAttrs, environment_request, python_program


@rule(attrs=ProgramAttrs, toolchains=environment_request)
def py_tool(ctx: RuleContext[ProgramAttrs]) -> Sequence[Provider]:
    """Make a Python program runnable, as a tool of genrule or by `etbuild run`."""
    program = python_program(ctx)
    return [DefaultInfo(), RunInfo(program.argv, program.inputs, program.env, program.mounts)]
