"""The verb `log`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from etbuild.build import LOGS, OUTPUTS
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option
from etbuild.cli.output import show_json, show_lines
from etbuild.cli.wording import ago, counted, duration, memory
from etbuild.execution.event_log import BuildLog, LoggedAction, last_builds, read_log
from etbuild.execution.trace import chrome_trace
from etbuild.model.diagnostics import Diagnostic, EtbuildError

WHAT = ("summary", "what-ran", "what-failed", "critical-path", "trace")


@click.command(short_help="Tell what the last builds did.")
@click.argument("what", type=click.Choice(WHAT), default="summary")
@click.option("--build", "which", type=click.IntRange(min=1), default=1, help="Which build, counted from the last.")
@json_option
@click.pass_obj
def log(invocation: Invocation, /, what: str, which: int, as_json: bool) -> int:
    """Tell of the last build: summary, what-ran, what-failed, critical-path, or trace (for chrome://tracing)."""
    build = _read(invocation.workspace_root / OUTPUTS / LOGS, which)
    chosen = {
        "what-ran": build.what_ran,
        "what-failed": build.what_failed,
        "critical-path": build.critical_path,
    }
    if what == "trace":
        show_lines([chrome_trace(build)])
    elif what == "summary":
        value = {"argv": build.argv, "started": build.started, "exit_code": build.exit_code, **build.summary()}
        show_json(value) if as_json else show_lines(_summary(build))
    elif as_json:
        show_json([asdict(action) for action in chosen[what]()])
    else:
        show_lines(_actions(chosen[what]()))
    return 0


def _read(folder: Path, which: int) -> BuildLog:
    builds = last_builds(folder)
    if len(builds) < which:
        message = f"the log must hold build {which}, counted from the last, holds {len(builds)}"
        raise EtbuildError(Diagnostic("no-log", message, hint="logs of the last 20 builds are kept in etbuild-out"))
    return read_log(builds[which - 1])


def _summary(build: BuildLog) -> Iterator[str]:
    figures = build.summary()
    ended = "did not end" if build.exit_code is None else f"exit code {build.exit_code}"
    yield f"etbuild {' '.join(build.argv)}"
    yield f"  {ago(time.time() - build.started)}, took {duration(build.wall_ms / 1000)}, {ended}"
    ends = ((name, figures.get(name, 0)) for name in ("run", "hit", "shared", "failed", "skipped"))
    yield f"  {counted(figures['actions'], 'action')}: " + ", ".join(f"{n} {name}" for name, n in ends if n)
    if figures["ran_ms"] or figures["saved_ms"]:
        ran, saved = duration(figures["ran_ms"] / 1000), duration(figures["saved_ms"] / 1000)
        yield f"  actions ran for {ran}; the cache saved {saved}"
    yield from (f"  note: {note}" for note in build.notes)


def _actions(actions: Iterable[LoggedAction]) -> Iterator[str]:
    for action in actions:
        ram = memory(action.peak_ram) if action.peak_ram else ""
        took = duration(action.wall_ms / 1000)
        yield f"{took:>8}  {ram:>7}  {action.mnemonic:<11} {action.owner}  {action.key[:12]}".rstrip()
        yield from (f"    {line}" for text in action.diagnostics for line in text.split("\n"))
