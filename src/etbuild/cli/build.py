"""The verb `build`."""

from __future__ import annotations

from typing import Any

import click

from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, settings_of, settings_options
from etbuild.cli.report_output import finish
from etbuild.model.request import BuildRequest


@click.command(short_help="Build targets; the word may be left out.")
@click.argument("patterns", nargs=-1, required=True)
@settings_options
@json_option
@click.pass_obj
def build(invocation: Invocation, /, patterns: tuple[str, ...], as_json: bool, **flags: Any) -> int:
    """Build the targets that PATTERNS name, such as //examples/... or //models:llama_xnnpack.

    The word `build` may be left out. A pattern after -- may start with -, which takes
    away: etbuild -- //... -//slow/...
    """
    request = BuildRequest(patterns, settings_of(invocation, flags))
    return finish(invocation, invocation.session(request.settings).build(request), as_json=as_json)
