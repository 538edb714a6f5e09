"""pte_test: a program on real input, with the answer that a person expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from etbuild.api import (
    DEVICE,
    Artifact,
    Attrs,
    DefaultInfo,
    Dep,
    InputSet,
    Limits,
    Provider,
    PythonEnvironmentInfo,
    Request,
    RuleContext,
    RunInfo,
    Src,
    TestInfo,
    as_written,
    given,
    provides,
    rule,
)
from rules.et.actions import PYTHON_ENV, WORKER, repeated, spec_digest
from rules.et.providers import MethodProof, ProgramInfo

GENERATION = ("text-generation",)
READERS: Mapping[str, tuple[str, ...]] = {
    "prompt": GENERATION,
    "expect": (*GENERATION, "image-classification"),
    "max_new_tokens": GENERATION,
    "image": ("image-classification",),
    "sentences": ("feature-extraction",),
}
"""By attribute: the tasks whose test reads it."""

INPUTS = ("prompt", "expect", "image", "sentences")
"""Those that are real input, or what is expected of it."""


class PteTestAttrs(Attrs):
    """Attributes of pte_test."""

    program: Annotated[Dep, provides(ProgramInfo)]
    """The program."""

    prompt: str | None = None
    """Text generation: what it continues."""

    expect: str | None = None
    """Text generation: what the continuation must hold.  Image classification: the class's index, as text."""

    max_new_tokens: Annotated[int, Limits(ge=1)] = 24
    """Text generation: how many tokens at most; on a device, of those that the proof recorded."""

    image: Src | None = None
    """Image classification: the picture."""

    sentences: tuple[str, ...] = ()
    """Feature extraction: an anchor, a sentence that is near to it, and one that is far."""

    runner: Annotated[Dep, provides(RunInfo), DEVICE] = as_written("@etbuild//runtime/program_runner")
    """On a platform other than the host: the C++ program that calls it with the inputs of its proof."""

    timeout: Annotated[int, Limits(ge=1)] = 600
    """After how many seconds it fails."""


def _toolchains(_attrs: PteTestAttrs) -> tuple[Request, ...]:
    return (Request("python_environment", frozenset({"runtime"})),)


@rule(attrs=PteTestAttrs, toolchains=_toolchains)
def pte_test(ctx: RuleContext[PteTestAttrs]) -> Sequence[Provider]:
    """Hold a program's answers against the expected ones.

    On the host it is given real input, on the official Python runtime; without any, its outputs must be finite. Of
    several methods the first whose task reads that input is given it, and all others must give finite outputs. On any
    other platform each method is called in C++ with the inputs of its proof, and must give what its graph gave, within
    the proof's tolerances.
    """
    program = ctx.provider(ctx.attrs.program, ProgramInfo)
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    _check_read(ctx, program)
    if ctx.platform.label is None:
        return [DefaultInfo(), _on_host(ctx, program, environment)]
    return [DefaultInfo(), _on_device(ctx, program, environment)]


def _check_read(ctx: RuleContext[PteTestAttrs], program: ProgramInfo) -> None:
    """Raise `unread-attribute` for what the test of no method would read."""
    tested = _tested(ctx.attrs, program)
    read = [name for name in INPUTS if tested.task in READERS[name]]
    read += ["max_new_tokens"] if any(proof.task == "text-generation" for proof in program.proofs) else []
    for name, readers in READERS.items():
        if _says(ctx.attrs, name) and not ctx.is_shared(name) and name not in read:
            wanted = " or ".join(f"'{task}'" for task in readers)
            what = f"'{ctx.attrs.program}' has {repr(tested.task) if tested.task else 'none'}"
            message = f"'{name}' of pte_test must be left out but for a program with task {wanted}, {what}"
            raise ctx.mistake("unread-attribute", message, attribute=name, hint="remove it")


def _tested(attrs: PteTestAttrs, program: ProgramInfo) -> MethodProof:
    """Return the method that real input is for: the first that reads most of what is given."""
    said = [name for name in INPUTS if _says(attrs, name)]
    return max(program.proofs, key=lambda proof: sum(proof.task in READERS[name] for name in said))


def _says(attrs: PteTestAttrs, name: str) -> bool:
    return name in given(attrs) and getattr(attrs, name) != ()


def _method_flags(attrs: PteTestAttrs, program: ProgramInfo) -> list[str]:
    """Return how each method is tested."""
    words: list[str] = []
    tested, is_asked = _tested(attrs, program), any(_says(attrs, name) for name in INPUTS)
    for proof in program.proofs:
        # Without real input there is no answer to expect: it must run, and give finite values that differ. A decoder's
        # positions follow each other, so noise is no input for it.
        unasked = "tokens" if proof.task == "text-generation" else "none"
        words += ["--task", proof.task if is_asked and proof is tested else unasked, "--method", proof.method]
    return words


def _on_host(ctx: RuleContext[PteTestAttrs], program: ProgramInfo, environment: PythonEnvironmentInfo) -> TestInfo:
    attrs = ctx.attrs
    tool = ctx.tool("run/expect.py")
    files = [program.program, program.verdict, *program.tokenizer, *program.own_operators]
    argv: list[str | Artifact] = [environment.python, tool.script]
    argv += ["--pte", program.program, *_method_flags(attrs, program)]
    argv += repeated("--tokenizer", program.tokenizer)
    argv += repeated("--operators", program.own_operators)
    argv += ["--max-new-tokens", str(attrs.max_new_tokens)]
    if attrs.prompt is not None:
        argv += ["--prompt", attrs.prompt]
    if attrs.expect is not None:
        argv += ["--expect", attrs.expect]
    if attrs.image is not None:
        argv += ["--image", ctx.file(attrs.image)]
        files.append(ctx.file(attrs.image))
    argv += repeated("--sentence", attrs.sentences)
    return TestInfo(
        tuple(argv),
        InputSet(files, (tool.inputs,)),
        tuple(sorted(PYTHON_ENV.items())),
        (environment.mount,),
        timeout=attrs.timeout,
        worker=WORKER,
    )


def _on_device(ctx: RuleContext[PteTestAttrs], program: ProgramInfo, environment: PythonEnvironmentInfo) -> TestInfo:
    runner = ctx.provider(ctx.attrs.runner, RunInfo)
    flags: list[str | Artifact] = ["--tokens", str(ctx.attrs.max_new_tokens)]
    for proof in program.proofs:
        flags += ["--method", proof.method, "--facts", proof.facts, "--measure", proof.measure]
        flags += ["--inputs", proof.inputs, "--expected", proof.expected]
        flags += repeated("--tolerance", [f"{proof.method}:{each}" for each in proof.tolerances])
    calls = ctx.output_tree(f"calls-{spec_digest(flags)}")
    ctx.run(
        "EtRecordCalls",
        argv=[environment.python, ctx.tool("check/record_calls.py"), *flags, "--output", calls],
        outputs=(calls,),
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        progress="writing the calls of the proof down for the device",
    )
    argv = (*runner.argv, program.program, "--calls", f"{calls.path}/calls.txt")
    files = InputSet((calls, program.program, program.verdict), (runner.inputs,))
    return TestInfo(argv, files, runner.env, runner.mounts, timeout=ctx.attrs.timeout)
