"""The verb `lock`."""

from __future__ import annotations

from typing import Any

import click

from etbuild.cli.flags import FETCHING, settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, some_settings
from etbuild.cli.output import show_result
from etbuild.cli.wording import counted
from etbuild.locks import check_locks
from etbuild.locks import lock as write_locks
from etbuild.model.diagnostics import raise_all

_NOTHING = "nothing to lock: no [[repository]] to fetch, no python_environment with requirements"


@click.command(short_help="Pin repositories and Python environments.")
@click.argument("names", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; fail if a lock is not up to date.")
@some_settings(FETCHING)
@json_option
@click.pass_obj
def lock(invocation: Invocation, /, names: tuple[str, ...], check: bool, as_json: bool, **flags: Any) -> int:
    """Pin the files of repositories and Python environments by SHA-256.

    What is pinned and still fits is kept. NAMES (@repository, //package:environment) are pinned anew, or checked alone.
    """
    session = invocation.session(settings_of(invocation, flags))
    report = check_locks(session, names) if check else write_locks(session, names)
    states = {True: "written", False: "up to date"}
    lines = [f"{each.path}  {states[each.changed]}, {counted(each.files, 'file')}" for each in report.locked]
    show_result(report.locked, lines or [_NOTHING] * (not report.mistakes), as_json=as_json)
    raise_all(report.mistakes)
    return 0
