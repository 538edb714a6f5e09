"""The verb `fetch`."""

from __future__ import annotations

from typing import Any

import click

from etbuild.cli.flags import RESOLVING, settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, some_settings
from etbuild.cli.output import show_result
from etbuild.fetching import Fetched, all_names
from etbuild.fetching import fetch as fetch_names
from etbuild.model.diagnostics import Diagnostic, EtbuildError


@click.command(short_help="Fetch repositories and environments beforehand.")
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All repositories, and WORKSPACE's toolchains.")
@click.option("--verify", is_flag=True, help="Hash it again; alone, all that is here already.")
@some_settings(RESOLVING)
@json_option
@click.pass_obj
def fetch(
    invocation: Invocation, /, names: tuple[str, ...], everything: bool, verify: bool, as_json: bool, **flags: Any
) -> int:
    """Fetch NAMES, such as @smollm2 or //toolchains/python:base, before a build asks for them."""
    if not (names or everything or verify):
        raise click.UsageError("name what to fetch, such as @smollm2, or say --all")
    if names and everything:
        raise click.UsageError("name what to fetch, or say --all, not both")
    session = invocation.session(settings_of(invocation, flags))
    done = tuple(fetch_names(session, names or all_names(session), verify=verify, missing=bool(names or everything)))
    lines = (f"{each.name}  {_state(each)}  {each.folder}" for each in done)
    show_result(done, lines, as_json=as_json)
    mistakes = [_damaged(each) for each in done if each.damaged]
    if mistakes:
        raise EtbuildError(*mistakes)
    return 0


def _state(fetched: Fetched) -> str:
    return "damaged" if fetched.damaged else "verified" if fetched.verified else "ready"


def _damaged(fetched: Fetched) -> Diagnostic:
    message = f"the files of '{fetched.name}' must be what was installed, {len(fetched.damaged)} are not"
    notes = tuple(fetched.damaged[:5])
    return Diagnostic("damaged-folder", message, notes=notes, hint=f"remove '{fetched.folder}', then fetch again")
