"""The verb `docs`."""

from __future__ import annotations

import click

from etbuild.cli.invocation import Invocation
from etbuild.cli.output import show_lines
from etbuild.loading.workspace import load_workspace
from etbuild.rule_docs import rules_document


@click.command(short_help="Print what the rules are for, as Markdown.")
@click.pass_obj
def docs(invocation: Invocation) -> int:
    """Print what this workspace's rules are for and which attributes they take, as Markdown."""
    workspace = load_workspace(invocation.workspace_root, invocation.etbuild_root)
    show_lines([rules_document(workspace).rstrip("\n")])
    return 0
