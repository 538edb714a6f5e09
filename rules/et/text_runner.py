"""text_runner: a text program with what runs it on a device. Compiles nothing: its runner is a target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from etbuild.api import (
    Artifact,
    Attrs,
    DefaultInfo,
    Dep,
    InputSet,
    Provider,
    RuleContext,
    RunInfo,
    Src,
    TestInfo,
    provides,
    rule,
)
from rules.et.providers import ProgramInfo


class TextRunnerAttrs(Attrs):
    """Attributes of text_runner."""

    program: Annotated[Dep, provides(ProgramInfo)]
    """The program."""

    tokenizer: Src
    """Its tokenizer, such as a target of the rule `tokenizer`."""

    runner: Annotated[Dep, provides(RunInfo)]
    """What runs it, such as "@etbuild//runtime/runner:llm_runner": takes --model and --tokenizer."""


@rule(attrs=TextRunnerAttrs)
def text_runner(ctx: RuleContext[TextRunnerAttrs]) -> Sequence[Provider]:
    """Bring a text program, its tokenizer and a runner together: `etbuild run` continues a prompt with them."""
    attrs, name = ctx.attrs, ctx.label.name
    program = ctx.provider(attrs.program, ProgramInfo)
    tokenizer = ctx.file(attrs.tokenizer)
    runner, files = _runner(ctx, attrs.runner)
    words = ("--model", program.program, "--tokenizer", tokenizer)
    return [
        DefaultInfo(
            (*files.files, program.program, tokenizer),
            validations=(program.verdict,),
            beside=files.beside,
            names=((program.program, f"{name}.pte"), *files.names),
        ),
        RunInfo(
            (*runner.argv, *words), InputSet((program.program, tokenizer), (runner.inputs,)), runner.env, runner.mounts
        ),
    ]


class TextRunnerTestAttrs(Attrs):
    """Attributes of text_runner_test."""

    program: Annotated[Dep, provides(ProgramInfo)]
    """The program."""

    runner: Annotated[Dep, provides(RunInfo)]
    """What compares, such as "@etbuild//runtime/runner:greedy_check": takes --model, --inputs and --expected."""

    tokens: Annotated[int, Field(ge=1)] = 24
    """How many greedy tokens must be those of the graph."""

    tolerance: Annotated[float, Field(gt=0)] = 1e-3
    """How far logits may be from the graph's."""

    timeout: Annotated[int, Field(ge=1)] = 600
    """After how many seconds it fails."""


@rule(attrs=TextRunnerTestAttrs)
def text_runner_test(ctx: RuleContext[TextRunnerTestAttrs]) -> Sequence[Provider]:
    """Hold a program's logits and greedy tokens on a device against those of its graph, recorded when it was proven."""
    attrs = ctx.attrs
    program = ctx.provider(attrs.program, ProgramInfo)
    runner, _ = _runner(ctx, attrs.runner)
    argv: list[str | Artifact] = [*runner.argv, "--model", program.program, "--inputs", program.inputs]
    argv += ["--expected", program.expected, "--tokens", str(attrs.tokens), "--tolerance", repr(attrs.tolerance)]
    files = (program.program, program.inputs, program.expected, program.verdict)
    return [
        DefaultInfo(),
        TestInfo(tuple(argv), InputSet(files, (runner.inputs,)), runner.env, runner.mounts, timeout=attrs.timeout),
    ]


def _runner(
    ctx: RuleContext[TextRunnerAttrs] | RuleContext[TextRunnerTestAttrs], label: Dep
) -> tuple[RunInfo, DefaultInfo]:
    return ctx.provider(label, RunInfo), ctx.provider(label, DefaultInfo)
