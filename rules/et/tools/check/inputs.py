"""Gathers what a program is run on: recorded tensors, sentences, or the graph's own examples; runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from check.graph_runner import InputSpec
from check.recorded import recorded_calls
from common.diagnostics import UserError, mistake
from quantize.calibration import read_calibration
from run.text_encoder import encoder_rows
from run.tokenizer import Tokenizer

SENTENCES = ("A man is eating food.", "A man is eating a piece of bread.", "The baby is carried by the nurse.")
"""What a text model is tried on where the target names no prompt."""
CHOSEN = 4
"""How many inputs of a calibration a program is tried on."""


@dataclass(frozen=True, slots=True)
class InputSet:
    """One call's inputs, in the graph's sequence, and what people call them."""

    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What an input must be: as the graph has it, and not smaller than was declared."""

    spec: InputSpec
    least: tuple[int, ...]


def recorded_inputs(
    sources: Sequence[str], specs: Sequence[InputSpec], inputs: Sequence[Mapping[str, Any]]
) -> tuple[InputSet, ...]:
    """Return the inputs in `sources`, files or functions as "file.py:function"; `inputs` are those of the facts."""
    least = {each["name"]: each["shape"] for each in inputs}
    forms = [Form(spec, tuple(map(_least, least.get(spec.name, spec.sizes)))) for spec in specs]
    sets: list[InputSet] = []
    for index, source in enumerate(sources):
        try:
            sets += [InputSet(name, _ordered(call, forms, source)) for name, call in recorded_calls(source)]
        except UserError as error:
            raise _at(error, index) from error
    return tuple(sets)


def calibration_inputs(sources: Sequence[str], inputs: Sequence[Mapping[str, Any]]) -> tuple[InputSet, ...]:
    """Return some of the calls that a quantization observed, from all over them; `inputs` are those of the facts."""
    calls = read_calibration(sources, inputs)
    chosen = sorted({at * (len(calls) - 1) // max(CHOSEN - 1, 1) for at in range(CHOSEN)})
    return tuple(InputSet(f"calibration {at + 1}", calls[at]) for at in chosen)


def sentence_inputs(sentences: Sequence[str], tokenizer: Tokenizer, specs: Sequence[InputSpec]) -> tuple[InputSet, ...]:
    """Return the inputs of a text encoder, one set a sentence."""
    return tuple(InputSet(text, _encoded(tokenizer.encode(text), specs)) for text in sentences)


def example_inputs(exported: Any, specs: Sequence[InputSpec]) -> tuple[InputSet, ...]:
    """Return the inputs that the graph was traced with, and seeded ones of their shapes beside them."""
    if exported.example_inputs is None:
        return (InputSet("seeded", tuple(_seeded(spec, 0) for spec in specs)),)
    flat = tuple(torch.utils._pytree.tree_leaves(exported.example_inputs))
    again = tuple(_like(value, 1) for value in flat)
    return InputSet("example", flat), InputSet("seeded", again)


def _ordered(given: Any, forms: Sequence[Form], source: str) -> tuple[Any, ...]:
    """Return `given` in the graph's sequence: a tensor, a tuple of them, or a mapping by the inputs' names."""
    names = [form.spec.name for form in forms]
    if isinstance(given, Mapping):
        if set(given) != set(names):
            _mismatch(source, f"the inputs {', '.join(names)}", ", ".join(sorted(map(str, given))))
        values = tuple(given[name] for name in names)
    else:
        values = tuple(given) if isinstance(given, tuple) else (given,)
    if len(values) != len(forms):
        _mismatch(source, f"{len(forms)} inputs", str(len(values)))
    for form, value in zip(forms, values, strict=True):
        _check_fits(form, value, source)
    return values


def _check_fits(form: Form, value: Any, source: str) -> None:
    spec = form.spec
    if spec.dtype is None:
        return
    wanted = f"{str(spec.dtype).removeprefix('torch.')}{_sizes_text(form)} for '{spec.name}'"
    if not isinstance(value, torch.Tensor):
        _mismatch(source, wanted, f"a {type(value).__name__}")
    fits = len(value.shape) == len(spec.sizes) and all(
        size == own if own is not None else least <= size <= most
        for size, own, least, most in zip(value.shape, spec.sizes, form.least, spec.largest, strict=True)
    )
    if not fits or value.dtype != spec.dtype:
        _mismatch(source, wanted, f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}")


def _mismatch(source: str, must: str, given: str) -> None:
    raise mistake("inputs-do-not-fit", f"'{source}' must give {must}, gives {given}", "inputs")


def _least(size: Any) -> int:
    """Return the least of a size in the facts: [least, most] where it may change, or in a graph's own word: None."""
    return int(size[0]) if isinstance(size, list) else size or 0


def _sizes_text(form: Form) -> str:
    sizes = zip(form.spec.sizes, form.least, form.spec.largest, strict=True)
    return f"[{', '.join(_size_text(*size) for size in sizes)}]"


def _size_text(own: int | None, least: int, most: int) -> str:
    if own is not None:
        return str(own)
    return f"{least}..{most}" if least > 1 else f"≤{most}"


def _encoded(tokens: Sequence[int], specs: Sequence[InputSpec]) -> tuple[Any, ...]:
    """Fill the inputs that a text encoder may have, by name; a static length is padded with masked zeros."""
    length = max((spec.largest[-1] if spec.sizes[-1] is None else spec.sizes[-1]) or 1 for spec in specs if spec.sizes)
    static = all(spec.sizes[-1] is not None for spec in specs if spec.sizes)
    kept = list(tokens[:length])
    rows = encoder_rows(kept, length - len(kept) if static else 0)
    values = []
    for at, spec in enumerate(specs):
        # A graph made elsewhere may name its inputs as it likes; their sequence is then the usual one.
        row = rows.get(spec.name, list(rows.values())[min(at, 3)])
        values.append(torch.tensor([row], dtype=spec.dtype))
    return tuple(values)


def _seeded(spec: InputSpec, seed: int) -> Any:
    if spec.dtype is None:
        return None
    shape = [most if most < 1 << 20 else 2 for most in spec.largest]
    return _like(torch.zeros(shape, dtype=spec.dtype), seed)


def _like(value: Any, seed: int) -> Any:
    """Return other values of the same form: noise for numbers, the same ones (turned round) for indices and truths."""
    if not isinstance(value, torch.Tensor):
        return value
    if not value.dtype.is_floating_point:
        return value.flip(-1).contiguous() if value.dim() else value
    noise = torch.randn(value.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float32)
    return noise.to(value.dtype)


def _at(error: UserError, index: int) -> UserError:
    return UserError(*(replace(diagnostic, attribute="inputs", index=index) for diagnostic in error.diagnostics))
