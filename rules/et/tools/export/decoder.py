"""etbuild's own wrapper of a decoder: the key-value cache in buffers, the position only an input.

transformers' wrapper keeps an int64 position a layer, which two backends refuse and which costs four kernels a layer.
Knows nothing of backends; `forward(input_ids, cache_position)` is what the C++ text runner calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401 -- registers torch.ops.llama.*
from transformers.cache_utils import StaticCache, StaticLayer
from transformers.masking_utils import AttentionMaskInterface
from transformers.modeling_utils import AttentionInterface

CUSTOM_SDPA = "etbuild_custom_sdpa"

KeysAndValues = tuple[torch.Tensor, torch.Tensor]
"""What a layer remembers of some tokens, each [batch, heads, tokens, size]."""


class UnsupportedAttentionError(Exception):
    """The model's attention does more than custom_sdpa can; another implementation must serve."""


class Position:
    """Where the tokens of the call being traced begin: shared by the wrapper, its cache and the attention function."""

    tokens: torch.Tensor | None = None
    start: Any = None
    limit: int = 0


class IndexedLayer(StaticLayer):
    """A layer's cache as [batch, heads, length, head_dim], written at the positions that are an input."""

    def __init__(self, max_cache_len: int, position: Position) -> None:
        """Share `position` with the wrapper."""
        super().__init__(max_cache_len)
        self.position = position

    def update(
        self, key: torch.Tensor, value: torch.Tensor, *_args: object, **_kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write `key` and `value` and return the whole cache."""
        self.keys.index_copy_(2, self.position.tokens, key)
        self.values.index_copy_(2, self.position.tokens, value)
        return self.keys, self.values

    def get_seq_length(self) -> Any:
        """Return how many tokens came before this call."""
        return self.position.tokens[0]  # type: ignore[index]


class FusedLayer(IndexedLayer):
    """A layer's cache as [batch, length, heads, head_dim], the layout of custom_sdpa and update_cache."""

    def lazy_initialization(self, key: torch.Tensor, value: torch.Tensor) -> None:
        """Allocate the cache in its own layout."""
        super().lazy_initialization(key, value)
        self.keys: torch.Tensor = self.keys.transpose(1, 2).contiguous()
        self.values: torch.Tensor = self.values.transpose(1, 2).contiguous()

    def update(
        self, key: torch.Tensor, value: torch.Tensor, *_args: object, **_kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write `key` and `value` in place and return the whole cache."""
        torch.ops.llama.update_cache(key.transpose(1, 2), self.keys, self.position.start)
        torch.ops.llama.update_cache(value.transpose(1, 2), self.values, self.position.start)
        return self.keys, self.values

    def get_seq_length(self) -> Any:
        """Return how many tokens came before this call."""
        return self.position.start


class Decoder(torch.nn.Module):
    """A causal language model with its cache: `forward(input_ids[1, S], cache_position[S]) -> logits`."""

    def __init__(
        self, model: Any, max_seq_len: int, attention: str, logits: str, remembered: Sequence[KeysAndValues | None]
    ) -> None:
        """Give `model` a cache of `max_seq_len` tokens, of what each layer remembers, and the named attention."""
        super().__init__()
        self.model = model
        self.position = Position()
        self.position.limit = max_seq_len
        self.fused = attention == "custom_sdpa"
        self.keep = {"logits_to_keep": 1} if logits == "last" else {}
        model.set_attn_implementation(_register_fused(self.position) if self.fused else attention)
        self.cache = self._new_cache(remembered)

    def forward(self, input_ids: torch.Tensor, cache_position: torch.Tensor) -> torch.Tensor:
        """Return the logits of `input_ids`, which stand at `cache_position`."""
        self._begin(input_ids, cache_position)
        output = self.model(
            input_ids=input_ids,
            attention_mask=None,
            position_ids=cache_position.unsqueeze(0),
            past_key_values=self.cache,
            use_cache=True,
            **self.keep,
        )
        return output.logits

    def _new_cache(self, remembered: Sequence[KeysAndValues | None]) -> StaticCache:
        cache = StaticCache(config=self.model.config.get_text_config(), max_cache_len=self.position.limit)
        layer_type = FusedLayer if self.fused else IndexedLayer
        # Sliding layers too become full ones: the mask does the sliding.
        cache.layers = [layer_type(self.position.limit, self.position) for _ in remembered]
        for index, (layer, pair) in enumerate(zip(cache.layers, remembered, strict=True)):
            if pair is not None:
                layer.lazy_initialization(*pair)
                self.register_buffer(f"key_cache_{index}", layer.keys, persistent=False)
                self.register_buffer(f"value_cache_{index}", layer.values, persistent=False)
        return cache

    def _begin(self, input_ids: torch.Tensor, cache_position: torch.Tensor) -> None:
        position = self.position
        position.tokens = cache_position
        # Read the buffers through the module: tracing puts its own tensors there, and would else see constants.
        for index, layer in enumerate(self.cache.layers):
            if layer.is_initialized:
                layer.keys = getattr(self, f"key_cache_{index}")
                layer.values = getattr(self, f"value_cache_{index}")
        if self.fused:
            position.start = cache_position[0].item()
            torch._check(position.start >= 0)
            torch._check(position.start < position.limit)
            torch._check(position.start + input_ids.shape[1] <= position.limit)


def _register_fused(position: Position) -> str:
    """Register custom_sdpa as an attention of transformers, and no mask: it is causal by itself."""

    def attend(
        module: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attention_mask: torch.Tensor | None,
        scaling: float | None = None,
        **options: Any,
    ) -> tuple[torch.Tensor, None]:
        _require_plain(module, attention_mask, options, position.limit)
        if query.shape[-1] != value.shape[-1]:
            raise UnsupportedAttentionError("values of another size than keys")
        output = torch.ops.llama.custom_sdpa(
            query.transpose(1, 2).float(), key.float(), value.float(), position.start, None, 0.0, True, scaling
        )
        return output.to(query.dtype), None

    AttentionInterface.register(CUSTOM_SDPA, attend)
    AttentionMaskInterface.register(CUSTOM_SDPA, lambda *_args, **_kwargs: None)
    return CUSTOM_SDPA


def _require_plain(module: Any, attention_mask: torch.Tensor | None, options: dict[str, Any], limit: int) -> None:
    window = options.get("sliding_window")
    if window is not None and window < limit:
        raise UnsupportedAttentionError(f"a sliding window of {window} tokens")
    for name in ("softcap", "s_aux", "position_bias"):
        if options.get(name) is not None:
            raise UnsupportedAttentionError(f"'{name}'")
    if attention_mask is not None:
        raise UnsupportedAttentionError("a mask of its own")
    if not getattr(module, "is_causal", True):
        raise UnsupportedAttentionError("attention that is not causal")
