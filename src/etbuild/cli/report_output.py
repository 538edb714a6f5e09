"""Prints a BuildReport: failures to stderr, results to stdout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from etbuild.cli.invocation import Invocation
from etbuild.cli.render import render_json, render_report
from etbuild.execution.snapshot import write_snapshot
from etbuild.incremental import save
from etbuild.model.report import BuildReport, unchanged
from etbuild.up_to_date import request_of, snapshot_path

if TYPE_CHECKING:
    from etbuild.session import Record


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


def finish(invocation: Invocation, record: Record, *, as_json: bool, repeatable: bool = True) -> int:
    """Print the report, and leave a snapshot for the next request that is equal to this one."""
    report = record.report
    if invocation.expected is not None and (report.run or report.exit_code):
        raise AssertionError(f"the fast path said up to date, and {report.run} actions ran")
    code = show(report, as_json=as_json)
    if repeatable and not as_json and record.watched and record.saved:
        request = request_of(list(invocation.argv), str(invocation.cwd), dict(invocation.env))
        path = snapshot_path(str(invocation.workspace_root), request)
        text = idle_text(report)
        written = write_snapshot(Path(path), request, record.watched, text, record.since_ns)
        if written is not None:
            save(path, written, record.saved)
    return code


def idle_text(report: BuildReport) -> str:
    """Return what the next build prints if nothing changes until then."""
    text = render_report(unchanged(report))
    return f"{text}\n" if text else ""
