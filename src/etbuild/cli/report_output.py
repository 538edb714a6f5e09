"""Prints a BuildReport: failures to stderr, results to stdout."""

from __future__ import annotations

import sys
from pathlib import Path

from etbuild.cli.invocation import Invocation
from etbuild.cli.render import render_json, render_report, unchanged
from etbuild.execution.snapshot import Watched, write_snapshot
from etbuild.model.report import BuildReport
from etbuild.up_to_date import request_of, snapshot_path


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


def finish(invocation: Invocation, report: BuildReport, watched: Watched, since_ns: int, *, as_json: bool) -> int:
    """Print the report, and leave a snapshot for the next request that is equal to this one."""
    if invocation.expected is not None and (report.run or report.exit_code):
        raise AssertionError(f"the snapshot said up to date, and {report.run} actions ran")
    code = show(report, as_json=as_json)
    if code == 0 and not as_json:
        root = str(invocation.workspace_root)
        request = request_of(list(invocation.argv), str(invocation.cwd), dict(invocation.env))
        text = render_report(unchanged(report))
        path = Path(snapshot_path(root, request))
        write_snapshot(path, request, watched, f"{text}\n" if text else "", since_ns)
    return code


def show_logs(report: BuildReport, root: Path, which: str) -> None:
    """Print what tests wrote: of those that failed (`errors`), of all (`all`), or of none (`summary`)."""
    for test in report.tests:
        wanted = which == "all" or (which == "errors" and test.status in ("failed", "timed out"))
        if wanted and test.log and (root / test.log).is_file():
            text = (root / test.log).read_text(encoding="utf-8", errors="replace")
            sys.stderr.write(f"---- {test.label} ----\n{text}\n")
