"""Exports models without a cache: text to an embedding, an image to classes."""

from __future__ import annotations

from typing import Any

import torch
from torch.export import Dim

from common.diagnostics import mistake
from export.capture import Traceable, capture, eager
from export.dimensions import MOST
from export.faithful import Call, disagreement, unfaithful
from export.index_masks import broadcast_masks
from export.own_answer import require_finite
from export.request import ExportRequest
from export.sequence_length import sequence_length
from export.tasks import output_of
from export.text_generation import TRIED_TOKENS, Captured, example_tokens, prepare_experts

EXAMPLE_TOKENS = 5
ONE_LENGTH = "`dynamic_shapes = false` may serve: the program then reads texts of max_seq_len tokens"
Attention = tuple[str, tuple[dict[str, str], ...]]
"""Which is used, and what was asked for in its place."""


class PooledEmbedding(torch.nn.Module):
    """The mean of a text's last hidden states, of length one: what sentence similarity compares."""

    def __init__(self, model: Any) -> None:
        """Wrap `model`."""
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return [batch, hidden]."""
        hidden = _hidden(self.model, input_ids, attention_mask)
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
        return _hidden(self.model, input_ids, attention_mask)


class ImageClassifier(torch.nn.Module):
    """Logits of an image's classes."""

    def __init__(self, model: Any) -> None:
        """Wrap `model`."""
        super().__init__()
        self.model = model

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Return [batch, classes]."""
        return output_of(self.model(pixel_values=pixel_values), self.model, "image-classification")


def export_embedding(model: Any, request: ExportRequest) -> Captured:
    """Export `model` as `forward(input_ids, attention_mask)`."""
    length = sequence_length(model, request)
    wrapper = (PooledEmbedding(model) if request.embedding == "pooled" else HiddenStates(model)).eval()
    dynamic = request.dynamic_shapes is not False and length > 1
    count = min(EXAMPLE_TOKENS, length) if dynamic else length
    tokens = example_tokens(model, min(TRIED_TOKENS, length) if dynamic else length)
    mask = torch.ones_like(tokens)
    padded = mask.clone()
    padded[:, (tokens.shape[1] + 1) // 2 :] = 0
    calls = [(each, _own(wrapper, each, request)) for each in ((tokens, mask), (tokens, padded))]
    attention = _set_attention(model, request)
    if dynamic and length >= (getattr(model.config, "sliding_window", None) or MOST) - 1:
        # Nothing reads what is remembered here, and what a window forgets of it would fix the length.
        model.config.use_cache = False
    # Tensors of their own: a view's strides would become dimensions of the graph.
    inputs = {"input_ids": example_tokens(model, count), "attention_mask": torch.ones(1, count, dtype=torch.long)}
    shapes = {name: {1: Dim("seq_len", max=length)} for name in inputs} if dynamic else None
    traceable = Traceable(wrapper, (), inputs, shapes, bool(request.strict), ONE_LENGTH if dynamic else None)
    with broadcast_masks():
        return _faithful(traceable, attention, calls, request)


def export_image_classifier(model: Any, request: ExportRequest) -> Captured:
    """Export `model` as `forward(pixel_values)`."""
    generator = torch.Generator().manual_seed(request.seed)
    shape = (1, *_image_shape(model.config))
    image, other = (torch.rand(shape, generator=generator).to(model.dtype) for _ in range(2))
    wrapper = ImageClassifier(model).eval()
    calls = [((other,), _own(wrapper, (other,), request))]
    attention = _set_attention(model, request)
    return _faithful(
        Traceable(wrapper, (), {"pixel_values": image}, None, bool(request.strict)), attention, calls, request
    )


def _own(wrapper: Any, inputs: tuple[torch.Tensor, ...], request: ExportRequest) -> torch.Tensor:
    """Return what the model answers by its own code, which must be finite."""
    answer: torch.Tensor = eager(wrapper, *inputs)
    require_finite(answer, wrapper.model, request)
    return answer


def _hidden(model: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    outputs = model(input_ids=input_ids, attention_mask=attention_mask)
    return output_of(outputs, model, "feature-extraction")


def _faithful(traceable: Traceable, attention: Attention, calls: list[Call], request: ExportRequest) -> Captured:
    """Export, and refuse a graph that answers otherwise than the model did before its attention was set."""
    program = capture(traceable)
    if how := disagreement(program, calls, request):
        raise unfaithful(request.architecture or "the model", how)
    return Captured(program, *attention)


def _set_attention(model: Any, request: ExportRequest) -> Attention:
    prepare_experts(model)
    wanted = "sdpa" if request.attention == "custom_sdpa" else request.attention
    try:
        model.set_attn_implementation(wanted)
    except ValueError as error:
        model.set_attn_implementation("eager")
        why = str(error).strip().partition(". ")[0]
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
