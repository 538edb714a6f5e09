"""The verb `run`."""

from __future__ import annotations

import os
from typing import Any

import click

from etbuild.cli.flags import settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import settings_options
from etbuild.cli.report_output import show, tell_troubles
from etbuild.model.diagnostics import Diagnostic, EtbuildError


@click.command(short_help="Build a target and run it here.")
@click.argument("target")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@settings_options
@click.pass_obj
def run(invocation: Invocation, /, target: str, words: tuple[str, ...], **flags: Any) -> int | None:
    """Build TARGET and run it in the working folder, outside the sandbox, with WORDS (after --)."""
    session = invocation.session(settings_of(invocation, flags))
    report, program = session.run(target)
    if program is None:
        return show(report, as_json=False)
    tell_troubles(report)
    os.chdir(invocation.cwd)
    os.umask(invocation.umask)
    try:
        return os.execvpe(program.argv[0], [*program.argv, *words], {**invocation.env, **program.env})  # noqa: S606
    except OSError as error:
        message = f"'{program.argv[0]}' must be a program of this machine: {error.strerror}"
        hint = "a platform's `run_under` says how its programs run here"
        raise EtbuildError(Diagnostic("not-runnable", message, hint=hint)) from None
