"""The verb `doctor`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, settings_of, settings_options
from etbuild.cli.output import show_json, show_lines
from etbuild.doctoring import Check, examine
from etbuild.model.diagnostics import EXIT_USER_MISTAKE
from etbuild.provisions import detect_host


@click.command
@settings_options
@json_option
@click.pass_obj
def doctor(invocation: Invocation, /, as_json: bool, **flags: Any) -> int:
    """Say what this machine has, what each missing piece would unlock, and how to get it."""
    cache = settings_of(invocation, flags).cache
    checks = examine(detect_host(), invocation.cwd / cache, invocation.python, invocation.env)
    if as_json:
        show_json(checks)
    else:
        show_lines(_lines(checks))
    lacking = any(check.essential and check.state != "ok" for check in checks)
    return EXIT_USER_MISTAKE if lacking else 0


def _lines(checks: Iterable[Check]) -> Iterator[str]:
    for check in checks:
        yield f"{check.state:<8} {check.what}"
        if check.state != "ok":
            yield from (
                f"         {name} {text}" for name, text in (("for:", check.unlocks), ("how:", check.how)) if text
            )
