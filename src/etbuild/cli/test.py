"""The verb `test`."""

from __future__ import annotations

from typing import Any

import click

from etbuild.cli.flags import settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, settings_options
from etbuild.cli.report_output import finish
from etbuild.model.frozen import replace
from etbuild.model.request import BuildRequest


@click.command(short_help="Build and run tests; passes are cached.")
@click.argument("patterns", nargs=-1, required=True)
@settings_options
@json_option
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=1,
    help="Run each test so often; more than once, none is from the cache.",
)
@click.option("--filter", "name_filter", default="", metavar="TEXT", help="Only tests whose label holds TEXT.")
@click.option(
    "--output",
    type=click.Choice(("summary", "errors")),
    default="errors",
    help="Whether the output of tests that failed is printed.",
)
@click.pass_obj
def test(
    invocation: Invocation,
    /,
    patterns: tuple[str, ...],
    as_json: bool,
    runs: int,
    name_filter: str,
    output: str,
    **flags: Any,
) -> int:
    """Build and run the tests that PATTERNS name; a test that passed before and has not changed is not run again."""
    request = BuildRequest(patterns, settings_of(invocation, flags), test=True, runs=runs, filter=name_filter)
    session = invocation.session(request.settings)
    record = session.build(request)
    if output == "summary":
        told = tuple(one for one in record.report.failures if one.code != "test-failed")
        record = replace(record, report=replace(record.report, failures=told))
    return finish(invocation, record, as_json=as_json, repeatable=runs == 1 and output == "errors")
