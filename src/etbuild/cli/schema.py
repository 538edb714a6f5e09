"""The verb `schema`."""

from __future__ import annotations

import json

import click

from etbuild.cli.invocation import Invocation
from etbuild.cli.output import show_lines
from etbuild.loading.workspace import load_workspace
from etbuild.schema import build_schema, workspace_schema


@click.command(short_help="Print the JSON Schema of BUILD.toml or WORKSPACE.")
@click.argument("what", type=click.Choice(("build", "workspace")), default="build")
@click.pass_obj
def schema(invocation: Invocation, what: str) -> int:
    """Print the JSON Schema of BUILD.toml (of this workspace's rules) or of WORKSPACE, for editors."""
    if what == "workspace":
        value = workspace_schema()
    else:
        value = build_schema(load_workspace(invocation.workspace_root, invocation.etbuild_root))
    show_lines([json.dumps(value, ensure_ascii=False, indent=2)])
    return 0
