"""Compares tensors in figures: errors, signal to noise, cosine, first place; knows no model and judges nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

EXACT_DB = 200.0
"""The signal to noise of equal values: JSON has no infinity."""
NAMES = (torch.bool, torch.int32, torch.int64)
"""Truths, indices and counts: of two that differ neither is near the other. Shorter integers are samples and pixels."""


@dataclass(slots=True)
class Comparison:
    """The sums behind the figures of one output, over all the inputs that were compared."""

    max_abs_error: float = 0.0
    largest: float = 0.0
    signal: float = 0.0
    noise: float = 0.0
    cosine: float = 1.0
    non_finite: int = 0
    top1_equal: int = 0
    top1: int = 0
    equal: int = 0
    values: int = 0
    is_float: bool = True
    worst: str | None = None
    """The input, and the place in its output, with the largest error."""

    def add(self, reference: torch.Tensor, candidate: torch.Tensor, name: str) -> None:
        """Take one pair in; it must have one shape."""
        if reference.is_complex():
            reference, candidate = torch.view_as_real(reference), torch.view_as_real(candidate)
        true, got = reference.detach().to(torch.float64), candidate.detach().to(torch.float64)
        finite = torch.isfinite(got)
        self.non_finite += int((~finite).sum())
        got = torch.where(finite, got, torch.zeros_like(got))
        error = (true - got).abs()
        if error.numel() and float(error.max()) > self.max_abs_error:
            self.max_abs_error = float(error.max())
            place = [int(index) for index in torch.unravel_index(error.argmax(), error.shape)]
            self.worst = f"{name} at {place}"
        self.is_float &= reference.dtype.is_floating_point
        if reference.dtype in NAMES:
            self.values += true.numel()
            self.equal += int((true == got).sum())
            return
        self.largest = max(self.largest, float(true.abs().max()) if true.numel() else 0.0)
        self.signal += float((true * true).sum())
        self.noise += float((error * error).sum())
        self.cosine = min(self.cosine, cosine(true, got))

    def add_top1(self, reference: torch.Tensor, candidate: torch.Tensor) -> None:
        """Count in how many rows both have their largest value at one place."""
        equal = reference.argmax(-1) == candidate.argmax(-1)
        self.top1_equal += int(equal.sum())
        self.top1 += equal.numel()

    @property
    def sqnr_db(self) -> float:
        """The signal to noise in decibels."""
        return signal_to_noise(self.signal, self.noise)

    def report(self) -> dict[str, float | int | str | None]:
        """Return the figures as JSON holds them."""
        relative = self.max_abs_error / (self.largest or 1.0)
        report: dict[str, float | int | str | None] = {
            "max_abs_error": rounded(self.max_abs_error),
            # The least that whole numbers can differ by is no rounding.
            "relative_error": rounded(relative if self.is_float else 0.0),
            "sqnr_db": rounded(self.sqnr_db),
            "cosine": rounded(self.cosine),
            "non_finite": self.non_finite,
            "worst": self.worst,
        }
        if self.top1:
            report |= {"top1_equal": self.top1_equal, "top1": self.top1}
        if self.values:
            report |= {"values_equal": self.equal, "values": self.values, "values_worst": self.worst}
        return report


def furthest_off(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return each figure of the output that is furthest off in it: a large output would hide a small one's errors."""
    worst = min(reports, key=lambda report: float(report["sqnr_db"]))
    names = [report for report in reports if "values" in report]
    least = min(names, key=lambda report: float(report["values_equal"] / report["values"]), default={})
    return {
        "max_abs_error": max(report["max_abs_error"] for report in reports),
        "relative_error": max(report["relative_error"] for report in reports),
        "sqnr_db": worst["sqnr_db"],
        "cosine": min(report["cosine"] for report in reports),
        "non_finite": sum(report["non_finite"] for report in reports),
        "worst": worst["worst"],
        **{key: report[key] for report in reports for key in ("top1_equal", "top1") if key in report},
        **{key: least[key] for key in ("values_equal", "values", "values_worst") if key in least},
    }


def signal_to_noise(signal: float, noise: float) -> float:
    """Return decibels, between -EXACT_DB and EXACT_DB."""
    if not noise:
        return EXACT_DB
    if not signal:
        return -EXACT_DB
    return max(-EXACT_DB, min(EXACT_DB, 10 * math.log10(signal / noise)))


def sqnr_db(reference: torch.Tensor, candidate: torch.Tensor) -> float:
    """Return the signal to noise of one pair; a candidate that is not finite is all noise."""
    true, got = reference.detach().flatten().to(torch.float64), candidate.detach().flatten().to(torch.float64)
    if not bool(torch.isfinite(got).all()):
        return -EXACT_DB
    return signal_to_noise(float((true * true).sum()), float(((true - got) ** 2).sum()))


def cosine(left: torch.Tensor, right: torch.Tensor) -> float:
    """Return the cosine of the angle between two tensors; of two zeros it is 1."""
    first, second = left.flatten().to(torch.float64), right.flatten().to(torch.float64)
    lengths = float(first.norm() * second.norm())
    if not lengths:
        return 1.0 if float(first.norm()) == float(second.norm()) else 0.0
    return max(-1.0, min(1.0, float(first @ second) / lengths))


def rounded(value: float) -> float:
    """Keep six digits: more would differ between machines and tell nobody anything."""
    return float(f"{value:.6g}")
