"""The verb `doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from etbuild.cli.flags import RESOLVING, settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, some_settings
from etbuild.cli.output import show_json, show_lines
from etbuild.device_checks import examine_devices
from etbuild.doctoring import examine
from etbuild.model.diagnostics import EXIT_USER_MISTAKE, EtbuildError
from etbuild.provisions import detect_host


@click.command(short_help="Say what is missing on this machine.")
@some_settings(RESOLVING)
@json_option
@click.pass_obj
def doctor(invocation: Invocation, /, as_json: bool, **flags: Any) -> int:
    """Say what this machine has, what each missing piece would unlock, and how to get it."""
    settings = settings_of(invocation, flags)
    checks = tuple(examine(detect_host(), Path(settings.cache), invocation.python, invocation.env))
    mistake: EtbuildError | None = None
    try:
        checks = (*checks, *examine_devices(invocation.session(settings)))
    except EtbuildError as error:  # Told below what was looked at; but outside of a workspace there are no platforms.
        mistake = error if error.diagnostics[0].code != "workspace-not-found" else None
    if as_json:
        show_json(checks)
    for check in () if as_json else checks:
        show_lines([f"{'ok' if check.ok else 'missing':<8} {check.what}"])
        if not check.ok:
            show_lines([f"         for:  {check.unlocks}", f"         get:  {check.how}"])
    if mistake is not None:
        raise mistake
    return EXIT_USER_MISTAKE if any(check.essential and not check.ok for check in checks) else 0
