"""What a decoder answers by its own code, and what it remembers of tokens; knows no export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from export.capture import eager
from export.decoder import KeysAndValues
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
