"""What a model answers by its own code, and what a decoder remembers of tokens; knows no export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from common.diagnostics import mistake
from export.capture import eager
from export.decoder import KeysAndValues
from export.fit import SHOWN
from export.request import ExportRequest
from export.tasks import output_of, stateful

KINDS = (DynamicLayer, DynamicSlidingWindowLayer)
"""Layers of a cache that hold keys and values alone."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Tokens [1, S], the logits [1, S, vocabulary] after each, and what each layer of the cache remembers of them."""

    tokens: torch.Tensor
    logits: torch.Tensor
    remembered: tuple[KeysAndValues | None, ...]
    """None of a layer that looks into another's."""


def answer(model: Any, tokens: torch.Tensor) -> Answer:
    """Let `model` read `tokens` as transformers does; refuse it if it remembers what a program's cache cannot hold."""
    outputs = eager(model, input_ids=tokens, use_cache=True)
    logits = output_of(outputs, model, "text-generation")
    layers = getattr(outputs.past_key_values, "layers", ())
    for layer in layers:
        if type(layer) not in KINDS:
            raise stateful(model, f"has a {type(layer).__name__}")
    return Answer(tokens, logits, tuple((each.keys, each.values) if each.is_initialized else None for each in layers))


def require_finite(own: torch.Tensor, model: Any, request: ExportRequest) -> None:
    """Refuse a model whose own answer is not finite: no attention mends it."""
    if bool(own.isfinite().all()):
        return
    name = type(model).__name__
    plain = [(key, value) for key, value in model.named_parameters() if type(value) is torch.nn.Parameter]
    spoilt = [key for key, value in plain if value.is_floating_point() and not bool(value.isfinite().all())]
    if not spoilt:
        message = f"{name}'s own answer must be finite, is not with dtype = '{request.dtype}'"
        raise mistake("not-finite", message, "dtype", hint="float32 holds larger values")
    notes = tuple(f"{key} holds values that are not" for key in spoilt[:SHOWN])
    message = f"the weights must be finite, {len(spoilt)} of the tensors of {name} are not"
    raise mistake("not-finite", message, "weights", notes=notes)
