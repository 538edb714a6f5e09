"""How far an answer may be from ATen's: from the dtype, the operator, and ATen's own error.

Integers, bools, and what is only moved are exact. ATen's error is known where the same call can be made in float64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from call import Tolerance
from families import family_of

# Elements are moved or compared, never computed with; rounding is exact, too.
EXACT = frozenset(
    """
    abs alias_copy amax amin any argmax argmin as_strided_copy bitwise_and bitwise_left_shift bitwise_not bitwise_or
    bitwise_right_shift bitwise_xor cat ceil clamp clone constant_pad_nd copy copy_ detach_copy diagonal_copy embedding
    empty eq expand_copy fill flip floor full full_like gather ge gt hardtanh index index_put_ index_select isinf isnan
    le lift_fresh_copy logical_and logical_not logical_or logical_xor lt masked_fill masked_scatter masked_select max
    max_pool2d_with_indices maximum min minimum narrow_copy ne neg nonzero ones permute_copy pixel_shuffle
    pixel_unshuffle reflection_pad1d reflection_pad2d reflection_pad3d relu repeat repeat_interleave replication_pad1d
    replication_pad2d replication_pad3d roll round scalar_tensor scatter select_copy select_scatter sign slice_copy
    slice_scatter split_copy split_with_sizes_copy squeeze_copy stack t_copy topk transpose_copy tril trunc unbind_copy
    unfold_copy unsqueeze_copy upsample_nearest2d view_as_real_copy view_copy where zeros _conj_physical _to_copy
    _h2d_copy _d2h_copy _empty_dim_order _to_dim_order_copy _clone_dim_order
    """.split()
)
# Which of two equal zeros is the answer is open, or ATen answers otherwise for other dtypes.
OPEN_ZEROS = frozenset("amax amin clamp hardtanh max maximum max_pool2d_with_indices min minimum pow relu topk".split())
ROUNDINGS = 4  # As many units in the last place as an answer may be off where nothing is summed up.


def tolerance_of(base: str, overload: Any, given: Mapping[str, Any], results: Sequence[torch.Tensor]) -> Tolerance:
    """Return the tolerance of a call: of the least exact of its results."""
    floats = [result for result in results if result.is_floating_point() or result.is_complex()]
    if not floats or base in EXACT:
        return Tolerance()
    eps = max(torch.finfo(result.dtype).eps for result in floats)
    try:
        exact = overload(**{name: widened(value) for name, value in given.items()})
    except (RuntimeError, NotImplementedError, TypeError):
        return Tolerance(rtol=ROUNDINGS * eps)
    pairs = [
        (widened(result), widened(other))
        for result, other in zip(results, exact if isinstance(exact, tuple | list) else [exact], strict=True)
        if result.shape == other.shape and (result.is_floating_point() or result.is_complex())
    ]
    of_one = of_rows if family_of(f"aten::{base}").startswith("elementwise") else of_sums
    several = [of_one(*pair, eps) for pair in pairs if pair[0].numel()]
    return Tolerance(
        rtol=max([ROUNDINGS * eps, *(each.rtol for each in several)]),
        atol=max([0.0, *(each.atol for each in several)]),
    )


def of_sums(result: torch.Tensor, exact: torch.Tensor, eps: float) -> Tolerance:
    """Return the tolerance where elements are summed up: by the largest of them."""
    finite = result.isfinite() & exact.isfinite()
    error, size = (result - exact).abs()[finite], exact.abs()[finite]
    return Tolerance(atol=4 * error.max().item() + eps * size.max().item() if error.numel() else 0.0)


def of_rows(result: torch.Tensor, exact: torch.Tensor, eps: float) -> Tolerance:
    """Return the tolerance where elements are computed one by one: relative, and absolute where ATen cancels."""
    finite = result.isfinite() & exact.isfinite()
    error, size = (result - exact).abs()[finite], exact.abs()[finite]
    large = size >= 1
    relative = (error[large] / size[large]).max().item() if large.any() else 0.0
    cancelled = ~large & (error > 2 * eps * size)
    return Tolerance(4 * relative, 4 * error[cancelled].max().item() if cancelled.any() else 0.0)


def has_signed_zeros(base: str) -> bool:
    """Return whether zeros of both signs differ in an answer."""
    return (base in EXACT or family_of(f"aten::{base}").startswith("elementwise")) and base not in OPEN_ZEROS


def widened(value: Any) -> Any:
    """Return a value with its floats as float64; a copy, as an operator may change it."""
    if isinstance(value, torch.Tensor):
        wide = torch.complex128 if value.is_complex() else torch.float64
        return value.to(wide, copy=True) if value.is_floating_point() or value.is_complex() else value.clone()
    if isinstance(value, list | tuple):
        return [widened(each) for each in value]
    if isinstance(value, torch.dtype) and value.is_floating_point:
        return torch.float64
    return value
