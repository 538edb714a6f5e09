"""The verb `affected`."""

from __future__ import annotations

from typing import Any

import click

from etbuild.cli.flags import ANALYSIS, settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, some_settings
from etbuild.cli.output import show_result
from etbuild.revision import ALL, affected_since


@click.command(short_help="List the targets that a change affects.")
@click.argument("patterns", nargs=-1)
@click.option("--since", "revision", required=True, metavar="REV", help="A revision of git, such as main or HEAD~3.")
@click.option("--why", is_flag=True, help="Say of each target what differs.")
@some_settings(ANALYSIS)
@json_option
@click.pass_obj
def affected(
    invocation: Invocation, /, patterns: tuple[str, ...], revision: str, why: bool, as_json: bool, **flags: Any
) -> int:
    """List the targets, of PATTERNS or all, that are built otherwise than at REV. Runs no action.

    A target is affected if its declared inputs, attributes, rule or tool code, toolchain or lock lines differ, or if
    something that it depends on is affected.
    """
    session = invocation.session(settings_of(invocation, flags))
    found = affected_since(session, revision, patterns or (ALL,))
    reasons: dict[str, dict[str, None]] = {}
    for each in found:
        reasons.setdefault(str(each.label[0]), {}).update(dict.fromkeys(each.reasons))
    lines = (f"{label}  {', '.join(texts)}" if why else label for label, texts in reasons.items())
    show_result([{"label": label, "reasons": list(texts)} for label, texts in reasons.items()], lines, as_json=as_json)
    return 0
