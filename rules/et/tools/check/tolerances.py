"""Says how much a program may differ, by kind and precision, and compares; the standard library alone."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.diagnostics import Diagnostic, UserError


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A figure and how it is bounded; `section` is against_graph or against_float."""

    section: str
    figure: str
    least: bool
    """True where the figure must be at least the bound."""
    noun: str


FLOAT = "against_float"
GRAPH = "against_graph"
TOLERANCES = {
    "tokens_equal": Tolerance(GRAPH, "tokens_equal", True, "tokens equal"),
    "top1": Tolerance(GRAPH, "top1_equal", True, "first places equal"),
    "equal": Tolerance(GRAPH, "values_equal", True, "indices or truths equal"),
    "max_abs_error": Tolerance(GRAPH, "max_abs_error", False, "largest error"),
    "relative_error": Tolerance(GRAPH, "relative_error", False, "largest error relative to the largest value"),
    "sqnr_db": Tolerance(GRAPH, "sqnr_db", True, "signal to noise in dB"),
    "cosine": Tolerance(GRAPH, "cosine", True, "least cosine"),
    "float_tokens_equal": Tolerance(FLOAT, "tokens_equal", True, "tokens equal to the float model's"),
    "float_top1": Tolerance(FLOAT, "top1_equal", True, "first places equal to the float model's"),
    "float_equal": Tolerance(FLOAT, "values_equal", True, "indices or truths equal to the float model's"),
    "float_sqnr_db": Tolerance(FLOAT, "sqnr_db", True, "signal to noise against the float model in dB"),
    "float_cosine": Tolerance(FLOAT, "cosine", True, "least cosine with the float model"),
    "float_perplexity_ratio": Tolerance(FLOAT, "perplexity_ratio", False, "perplexity over the float model's"),
}
"""Every key of 'tolerances'. The sequence is the one in which failures are told."""
COUNTED = {"tokens_equal": "tokens", "top1_equal": "top1", "values_equal": "values"}
"""Figures that are counts, and what they are counted out of; their bound is a share (1.0) or a count."""

