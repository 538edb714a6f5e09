"""Finds references that could prove nothing: constant, all tiny or not finite; knows no program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from common.diagnostics import mistake

TINY = 1e-6


def require_telling(results: Sequence[tuple[Any, ...]], what: str) -> None:
    """Refuse `results` (outputs a run) if no output could show an error."""
    reasons = [degenerate(outputs) for outputs in zip(*results, strict=True)]
    broken = [reason for reason in reasons if reason == "not finite"]
    if reasons and not broken and not all(reasons):
        return
    reason = broken[0] if broken else next((reason for reason in reasons if reason), "empty")
    raise mistake(
        "degenerate-reference",
        f"{what} must give values that can differ, its output is {reason}: agreeing with it would prove nothing",
        hint="give real weights, and real inputs through 'inputs' or 'prompts'",
    )


def degenerate(outputs: Sequence[Any]) -> str | None:
    """Say why one output, over all runs, could prove nothing; None if it can."""
    tensors = [value for value in outputs if isinstance(value, torch.Tensor) and value.numel()]
    if not tensors:
        return "empty"
    if any(value.dtype.is_floating_point and not bool(torch.isfinite(value).all()) for value in tensors):
        return "not finite"
    if negligible(tensors):
        return f"all below {TINY}"
    first = tensors[0].flatten()[0]
    if sum(value.numel() for value in tensors) > 1 and all(bool((value == first).all()) for value in tensors):
        return "constant"
    if len(tensors) > 1 and all(torch.equal(value, tensors[0]) for value in tensors[1:]):
        return "the same for every input"
    return None


def negligible(outputs: Sequence[Any]) -> bool:
    """Return whether one output, over all runs, is so near to zero that it may be nothing but rounding."""
    values = [torch.as_tensor(value) for value in outputs]
    return all(value.dtype.is_floating_point and bool((value.abs() < TINY).all()) for value in values if value.numel())
