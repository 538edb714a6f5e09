"""Defines the operator int4::linear_8da4w: a linear layer of 4-bit weights that rounds each token to 8 bits.

    int4::linear_8da4w(Tensor input, Tensor weight, Tensor scales, Tensor? bias) -> Tensor

`weight` is uint8[rows, columns / 2], see `packed`; `scales` float32[rows, groups]. Knows no models; the kernel is
runtime/kernels/int4. What is here computes what torchao's graph of such a layer does, in its sequence, in floats.
"""

from __future__ import annotations

import torch

BLOCK = 32
"""Weights that lie in 16 bytes: the first half of them below, the second above."""
LEAST, LARGEST = -128, 127

LIBRARY = torch.library.Library("int4", "FRAGMENT")
LIBRARY.define("linear_8da4w(Tensor input, Tensor weight, Tensor scales, Tensor? bias) -> Tensor")
LIBRARY.define(
    "linear_8da4w.out(Tensor input, Tensor weight, Tensor scales, Tensor? bias, *, Tensor(a!) out) -> Tensor(a!)"
)


def packed(numbers: torch.Tensor) -> torch.Tensor:
    """Return rows of numbers from -8 to 7 as uint8[rows, columns / 2]."""
    low, high = (numbers.to(torch.int16) + 8).reshape(numbers.shape[0], -1, 2, BLOCK // 2).unbind(2)
    return (low + 16 * high).to(torch.uint8).reshape(numbers.shape[0], -1)


def unpacked(weight: torch.Tensor) -> torch.Tensor:
    """Return what was `packed`, as floats."""
    bytes_ = weight.reshape(weight.shape[0], -1, BLOCK // 2)
    return torch.cat([bytes_ & 15, bytes_ >> 4], dim=-1).reshape(weight.shape[0], -1).float() - 8


def rounded(values: torch.Tensor) -> torch.Tensor:
    """Return each row rounded to 8 bits between its least and largest number, as floats again."""
    nothing = torch.zeros((), dtype=values.dtype)
    least = torch.minimum(values.amin(-1, keepdim=True), nothing)
    largest = torch.maximum(values.amax(-1, keepdim=True), nothing)
    scale = ((largest - least) / (LARGEST - LEAST)).clamp(min=torch.finfo(values.dtype).smallest_normal)
    zero = (LEAST - torch.round(least / scale)).clamp(LEAST, LARGEST)
    numbers = (torch.round(values * (1.0 / scale)) + zero).clamp(LEAST, LARGEST)
    return (numbers - zero) * scale


def linear_8da4w(
    values: torch.Tensor,
    weight: torch.Tensor,
    scales: torch.Tensor,
    bias: torch.Tensor | None,
) -> torch.Tensor:
    """Return torch's linear of the rounded rows and what the weights stand for."""
    rows, groups = scales.shape
    weights = (unpacked(weight).reshape(rows, groups, -1) * scales[..., None]).reshape(rows, -1)
    return torch.nn.functional.linear(rounded(values), weights, bias)


def linear_8da4w_out(
    values: torch.Tensor,
    weight: torch.Tensor,
    scales: torch.Tensor,
    bias: torch.Tensor | None,
    *,
    out: torch.Tensor,
) -> torch.Tensor:
    """Write the same to `out`."""
    return out.copy_(linear_8da4w(values, weight, scales, bias))


def _shape(values: torch.Tensor, weight: torch.Tensor, _scales: object, _bias: object) -> torch.Tensor:
    return values.new_empty([*values.shape[:-1], weight.shape[0]])


LIBRARY.impl("linear_8da4w", linear_8da4w, "CompositeExplicitAutograd")
LIBRARY.impl("linear_8da4w.out", linear_8da4w_out, "CompositeExplicitAutograd")
LIBRARY.impl("linear_8da4w", _shape, "Meta")