PRECISE = {
    "float32": {"relative_error": 1e-4, "sqnr_db": 60.0, "equal": 0.999},
    "float16": {"relative_error": 2e-2, "sqnr_db": 35.0, "equal": 0.99},
    "bfloat16": {"relative_error": 1e-1, "sqnr_db": 22.0, "equal": 0.95},
    # A value on the edge of two steps may fall either way, which is an error of a whole step.
    "quantized": {"relative_error": 2e-1, "sqnr_db": 15.0, "equal": 0.9},
}
TASKS: dict[str, dict[str, float]] = {
    "text-generation": {"tokens_equal": 1.0},
    "feature-extraction": {"cosine": 0.999},
    "image-classification": {"top1": 1.0},
    "tensors": {},
}
FLOAT_TASKS: dict[str, dict[str, float]] = {
    "text-generation": {"float_tokens_equal": 1.0, "float_sqnr_db": 10.0, "float_perplexity_ratio": 1.25},
    "feature-extraction": {"float_cosine": 0.98, "float_sqnr_db": 10.0, "float_equal": 0.9},
    "image-classification": {"float_top1": 1.0, "float_sqnr_db": 10.0, "float_equal": 0.9},
    "tensors": {"float_sqnr_db": 15.0, "float_equal": 0.9},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure against its bound, in words."""

    key: str
    section: str
    kept: bool
    text: str


def default_tolerances(measured: Mapping[str, Any]) -> dict[str, float]:
    """Return the bounds that hold where the target says nothing."""
    kind = str(measured["kind"])
    bounds = {} if measured.get("not_run") else TASKS[kind] | PRECISE[str(measured["precision"])]
    bounds = bounds | FLOAT_TASKS[kind] if measured.get(FLOAT) else bounds
    return {key: bound for key, bound in bounds.items() if _applies(TOLERANCES[key], measured)}


def parse_tolerances(given: Sequence[str], measured: Mapping[str, Any]) -> dict[str, float]:
    """Return the bounds: the defaults, with those of `given` (KEY=VALUE) in their places."""
    bounds = default_tolerances(measured)
    mistakes = []
    for index, text in enumerate(given):
        key, _, value = text.partition("=")
        problem = _problem(key, value, measured)
        if problem is None:
            bounds[key] = float(value)
        else:
            mistakes.append(Diagnostic("invalid-tolerance", problem[0], "tolerances", index, (), problem[1]))
    if mistakes:
        raise UserError(*mistakes)
    return bounds


def _problem(key: str, value: str, measured: Mapping[str, Any]) -> tuple[str, str | None] | None:
    """Return what is wrong with one tolerance, and a hint; None if nothing is."""
    if key not in TOLERANCES:
        close = difflib.get_close_matches(key, TOLERANCES, 1)
        hint = f"did you mean '{close[0]}'?" if close else f"one of {', '.join(TOLERANCES)}"
        return f"no tolerance is called '{key}'", hint
    tolerance = TOLERANCES[key]
    try:
        bound = float(value)
    except ValueError:
        return f"tolerance '{key}' must be a number, is '{value}'", None
    if not math.isfinite(bound) or bound < 0 or (bound == 0 and tolerance.least):
        what = "above 0" if tolerance.least else "from 0"
        return f"tolerance '{key}' must be a finite number {what}, is {value}: it could not fail otherwise", None
    if not measured.get(tolerance.section):
        if tolerance.section == GRAPH:
            reason = f"against the graph, and this program is not run: {measured.get('not_run')}"
        else:
            reason = "against the float model, and this program is not quantized"
        return f"tolerance '{key}' is {reason}", None
    if not _applies(tolerance, measured):
        what = "outputs of floats" if tolerance.figure == "values_equal" else measured["kind"]
        return f"tolerance '{key}' does not apply to {what}", None
    return None


def _applies(tolerance: Tolerance, measured: Mapping[str, Any]) -> bool:
    """Return whether there is what a figure counts."""
    return tolerance.figure not in COUNTED or COUNTED[tolerance.figure] in measured[tolerance.section]


def findings(measured: Mapping[str, Any], bounds: Mapping[str, float]) -> tuple[Finding, ...]:
    """Compare every figure that is bounded; values that are not finite always fail."""
    found = [_finite(measured, section) for section in (GRAPH, FLOAT) if measured.get(section)]
    compared = [_compare(key, bounds[key], measured) for key in TOLERANCES if key in bounds]
    return (*(finding for finding in found if not finding.kept), *compared)


def _finite(measured: Mapping[str, Any], section: str) -> Finding:
    count = int(measured[section]["non_finite"])
    return Finding("finite", section, count == 0, f"{count} values are not finite, must be 0")


def _compare(key: str, bound: float, measured: Mapping[str, Any]) -> Finding:
    tolerance = TOLERANCES[key]
    figures = measured[tolerance.section]
    if tolerance.figure in COUNTED:
        return _compare_count(key, tolerance, bound, figures)
    value = _figure(tolerance.figure, figures)
    kept = value >= bound if tolerance.least else value <= bound
    word = "at least" if tolerance.least else "at most"
    return Finding(key, tolerance.section, kept, f"{tolerance.noun} is {value:.3g}, must be {word} {bound:.3g}")


def _compare_count(key: str, tolerance: Tolerance, bound: float, figures: Mapping[str, Any]) -> Finding:
    value, total = int(figures[tolerance.figure]), int(figures[COUNTED[tolerance.figure]])
    # Up to 1 a bound is a share; above it is a count, which cannot exceed what was asked for.
    least = math.ceil(bound * total - 1e-9) if bound <= 1 else min(int(bound), total)
    noun, _, rest = tolerance.noun.partition(" equal")
    return Finding(key, tolerance.section, value >= least, f"{value} of {total} {noun} equal{rest}, must be {least}")


def _figure(name: str, figures: Mapping[str, Any]) -> float:
    if name == "perplexity_ratio":
        return float(figures["perplexity"]) / float(figures["float_perplexity"])
    return float(figures[name])
