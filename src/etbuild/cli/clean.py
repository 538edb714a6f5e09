"""The verb `clean`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from etbuild.build import OUTPUTS
from etbuild.cli.invocation import Invocation
from etbuild.cli.output import show_lines
from etbuild.execution.outputs import locked


@click.command(short_help="Remove the output folder; the cache stays.")
@click.pass_obj
def clean(invocation: Invocation) -> int:
    """Remove the output folder. The cache is kept: the next build takes its results from there."""
    folder = invocation.workspace_root / OUTPUTS
    if not os.path.lexists(folder):
        show_lines([f"no {OUTPUTS} to remove"])
        return 0
    with locked(folder, f"pid {os.getpid()} (etbuild clean)", lambda who: click.echo(f"waiting for {who}", err=True)):
        done = _remove(folder)
    show_lines([f"{done}; the cache is kept (`etbuild cache gc` makes room there)"])
    return 0


def _remove(folder: Path) -> str:
    if not folder.is_symlink():
        shutil.rmtree(folder, onerror=_refused)
        return f"removed {OUTPUTS}"
    # Whoever made the link wants outputs there, of the next builds too.
    for path in folder.iterdir():
        shutil.rmtree(path, onerror=_refused) if path.is_dir() and not path.is_symlink() else path.unlink()
    return f"emptied '{folder.readlink()}', which {OUTPUTS} leads to"


def _refused(_call: object, path: str, found: tuple[object, BaseException, object]) -> None:
    if isinstance(found[1], OSError):
        found[1].filename = path  # It names the last part of it alone.
    raise found[1]
