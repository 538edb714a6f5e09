"""tokenizer: a tokenizer's files, compiled into the flat file that C++ programs use in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from etbuild.api import (
    Artifact,
    Attrs,
    DefaultInfo,
    Dep,
    Label,
    Limits,
    Provider,
    PythonEnvironmentInfo,
    Request,
    RuleContext,
    Src,
    provides,
    rule,
)
from rules.et.actions import PYTHON_ENV, repeated
from rules.et.providers import ModelInfo, TokenizerInfo


class TokenizerAttrs(Attrs):
    """Attributes of tokenizer."""

    model: Annotated[Dep, provides(ModelInfo)] | None = None
    """A model, whose tokenizer it is; give this or src."""

    src: Annotated[tuple[Src, ...], Limits(min_length=1)] | Src | None = None
    """A tokenizer.json, a GGUF file or a SentencePiece .model; beside a tokenizer.json its tokenizer_config.json, if
    that says what begins and ends a text."""


def _toolchains(_attrs: TokenizerAttrs) -> tuple[Request, ...]:
    return (Request("python_environment", frozenset({"export"})),)


@rule(attrs=TokenizerAttrs, toolchains=_toolchains, provides=(TokenizerInfo,))
def tokenizer(ctx: RuleContext[TokenizerAttrs]) -> Sequence[Provider]:
    """Compile a tokenizer's files into one flat file that C++ programs map, equal to `tokenizers`."""
    files = _files(ctx)
    environment = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    flat = ctx.output(f"{ctx.label.name}.tokenizer")
    ctx.run(
        "EtTokenizer",
        argv=[
            environment.python,
            ctx.tool("tokenizer/compile_tokenizer.py"),
            *repeated("--file", files),
            "--output",
            flat,
        ],
        outputs=(flat,),
        env=PYTHON_ENV,
        mounts=(environment.mount,),
        progress=f"compiling {files[0].path.rpartition('/')[2]}",
    )
    return [DefaultInfo((flat,)), TokenizerInfo(flat)]


def _files(ctx: RuleContext[TokenizerAttrs]) -> tuple[Artifact, ...]:
    model, src = ctx.attrs.model, ctx.attrs.src
    if model is not None and src is None:
        return _files_of_model(ctx, model)
    if src is not None and model is None:
        return ctx.files(src if isinstance(src, tuple) else (src,))
    what = "neither" if model is None else "both"
    raise ctx.mistake("missing-tokenizer", f"a tokenizer must have 'model' or 'src', has {what}")


def _files_of_model(ctx: RuleContext[TokenizerAttrs], model: Label) -> tuple[Artifact, ...]:
    files = ctx.provider(model, ModelInfo).tokenizer
    if not files:
        hint = "give the model's tokenizer attribute, or name the file here as src"
        raise ctx.mistake(
            "missing-tokenizer", f"'{model}' must have a tokenizer, has none", attribute="model", hint=hint
        )
    return files
