"""The verb `clean`."""

from __future__ import annotations

import os
import shutil

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
    if not folder.is_dir():
        show_lines([f"no {OUTPUTS} to remove"])
        return 0
    with locked(folder, f"pid {os.getpid()} (etbuild clean)", lambda who: click.echo(f"waiting for {who}", err=True)):
        shutil.rmtree(folder)
    show_lines([f"removed {OUTPUTS}; the cache is kept (`etbuild cache gc` makes room there)"])
    return 0
