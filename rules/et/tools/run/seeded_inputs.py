"""Makes inputs from nothing but a program's own word on their form; they are noise, and prove little."""

from __future__ import annotations

from typing import Any

import torch

from pte.program import Method, Plain, Tensor


def seeded_inputs(method: Method) -> tuple[Any, ...]:
    """Return seeded noise for numbers, and zeros and ones for indices and truths."""
    generator = torch.Generator().manual_seed(0)
    return tuple(_input(method.values[index], generator) for index in method.inputs)


def seeded_tokens(vocabulary: int, count: int) -> torch.Tensor:
    """Return `count` tokens of a vocabulary, [1, count]: for when nobody names a text."""
    return torch.randint(0, vocabulary, (1, count), generator=torch.Generator().manual_seed(0))


def _input(value: Tensor | Plain, generator: torch.Generator) -> Any:
    if isinstance(value, Plain):
        return value.value
    dtype = getattr(torch, value.dtype)
    if dtype.is_floating_point:
        return torch.randn(value.sizes, generator=generator).to(dtype)
    return torch.randint(0, 2, value.sizes, generator=generator).to(dtype)
