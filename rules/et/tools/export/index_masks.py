"""Makes masks of attention by broadcasting indices, as transformers does for all but a few models.

For those it maps a function over places with `torch.vmap`: a graph of that fixes lengths and cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import torch
from transformers import masking_utils

Mask = Callable[..., torch.Tensor]


@contextmanager
def broadcast_masks() -> Iterator[None]:
    """Let masks be made so here; whether they are the same is for `disagreement` to say."""
    theirs = masking_utils._vmap_expansion_sdpa, masking_utils.TransformGetItemToIndex
    masking_utils._vmap_expansion_sdpa, masking_utils.TransformGetItemToIndex = _broadcast, nullcontext
    try:
        yield
    finally:
        masking_utils._vmap_expansion_sdpa, masking_utils.TransformGetItemToIndex = theirs


def _broadcast(mask: Mask) -> Mask:
    def made(*indices: torch.Tensor) -> torch.Tensor:
        batch, _, queries, keys = (each.shape[0] for each in indices)
        return mask(*masking_utils._non_vmap_expansion_sdpa(*indices)).expand(batch, -1, queries, keys)

    return made
