"""Defines the operators gguf::linear and gguf::embedding: their weights are blocks as they lie in a GGUF file.

    gguf::linear(Tensor input, Tensor weight, Tensor? bias, int type) -> Tensor
    gguf::embedding(Tensor weight, Tensor indices, int type) -> Tensor

`weight` is uint8[rows, bytes of a row], `type` GGML's number of the blocks' type. Knows no files and no models; the
kernels are runtime/kernels/gguf. What is here computes in floats: the kernels round the input of linear to 16 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

BLOCK = 32
"""Weights that a block holds."""


@dataclass(frozen=True, slots=True)
class BlockType:
    """A type of blocks: each begins with a scale as a half, then may have a least value as one, then has numbers."""

    name: str
    bytes: int
    """Of a block."""
    numbers_at: int
    """Where the numbers begin."""


TYPES = {2: BlockType("Q4_0", 18, 2), 3: BlockType("Q4_1", 20, 4), 8: BlockType("Q8_0", 34, 2)}
"""By GGML's numbers."""

LIBRARY = torch.library.Library("gguf", "FRAGMENT")
for schema in (
    "linear(Tensor input, Tensor weight, Tensor? bias, int type) -> Tensor",
    "linear.out(Tensor input, Tensor weight, Tensor? bias, int type, *, Tensor(a!) out) -> Tensor(a!)",
    "embedding(Tensor weight, Tensor indices, int type) -> Tensor",
    "embedding.out(Tensor weight, Tensor indices, int type, *, Tensor(a!) out) -> Tensor(a!)",
):
    LIBRARY.define(schema)


def weights_of(blocks: torch.Tensor, number: int) -> torch.Tensor:
    """Return rows of blocks as float32[..., weights of a row]."""
    type_ = TYPES[number]
    parts = blocks.reshape(*blocks.shape[:-1], -1, type_.bytes)
    scales = _halves(parts, 0)
    numbers = parts[..., type_.numbers_at :]
    if type_.name == "Q8_0":
        weights = numbers.contiguous().view(torch.int8).float() * scales
    else:
        both = torch.cat([numbers & 15, numbers >> 4], dim=-1).float()
        weights = both * scales + _halves(parts, 2) if type_.name == "Q4_1" else (both - 8) * scales
    return weights.reshape(*blocks.shape[:-1], -1)


def width_of(weight: torch.Tensor, number: int) -> int:
    """Return how many weights a row of blocks has."""
    return int(weight.shape[-1]) // TYPES[number].bytes * BLOCK


def _halves(parts: torch.Tensor, at: int) -> torch.Tensor:
    return parts[..., at : at + 2].contiguous().view(torch.float16).float()


def linear(values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, number: int) -> torch.Tensor:
    """Return what torch's linear gives for the weights that the blocks stand for."""
    return torch.nn.functional.linear(values, weights_of(weight, number), bias)


def linear_out(
    values: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    number: int,
    *,
    out: torch.Tensor,
) -> torch.Tensor:
    """Write the same to `out`."""
    return out.copy_(linear(values, weight, bias, number))


def embedding(weight: torch.Tensor, indices: torch.Tensor, number: int) -> torch.Tensor:
    """Return the rows that `indices` name, as floats."""
    return weights_of(weight[indices], number)


def embedding_out(
    weight: torch.Tensor,
    indices: torch.Tensor,
    number: int,
    *,
    out: torch.Tensor,
) -> torch.Tensor:
    """Write the same to `out`."""
    return out.copy_(embedding(weight, indices, number))


def _linear_shape(values: torch.Tensor, weight: torch.Tensor, _bias: object, _type: int) -> torch.Tensor:
    return values.new_empty([*values.shape[:-1], weight.shape[0]])


def _embedding_shape(weight: torch.Tensor, indices: torch.Tensor, number: int) -> torch.Tensor:
    return weight.new_empty([*indices.shape, width_of(weight, number)], dtype=torch.float32)


for name, function in (
    ("linear", linear),
    ("linear.out", linear_out),
    ("embedding", embedding),
    ("embedding.out", embedding_out),
):
    LIBRARY.impl(name, function, "CompositeExplicitAutograd")
LIBRARY.impl("linear", _linear_shape, "Meta")
LIBRARY.impl("embedding", _embedding_shape, "Meta")
