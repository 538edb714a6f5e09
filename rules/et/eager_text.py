"""eager_text: what a model itself says to a prompt, in eager PyTorch: the reference for programs made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from etbuild.api import (
    Attrs,
    DefaultInfo,
    Dep,
    Limits,
    Provider,
    PythonEnvironmentInfo,
    Request,
    Resources,
    RuleContext,
    provides,
    rule,
)
from rules.et.actions import PYTHON_ENV, WORKER
from rules.et.export_action import GIB
from rules.et.providers import EagerTextInfo, ModelInfo


class EagerTextAttrs(Attrs):
    """Attributes of eager_text."""

    model: Annotated[Dep, provides(ModelInfo)]
    """An hf_model that generates text."""

    prompt: str | None = None
    """What it continues; without any, 8 seeded tokens: for models that have no tokenizer."""

    tokens: Annotated[int, Limits(ge=1)] = 24
    """How many greedy tokens."""


def _toolchains(_attrs: EagerTextAttrs) -> tuple[Request, ...]:
    return (Request("python_environment", frozenset({"export"})),)


@rule(attrs=EagerTextAttrs, toolchains=_toolchains, provides=(EagerTextInfo,))
def eager_text(ctx: RuleContext[EagerTextAttrs]) -> Sequence[Provider]:
    """Record a model's greedy tokens, and the logits before each, by transformers' own code: nothing is exported."""
    attrs = ctx.attrs
    model = ctx.provider(attrs.model, ModelInfo)
    if model.kind != "hf_model":
        message = f"'{attrs.model}' must be an hf_model, is a {model.kind}: how others generate is not known"
        raise ctx.mistake("not-a-decoder", message, attribute="model")
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    reference = ctx.output(f"{ctx.label.name}.safetensors")
    prompt = () if attrs.prompt is None else ("--prompt", attrs.prompt)
    ctx.run(
        "EtEager",
        argv=[
            environment.python,
            ctx.tool("check/record_eager.py"),
            *(*prompt, "--tokens", str(attrs.tokens), "--reference", reference),
            *model.flags,
        ],
        inputs=model.inputs,
        outputs=(reference,),
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        worker=WORKER,
        resources=Resources(cpu=1, ram=2 * GIB),
        progress="asking the model itself",
    )
    return [DefaultInfo((reference,)), EagerTextInfo(reference)]
