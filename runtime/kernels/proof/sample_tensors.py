"""Tensors to call operators with: drawn from a seed, or of the values at which arithmetic goes wrong.

Knows dtypes and sizes, not operators.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
SIGNED = (torch.int8, torch.int16, torch.int32, torch.int64)
INTEGERS = (torch.uint8, *SIGNED)
REALS = (*FLOATS, *INTEGERS)
ALL = (*REALS, torch.bool)
# Zero sizes, no dimensions, one element, odd and even rows, vectors' lengths and one beside.
SIZES = ((), (0,), (1,), (7,), (8,), (33,), (3, 0, 2), (2, 3, 4), (5, 1, 17), (2, 1, 3, 1, 2))
BROADCASTS = (
    ((), ()),
    ((), (3,)),
    ((3,), ()),
    ((1,), (4,)),
    ((0,), (1,)),
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 1), (3,)),
    ((2, 1, 4), (3, 1)),
    ((4, 1, 3, 1), (2, 1, 5)),
    ((2, 3, 4), (2, 3, 4)),
    ((2, 3, 4), (1, 1, 1)),
    ((1, 2, 3), (5, 2, 3)),
    ((2, 0, 3), (1, 3)),
    ((3, 17), (17,)),
    ((1, 33), (2, 1)),
    ((1, 1, 1, 1), (2,)),
)


class Samples:
    """Draws tensors, always the same ones."""

    def __init__(self, seed: int = 6) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def tensor(self, dtype: torch.dtype, *sizes: int, low: float = -4, high: float = 4) -> torch.Tensor:
        """Return elements of the range; whole ones of integers, none below zero of unsigned ones."""
        if dtype == torch.bool:
            return torch.randint(0, 2, sizes, generator=self.generator).bool()
        if dtype.is_complex:
            real, imaginary = (self.tensor(torch.float64, *sizes, low=low, high=high) for _ in range(2))
            return torch.complex(real, imaginary).to(dtype)
        drawn = torch.rand(sizes, generator=self.generator, dtype=torch.float64) * (high - low) + low
        if dtype.is_floating_point:
            return drawn.to(dtype)
        drawn = drawn.abs() if dtype == torch.uint8 else drawn
        return drawn.round().to(dtype)

    def number(self, low: int, high: int) -> int:
        """Return a number from low to high."""
        return int(torch.randint(low, high + 1, (), generator=self.generator))

    def sizes(self, most_dims: int = 5, most_elements: int = 200) -> tuple[int, ...]:
        """Return random sizes, now and then with a zero."""
        sizes = [self.number(1, 7) for _ in range(self.number(0, most_dims))]
        while math.prod(sizes) > most_elements:
            sizes[sizes.index(max(sizes))] = 1
        if sizes and self.number(0, 15) == 0:
            sizes[self.number(0, len(sizes) - 1)] = 0
        return tuple(sizes)

    def broadcastable(self, sizes: Sequence[int]) -> tuple[int, ...]:
        """Return sizes that broadcast with these."""
        other = [size if self.number(0, 2) else 1 for size in sizes]
        return tuple(other[self.number(0, len(other)) if self.number(0, 2) == 0 else 0 :])

    def channels_last(self, dtype: torch.dtype, *sizes: int) -> torch.Tensor:
        """Return a tensor of four or five dimensions with channels last in memory."""
        memory = torch.channels_last if len(sizes) == 4 else torch.channels_last_3d
        return self.tensor(dtype, *sizes).contiguous(memory_format=memory)


def special(dtype: torch.dtype) -> torch.Tensor:
    """Return values at which arithmetic goes wrong, and a few harmless ones."""
    if dtype == torch.bool:
        return torch.tensor([False, True])
    if not dtype.is_floating_point:
        range_ = torch.iinfo(dtype)
        values = [range_.min, range_.min + 1, range_.max, range_.max - 1, 0, 1, 2, 3, 7, 100]
        return torch.tensor(values + ([-1, -2, -3, -7] if range_.min < 0 else []), dtype=dtype)
    info = torch.finfo(dtype)
    plain = [0.0, 1.0, 0.5, 1.5, 2.5, 3.5, 0.1, 7.0, 30.0, 89.0, 1e-3, 1 - info.eps, 1 + info.eps]
    large = [info.max, info.smallest_normal, info.smallest_normal / 2, math.inf]
    values = [*plain, *large]
    return torch.tensor([math.nan, *values, *(-value for value in values)], dtype=torch.float64).to(dtype)


def tame(dtype: torch.dtype) -> torch.Tensor:
    """Return divisors: integers without zero and minus one, at which ATen raises or the processor traps."""
    values = special(dtype)
    if dtype.is_floating_point or dtype == torch.bool:
        return values
    return values[(values != 0) & (values != -1)]
