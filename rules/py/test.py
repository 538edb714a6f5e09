"""py_test: a Python program that passes if it ends with exit code 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from etbuild.api import DefaultInfo, Limits, Provider, RuleContext, TestInfo, rule
from rules.py.program import ProgramAttrs, environment_request, python_program


class PyTestAttrs(ProgramAttrs):
    """Attributes of py_test."""

    timeout: Annotated[int, Limits(ge=1)] = 300
    """After how many seconds it fails."""


@rule(attrs=PyTestAttrs, toolchains=environment_request)
def py_test(ctx: RuleContext[PyTestAttrs]) -> Sequence[Provider]:
    """Run a Python program as a test: exit code 0 passes."""
    program = python_program(ctx)
    return [
        DefaultInfo(),
        TestInfo(program.argv, program.inputs, program.env, program.mounts, timeout=ctx.attrs.timeout),
    ]
