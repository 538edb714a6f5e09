"""Judges a measurement by tolerances: the gate of a program; runs nothing and measures nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from check.tolerances import Finding, findings, parse_tolerances
from common.diagnostics import UserError, mistake, run_tool

PASSED = '{"passed": true}\n'
"""Always the same bytes: a loosened tolerance then re-runs the verdict alone."""


def main(argv: Sequence[str]) -> None:
    """Write the verdict, or fail with the figures."""
    parser = argparse.ArgumentParser(prog="judge", description=__doc__, allow_abbrev=False)
    parser.add_argument("--measure", required=True)
    parser.add_argument("--tolerance", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args(argv)
    measured = json.loads(Path(arguments.measure).read_text(encoding="utf-8"))
    failed = [
        finding for finding in findings(measured, parse_tolerances(arguments.tolerance, measured)) if not finding.kept
    ]
    if failed:
        raise gate_failed(measured, failed)
    Path(arguments.output).write_text(PASSED, encoding="utf-8")


def gate_failed(measured: dict[str, Any], failed: Sequence[Finding]) -> UserError:
    """Return the error that says by how much, at which output, and which operator diverged first."""
    first, *others = failed
    notes = [finding.text for finding in others]
    worst = measured[first.section].get("values_worst" if first.key in ("equal", "float_equal") else "worst")
    if worst:
        notes.append(f"largest error: {worst}")
    divergence = measured.get("first_divergence")
    if divergence:
        notes.append(f"first to diverge: {divergence['text']}")
    whose = "its graph's" if first.section == "against_graph" else "the model's"
    message = f"the program does not keep {whose} answers: {first.text}"
    return mistake("gate-failed", message, "tolerances", notes=tuple(notes), hint=_hint(measured, first))


def _hint(measured: dict[str, Any], first: Finding) -> str:
    if first.section == "against_float":
        return "quantize less (8w, a smaller group), calibrate on more data, or allow it in 'tolerances'"
    if measured["precision"] in {"float16", "bfloat16"}:
        return f"{measured['precision']} rounds at every step: try dtype = \"float32\", or allow it in 'tolerances'"
    return "try another backend to see whose fault it is; 'tolerances' is for differences that you know to be harmless"


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
