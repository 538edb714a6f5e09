"""torch_model: a model whose code stands beside its target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from etbuild.api import Artifact, Attrs, DefaultInfo, EntryPoint, Limits, Provider, RuleContext, Src, as_tables, rule
from rules.et.actions import entry_flags, json_word, repeated
from rules.et.providers import ModelInfo


class ExampleInput(Attrs):
    """The shape of one example input."""

    shape: tuple[Annotated[int, Limits(ge=0)], ...]
    """In elements."""

    dtype: str = "float32"
    """A torch dtype's name."""

    high: int | None = None
    """For whole numbers: values are below it."""


class TorchModelAttrs(Attrs):
    """Attributes of torch_model."""

    entry: EntryPoint
    """"file.py:function": returns the nn.Module; it is given the paths of `weights`."""

    srcs: tuple[Src, ...] = ()
    """Further files that the entry imports."""

    weights: tuple[Src, ...] = ()
    """Files whose paths are handed to the entry, in order."""

    example_inputs: EntryPoint | Annotated[tuple[ExampleInput, ...], Limits(min_length=1)]
    """"file.py:function" that returns a tuple of tensors, or the shape of each input."""

    dynamic_shapes: dict[str, dict[str, tuple[int, int]]] = {}
    """Input's index or name to dimension to [least, most]: { "0" = { "1" = [1, 128] } }."""

    seed: int = 0
    """The seed of torch's generator before the entry is called."""


@rule(attrs=TorchModelAttrs, provides=(ModelInfo,))
def torch_model(ctx: RuleContext[TorchModelAttrs]) -> Sequence[Provider]:
    """Describe a model by a function of your own that returns an nn.Module."""
    attrs = ctx.attrs
    entry, files = entry_flags("--entry", ctx, [attrs.entry])
    flags: list[str | Artifact] = ["--kind", "torch_model", *entry]
    sources = (*files, *ctx.files(attrs.srcs))
    flags += repeated("--src", ctx.files(attrs.srcs))
    flags += repeated("--weights", ctx.files(attrs.weights))
    flags += ["--seed", str(attrs.seed)]
    if attrs.dynamic_shapes:
        flags += ["--dynamic-shapes", json_word(attrs.dynamic_shapes)]
    example, example_files = _example_flags(ctx, attrs.example_inputs)
    shapes = tuple(one.shape for one in attrs.example_inputs if isinstance(one, ExampleInput))
    return [
        DefaultInfo(sources),
        ModelInfo(ctx.label, "torch_model", (*flags, *example), inputs=(*sources, *example_files), shapes=shapes),
    ]


def _example_flags(ctx: RuleContext[Any], example: Any) -> tuple[tuple[str | Artifact, ...], tuple[Artifact, ...]]:
    if hasattr(example, "function"):
        return entry_flags("--example-inputs", ctx, [example])
    return ("--example-inputs", json_word([_without_none(one) for one in example])), ()


def _without_none(example: ExampleInput) -> dict[str, Any]:
    return {name: value for name, value in as_tables(example).items() if value is not None}
