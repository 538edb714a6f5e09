"""Exports models without a cache: text to an embedding, an image to classes."""

from __future__ import annotations

from typing import Any

import torch
from torch.export import Dim

from common.diagnostics import mistake
from export.capture import Traceable, capture
from export.request import ExportRequest
from export.text_generation import DEFAULT_LENGTH, Captured, prepare_experts, require_length

EXAMPLE_TOKENS = 5


class PooledEmbedding(torch.nn.Module):
    """The mean of a text's last hidden states, of length one: what sentence similarity compares."""

    def __init__(self, model: Any) -> None:
        """Wrap `model`."""
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return [batch, hidden]."""
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1)


class HiddenStates(torch.nn.Module):
    """The last hidden state of each token."""

    def __init__(self, model: Any) -> None:
        """Wrap `model`."""
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return [batch, tokens, hidden]."""
        return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


class ImageClassifier(torch.nn.Module):
    """Logits of an image's classes."""

    def __init__(self, model: Any) -> None:
        """Wrap `model`."""
        super().__init__()
        self.model = model

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Return [batch, classes]."""
        return self.model(pixel_values=pixel_values).logits


def export_embedding(model: Any, request: ExportRequest) -> Captured:
    """Export `model` as `forward(input_ids, attention_mask)`."""
    length = request.max_seq_len or DEFAULT_LENGTH
    require_length(model, length)
    attention = _set_attention(model, request)
    wrapper = PooledEmbedding(model) if request.embedding == "pooled" else HiddenStates(model)
    dynamic = request.dynamic_shapes is not False and length > 1
    count = min(EXAMPLE_TOKENS, length) if dynamic else length
    tokens = Dim("seq_len", max=length)
    inputs = {name: torch.ones(1, count, dtype=torch.long) for name in ("input_ids", "attention_mask")}
    shapes = {name: {1: tokens} for name in inputs} if dynamic else None
    return Captured(capture(Traceable(wrapper.eval(), (), inputs, shapes, bool(request.strict))), *attention)


def export_image_classifier(model: Any, request: ExportRequest) -> Captured:
    """Export `model` as `forward(pixel_values)`."""
    attention = _set_attention(model, request)
    generator = torch.Generator().manual_seed(request.seed)
    image = torch.rand((1, *_image_shape(model.config)), generator=generator).to(model.dtype)
    traceable = Traceable(ImageClassifier(model).eval(), (), {"pixel_values": image}, None, bool(request.strict))
    return Captured(capture(traceable), *attention)


def _set_attention(model: Any, request: ExportRequest) -> tuple[str, tuple[dict[str, str], ...]]:
    prepare_experts(model)
    wanted = "sdpa" if request.attention == "custom_sdpa" else request.attention
    try:
        model.set_attn_implementation(wanted)
    except ValueError as error:
        model.set_attn_implementation("eager")
        why = str(error).strip().splitlines()[0][:200]
        return "eager", ({"what": "attention", "from": wanted, "to": "eager", "why": why},)
    return wanted, ()


def _image_shape(config: Any) -> tuple[int, int, int]:
    config = getattr(config, "vision_config", config)
    size = getattr(config, "image_size", None) or 224
    height, width = (size, size) if isinstance(size, int) else tuple(size)[-2:]
    channels = getattr(config, "num_channels", 3)
    if not all(isinstance(each, int) and each > 0 for each in (channels, height, width)):
        raise mistake("wrong-config", f"the config's image_size must be whole numbers, is {size}", "config")
    return channels, height, width
