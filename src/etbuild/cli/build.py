"""The verb `build`."""

from __future__ import annotations

from typing import Any

import click

from etbuild.cli.answer_build import answer_build
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, settings_options


@click.command(short_help="Build targets; the word may be left out.")
@click.argument("patterns", nargs=-1, required=True)
@settings_options
@json_option
@click.pass_obj
def build(invocation: Invocation, /, patterns: tuple[str, ...], **flags: Any) -> int:
    """Build the targets that PATTERNS name, such as //examples/... or //models:llama_xnnpack.

    The word `build` may be left out. A pattern after -- may start with -, which takes
    away: etbuild -- //... -//slow/...
    """
    return answer_build(invocation, patterns, flags)
