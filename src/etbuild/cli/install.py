"""The verb `install`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, settings_of, settings_options
from etbuild.cli.output import show_result
from etbuild.cli.report_output import show
from etbuild.cli.wording import size
from etbuild.installing import MANIFEST
from etbuild.installing import install as install_files
from etbuild.model.request import BuildRequest


@click.command(short_help="Copy what targets are for into a folder.")
@click.argument("patterns", nargs=-1, required=True)
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), help="The folder; made if need be.")
@settings_options
@json_option
@click.pass_obj
def install(invocation: Invocation, /, patterns: tuple[str, ...], folder: Path, as_json: bool, **flags: Any) -> int:
    """Build PATTERNS, then copy what they are for into a folder, with a manifest.json."""
    request = BuildRequest(patterns, settings_of(invocation, flags))
    session = invocation.session(request.settings)
    report = session.build(request).report
    if report.exit_code:
        return show(report, as_json=as_json)
    files = install_files(report, session.root, invocation.cwd / folder)
    lines = [*(f"{folder}/{each.path}  {size(each.size)}" for each in files), f"{folder}/{MANIFEST}"]
    show_result(files, lines, as_json=as_json)
    return 0
