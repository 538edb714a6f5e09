"""Prints a BuildReport: failures to stderr, results to stdout."""

from __future__ import annotations

import sys
from pathlib import Path

from etbuild.cli.render import render_json, render_report
from etbuild.model.report import BuildReport


def show(report: BuildReport, *, as_json: bool) -> int:
    """Print the report and return the exit code that it means."""
    for failure in report.failures:
        sys.stderr.write(f"{failure.render()}\n")
    sys.stderr.flush()
    text = render_json(report) if as_json else render_report(report)
    if text:
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
    return report.exit_code


def show_logs(report: BuildReport, root: Path, which: str) -> None:
    """Print what tests wrote: of those that failed (`errors`), of all (`all`), or of none (`summary`)."""
    for test in report.tests:
        wanted = which == "all" or (which == "errors" and test.status in ("failed", "timed out"))
        if wanted and test.log and (root / test.log).is_file():
            text = (root / test.log).read_text(encoding="utf-8", errors="replace")
            sys.stderr.write(f"---- {test.label} ----\n{text}\n")
