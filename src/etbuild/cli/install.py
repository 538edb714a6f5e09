"""The verb `install`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from etbuild.cli.flags import settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import Folder, json_option, settings_options
from etbuild.cli.output import show_result
from etbuild.cli.report_output import show, tell_troubles
from etbuild.cli.wording import size
from etbuild.execution.installed_folder import InstalledFile
from etbuild.installing import MANIFEST
from etbuild.installing import install as install_files

_MANY = 8
"""More files of a kind than this are counted."""


@click.command(short_help="Copy what targets are for into a folder.")
@click.argument("patterns", nargs=-1, required=True)
@click.option("--to", "folder", required=True, type=Folder(path_type=Path), help="The folder; made if need be.")
@settings_options
@json_option
@click.pass_obj
def install(invocation: Invocation, /, patterns: tuple[str, ...], folder: Path, as_json: bool, **flags: Any) -> int:
    """Build PATTERNS, then copy what they are for into a folder, with a manifest.json."""
    session = invocation.session(settings_of(invocation, flags))
    done = install_files(session, patterns, invocation.cwd / folder)
    if done.report.exit_code and not as_json:
        return show(done.report, as_json=False)
    tell_troubles(done.report)
    lines = [
        *_lines(folder, done.files),
        f"{folder}/{MANIFEST}",
        *(f"{folder}/{path}  removed" for path in done.removed),
    ]
    show_result(done, lines, as_json=as_json)
    return done.report.exit_code


def _lines(folder: Path, files: tuple[InstalledFile, ...]) -> Iterator[str]:
    counts = Counter(each.kind for each in files)
    for each in files:
        if counts[each.kind] <= _MANY:
            yield f"{folder}/{each.path}  {size(each.size)}"
    for kind, count in sorted(counts.items()):
        if count > _MANY:
            of_kind = [each for each in files if each.kind == kind]
            below = os.path.commonpath([f"{folder}/{each.path}" for each in of_kind])
            plural = f"{kind.removesuffix('y')}ies" if kind.endswith("y") else f"{kind}s"
            yield f"{below}/  {count} {plural}, {size(sum(each.size for each in of_kind))}"
