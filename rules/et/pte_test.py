"""pte_test: a program on real input, with the answer that a person expects."""

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
    PythonEnvironmentInfo,
    Request,
    RuleContext,
    Src,
    TestInfo,
    provides,
    rule,
)
from rules.et.actions import PYTHON_ENV, WORKER, repeated
from rules.et.providers import ProgramInfo


class PteTestAttrs(Attrs):
    """Attributes of pte_test."""

    program: Annotated[Dep, provides(ProgramInfo)]
    """The program."""

    prompt: str | None = None
    """Text generation: what it continues."""

    expect: str | None = None
    """Text generation: what the continuation must hold.  Image classification: the class's index, as text."""

    max_new_tokens: Annotated[int, Field(ge=1)] = 24
    """Text generation: how many tokens at most."""

    image: Src | None = None
    """Image classification: the picture."""

    sentences: tuple[str, ...] = ()
    """Feature extraction: an anchor, a sentence that is near to it, and one that is far."""

    timeout: Annotated[int, Field(ge=1)] = 600
    """After how many seconds it fails."""


def _toolchains(_attrs: PteTestAttrs) -> tuple[Request, ...]:
    return (Request("python_environment", frozenset({"runtime"})),)


@rule(attrs=PteTestAttrs, toolchains=_toolchains)
def pte_test(ctx: RuleContext[PteTestAttrs]) -> Sequence[Provider]:
    """Run a program on real input, on the host's official runtime, and hold its answer against the expected one."""
    attrs = ctx.attrs
    program = ctx.provider(attrs.program, ProgramInfo)
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    tool = ctx.tool("run/expect.py")
    files = [program.program, program.verdict, *program.tokenizer]
    argv: list[str | Artifact] = [
        environment.python,
        tool.script,
        "--task",
        program.task or "none",
        "--pte",
        program.program,
    ]
    argv += repeated("--tokenizer", program.tokenizer)
    if attrs.prompt is not None:
        argv += ["--prompt", attrs.prompt, "--max-new-tokens", str(attrs.max_new_tokens)]
    if attrs.expect is not None:
        argv += ["--expect", attrs.expect]
    if attrs.image is not None:
        argv += ["--image", ctx.file(attrs.image)]
        files.append(ctx.file(attrs.image))
    argv += repeated("--sentence", attrs.sentences)
    return [
        DefaultInfo(),
        TestInfo(
            tuple(argv),
            InputSet(files, (tool.inputs,)),
            tuple(sorted(PYTHON_ENV.items())),
            (environment.mount,),
            timeout=attrs.timeout,
            worker=WORKER,
        ),
    ]
