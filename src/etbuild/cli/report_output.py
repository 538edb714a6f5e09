"""Prints a BuildReport: failures to stderr, results to stdout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from etbuild.cli.configs import user_config
from etbuild.cli.invocation import Invocation
from etbuild.cli.render import render_json, render_report
from etbuild.execution.snapshot import Watched, write_snapshot
from etbuild.incremental import save
from etbuild.model.frozen import replace
from etbuild.model.report import BuildReport, unchanged
from etbuild.up_to_date import request_of, snapshot_path

if TYPE_CHECKING:
    from etbuild.session import Record


def show(report: BuildReport, *, as_json: bool) -> int:
    """Print the report and return the exit code that it means."""
    tell_troubles(report)
    text = render_json(report) if as_json else render_report(report)
    if text:
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
    return report.exit_code


def tell_troubles(report: BuildReport) -> None:
    """Print what went wrong, below the warnings about what went right."""
    for warning in report.warnings:
        # Its lines stay as they are, for editors and other readers of a compiler's output.
        sys.stderr.write(f"warning: {warning.mnemonic} of '{warning.label}' said:\n{warning.text}\n")
    for failure in report.failures:
        sys.stderr.write(f"{failure.render()}\n")
    sys.stderr.flush()


def finish(invocation: Invocation, record: Record, *, as_json: bool, repeatable: bool = True) -> int:
    """Print the report, and leave a snapshot for the next request that is equal to this one."""
    report = record.report
    if invocation.expected is not None:
        _hold_against(invocation.expected, report)
        if not invocation.expected:
            return 0  # What was built from a saved plan has been printed.
    code = show(report, as_json=as_json)
    if repeatable and not as_json and record.watched and record.saved:
        request = request_of(list(invocation.argv), str(invocation.cwd), dict(invocation.env))
        path = snapshot_path(str(invocation.workspace_root), request)
        text = idle_text(report)
        written = write_snapshot(Path(path), request, _with_config(record.watched, invocation), text, record.since_ns)
        if written is not None:
            save(path, written, record.saved)
    return code


def _hold_against(expected: str, report: BuildReport) -> None:
    """Fail where a fast path answered, and the full path finds something to do or to say."""
    if report.run or report.exit_code:
        raise AssertionError(f"a fast path said up to date, and {report.run} actions ran")
    text = render_report(report)
    if expected and f"{text}\n" != expected:
        raise AssertionError(f"a fast path said\n{expected}\nand the full path\n{text}")


def _with_config(watched: Watched, invocation: Invocation) -> Watched:
    """Add the user's own configuration file, if flags were looked for in it."""
    path = user_config(invocation.env)
    if not any(word.startswith("--config") for word in invocation.argv):
        return watched
    if path.is_file():
        return replace(watched, decisive=(*watched.decisive, str(path)))
    return replace(watched, absent=(*watched.absent, str(path)))


def idle_text(report: BuildReport) -> str:
    """Return what the next build prints if nothing changes until then."""
    text = render_report(unchanged(report))
    return f"{text}\n" if text else ""
