"""hf_model: a model whose code is transformers' and whose weights are files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from etbuild.api import Artifact, Attrs, DefaultInfo, Limits, Provider, RuleContext, Src, rule
from rules.et.actions import repeated
from rules.et.providers import ModelInfo


class HfModelAttrs(Attrs):
    """Attributes of hf_model."""

    architecture: str
    """A class of transformers, such as LlamaForCausalLM or BertModel."""

    weights: Annotated[tuple[Src, ...], Limits(min_length=1)] | Src
    """One file or several: safetensors (single, or shards with their index), GGUF, or a torch file of tensors only."""

    config: Src | None = None
    """The model's config.json; GGUF files carry their own."""

    generation_config: Src | None = None
    """The model's generation_config.json."""

    tokenizer: tuple[Src, ...] = ()
    """The tokenizer's files; a GGUF file carries its own."""

    trust_remote_code: bool = False
    """Must stay false: code from a model hub is not run. Put the code beside the target, as a torch_model."""


@rule(attrs=HfModelAttrs, provides=(ModelInfo,))
def hf_model(ctx: RuleContext[HfModelAttrs]) -> Sequence[Provider]:
    """Describe a model of transformers: its class, its config and its pinned weights."""
    attrs = ctx.attrs
    if attrs.trust_remote_code:
        raise ctx.mistake(
            "remote-code",
            "'trust_remote_code' must be false, is true: etbuild runs no code that comes with weights",
            attribute="trust_remote_code",
            hint="put the model's code into a .py file of your package and declare it as a torch_model",
        )
    weights = ctx.files(attrs.weights if isinstance(attrs.weights, tuple) else (attrs.weights,))
    tokenizer = ctx.files(attrs.tokenizer) or tuple(file for file in weights if file.path.endswith(".gguf"))
    flags: list[str | Artifact] = ["--kind", "hf_model", "--architecture", attrs.architecture]
    flags += repeated("--weights", weights)
    if attrs.config:
        flags += ["--config", ctx.file(attrs.config)]
    if attrs.generation_config:
        flags += ["--generation-config", ctx.file(attrs.generation_config)]
    flags += repeated("--tokenizer", tokenizer)
    return [DefaultInfo(weights), ModelInfo(ctx.label, "hf_model", tuple(flags), tokenizer=tokenizer)]
