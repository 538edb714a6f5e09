"""Exports a decoder for text generation, with etbuild's wrapper or transformers'; falls back where attention must."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.export import Dim, ExportedProgram
from transformers import GenerationConfig
from transformers.integrations.executorch import TorchExportableModuleWithStaticCache

from common.diagnostics import UserError, mistake
from common.reasons import chain
from export.capture import REFUSALS, Traceable, capture
from export.decoder import Decoder, UnsupportedAttentionError
from export.dimensions import SPECIAL, read_dimensions, torch_shapes
from export.faithful import Call, disagreement, unfaithful
from export.own_answer import Answer, answer, require_finite
from export.request import ExportRequest
from export.sequence_length import sequence_length
from export.signature import inputs_of
from run.seeded_inputs import seeded_tokens

FALLBACKS = {"custom_sdpa": "sdpa", "sdpa": "eager"}
EXAMPLE_TOKENS = 3
ONE_BY_ONE = "`dynamic_shapes = false` may serve: the program then reads one token a call"
TRIED_TOKENS = 8
"""How many a graph is tried on before it is believed."""


@dataclass(frozen=True, slots=True)
class Captured:
    """An exported program, with what was taken in place of what was asked for."""

    program: ExportedProgram
    attention: str
    fallbacks: tuple[dict[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    """Tensors of the weights that the model has no place for."""


def export_decoder(model: Any, request: ExportRequest) -> Captured:
    """Export `model` as `forward(input_ids, cache_position) -> logits`."""
    own = answer(model, _tokens(model, request))
    require_finite(own.logits, model, request)
    prepare_experts(model)
    attention, fallbacks = request.attention, tuple[dict[str, str], ...]()
    while True:
        found = _try(model, replace(request, attention=attention), own)
        if isinstance(found, ExportedProgram):
            return Captured(found, attention, fallbacks)
        instead = FALLBACKS[attention]
        fallbacks = (*fallbacks, {"what": "attention", "from": attention, "to": instead, "why": found})
        attention = instead


def _try(model: Any, request: ExportRequest, own: Answer) -> ExportedProgram | str:
    """Return the program with this attention, or why another must serve; raise if there is no other."""
    try:
        program = capture(
            _own_wrapper(model, request, own) if request.wrapper == "etbuild" else _theirs(model, request)
        )
    except Exception as error:
        reason = _unsupported(error, request.attention)
        if reason is None or request.attention not in FALLBACKS:
            raise
        return reason
    how = disagreement(program, _calls(program, own, request), request)
    if how is None:
        return program
    if request.attention not in FALLBACKS:
        raise unfaithful(type(model).__name__, how)
    return f"with it the graph does not answer as the model does: {how}"


def example_tokens(model: Any, count: int) -> torch.Tensor:
    """Return `count` tokens of the model's vocabulary, [1, count]."""
    return seeded_tokens(model.config.get_text_config().vocab_size, count)


def prepare_experts(model: Any) -> None:
    """Choose the experts' implementation that has kernels everywhere, for a mixture of experts."""
    if getattr(model, "_can_set_experts_implementation", lambda: False)():
        model.set_experts_implementation("batched_mm")


def _tokens(model: Any, request: ExportRequest) -> torch.Tensor:
    given = _given(request.example_input_ids, "example_input_ids")
    count = max(TRIED_TOKENS, given.numel() if given is not None else 0)
    return example_tokens(model, min(count, sequence_length(model, request)))


