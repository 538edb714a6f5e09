"""text_runner: a text program with what runs it on a device. Compiles nothing: its runner is a target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from etbuild.api import (
    Artifact,
    Attrs,
    DefaultInfo,
    Dep,
    InputSet,
    Limits,
    Provider,
    RuleContext,
    RunInfo,
    Src,
    TestInfo,
    provides,
    rule,
)
from rules.et.providers import EagerTextInfo, ProgramInfo


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
    """What compares, such as "@etbuild//runtime/runner:greedy_check": takes --model and --reference."""

    reference: Annotated[Dep, provides(EagerTextInfo)]
    """What its model says in eager PyTorch: a target of the rule `eager_text`."""

    tokens: Annotated[int, Limits(ge=1)] = 24
    """How many greedy tokens must be those of the reference, which must have so many."""

    tolerance: Annotated[float, Limits(gt=0)] = 1e-3
    """How far the logits before each token may be from the reference's."""

    timeout: Annotated[int, Limits(ge=1)] = 600
    """After how many seconds it fails."""


@rule(attrs=TextRunnerTestAttrs)
def text_runner_test(ctx: RuleContext[TextRunnerTestAttrs]) -> Sequence[Provider]:
    """Hold a program's greedy tokens and logits on a device against what its model says in eager PyTorch."""
    attrs = ctx.attrs
    program = ctx.provider(attrs.program, ProgramInfo)
    reference = ctx.provider(attrs.reference, EagerTextInfo).reference
    runner, _ = _runner(ctx, attrs.runner)
    argv: list[str | Artifact] = [*runner.argv, "--model", program.program, "--reference", reference]
    argv += ["--tokens", str(attrs.tokens), "--tolerance", repr(attrs.tolerance)]
    files = (program.program, reference, program.verdict)
    return [
        DefaultInfo(),
        TestInfo(tuple(argv), InputSet(files, (runner.inputs,)), runner.env, runner.mounts, timeout=attrs.timeout),
    ]


def _runner(
    ctx: RuleContext[TextRunnerAttrs] | RuleContext[TextRunnerTestAttrs], label: Dep
) -> tuple[RunInfo, DefaultInfo]:
    return ctx.provider(label, RunInfo), ctx.provider(label, DefaultInfo)