def _calls(program: ExportedProgram, own: Answer, request: ExportRequest) -> Iterator[Call]:
    """Yield the tokens as a runner hands them over, with the model's logits: a prompt first, then as few as may be."""
    sizes = inputs_of(program)[0]["shape"][1]
    least, most = sizes if isinstance(sizes, list) else (sizes, sizes)
    count = own.tokens.shape[1]
    start, size = 0, max(least, min(most or count, count - count // 2))
    while start + size <= count:
        positions = torch.arange(start, start + size)
        rows = own.logits[:, positions]
        yield (own.tokens[:, positions], positions), rows[:, -1:] if request.logits == "last" else rows
        start, size = start + size, max(least, 1)


def _own_wrapper(model: Any, request: ExportRequest, own: Answer) -> Traceable:
    length = sequence_length(model, request)
    module = Decoder(model, length, request.attention, request.logits, own.remembered).eval()
    ids, position, shapes = _example(request, length, length)
    inputs = {"input_ids": ids, "cache_position": position}
    return Traceable(module, (), inputs, shapes, bool(request.strict), _hint(request))


def _theirs(model: Any, request: ExportRequest) -> Traceable:
    if request.logits == "last":
        raise mistake("unsupported-option", 'wrapper = "transformers" returns all logits: set logits = "all"', "logits")
    if request.strict is False:
        message = 'wrapper = "transformers" is traced strictly: else its cache would be constants, is strict = false'
        hint = 'leave it out, or take wrapper = "etbuild"'
        raise mistake("unsupported-option", message, "strict", hint=hint)
    length = sequence_length(model, request)
    if request.attention == "custom_sdpa":
        raise mistake("unsupported-option", 'attention = "custom_sdpa" needs wrapper = "etbuild"', "attention")
    model.set_attn_implementation(request.attention)
    model.generation_config = GenerationConfig(
        use_cache=True,
        cache_implementation="static",
        max_length=length,
        cache_config={"batch_size": 1, "max_cache_len": length},
    )
    module = TorchExportableModuleWithStaticCache(model, batch_size=1, max_cache_len=length)
    # Its position is a tensor that it adds to: the last place of the cache cannot be reached by a longest prompt.
    ids, position, shapes = _example(request, length, length - 1)
    inputs = {"input_ids": ids, "cache_position": position}
    return Traceable(module, (), inputs, shapes, True, _hint(request))


def _hint(request: ExportRequest) -> str | None:
    """Return what may serve where a length that may change does not, and was not declared."""
    return ONE_BY_ONE if request.dynamic_shapes in (None, True) else None


def _example(request: ExportRequest, length: int, longest: int) -> tuple[torch.Tensor, torch.Tensor, Any]:
    dynamic = request.dynamic_shapes is not False and longest > 1
    count = min(EXAMPLE_TOKENS, longest) if dynamic else 1
    ids = _given(request.example_input_ids, "example_input_ids")
    ids = torch.ones(1, count, dtype=torch.long) if ids is None else ids.reshape(1, -1)
    least, most = (SPECIAL, longest) if dynamic else (1, length)
    if not least <= ids.shape[1] <= most:
        message = f"'example_input_ids' must hold {least} to {most} tokens, holds {ids.shape[1]}"
        raise mistake("inputs-do-not-fit", message, "example_input_ids")
    position = _given(request.example_cache_position, "example_cache_position")
    position = torch.arange(ids.shape[1]) if position is None else position
    if position.numel() != ids.shape[1]:
        message = f"'example_cache_position' must hold {ids.shape[1]} positions, holds {position.numel()}"
        raise mistake("inputs-do-not-fit", message, "example_cache_position")
    if not dynamic:
        return ids, position, None
    if isinstance(request.dynamic_shapes, dict):
        names = ("input_ids", "cache_position")
        return ids, position, torch_shapes(read_dimensions(request.dynamic_shapes, names), names)
    tokens = Dim("seq_len", max=longest)
    return ids, position, {"input_ids": {1: tokens}, "cache_position": {0: tokens}}


def _given(text: str | None, attribute: str) -> torch.Tensor | None:
    if text is None:
        return None
    try:
        return torch.tensor(json.loads(text), dtype=torch.long)
    except (ValueError, TypeError) as error:
        raise mistake("wrong-type", f"'{attribute}' must be a list of whole numbers, is '{text}'", attribute) from error


def _unsupported(error: BaseException, attention: str) -> str | None:
    """Return why an attention cannot serve this model, if that is what `error` says."""
    for each in chain(error):
        if isinstance(each, UnsupportedAttentionError):
            return f"custom_sdpa does not compute {each}"
    for each in chain(error):
        text = str(each)
        if "UnsupportedAttentionError" in text:
            return "custom_sdpa does not compute what this model's attention does"
        if isinstance(each, ValueError) and "does not support" in text and "attention" in text.lower():
            return text.strip().partition(". ")[0]
    if attention == "custom_sdpa" and isinstance(error, UserError) and error.diagnostics[0].code in REFUSALS:
        # A model with attention of its own reads the cache itself, whose layout it does not expect.
        return error.diagnostics[0].message
    return None
