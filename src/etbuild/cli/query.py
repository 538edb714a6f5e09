"""The verb `query`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import click

from etbuild.cli.flags import ANALYSIS, settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, some_settings
from etbuild.cli.output import show_result
from etbuild.querying import (
    FoundAction,
    FoundTarget,
    FoundToolchain,
    query_actions,
    query_targets,
    query_toolchains,
)


@click.command(short_help="Print targets, their actions or their toolchains.")
@click.argument("expression")
@click.option("--configured", is_flag=True, help="Ask of targets as they are built for a platform.")
@click.option("--actions", is_flag=True, help="Print the targets' actions.")
@click.option("--toolchains", is_flag=True, help="Print which toolchains were taken, and why.")
@click.option("--output", type=click.Choice(("text", "json", "graph")), help="`graph` is for dot.")
@some_settings(ANALYSIS)
@json_option
@click.pass_obj
def query(invocation: Invocation, /, expression: str, output: str | None, as_json: bool, **flags: Any) -> int:
    """Print the targets that EXPRESSION means: deps(//a), rdeps(//..., //a), somepath(//a, //b), kind(pte, //...),
    attr(backend, xnnpack, //...), joined by + - ^.
    """
    forms = [form for form in ("configured", "actions", "toolchains") if flags[form]]
    form = (*forms, None)[0]
    if len(forms) > 1:
        raise click.UsageError(f"one question at a time: {' or '.join(f'--{each}' for each in forms)}")
    if as_json and output not in (None, "json"):
        raise click.UsageError(f"one output at a time: --json or --output={output}")
    if output == "graph" and form in ("actions", "toolchains"):
        raise click.UsageError(f"--output=graph is for targets, not for --{form}")
    session = invocation.session(settings_of(invocation, flags))
    found: Any
    lines: Any
    if form == "actions":
        found, lines = query_actions(session, expression), _actions
    elif form == "toolchains":
        found, lines = query_toolchains(session, expression), _toolchains
    else:
        found = query_targets(session, expression, configured=form is not None)
        lines = _graph if output == "graph" else _names
    show_result(found, lines(found), as_json=as_json or output == "json")
    return 0


def _names(targets: Iterable[FoundTarget]) -> Iterator[str]:
    return (target.name for target in targets)


def _graph(targets: Iterable[FoundTarget]) -> Iterator[str]:
    yield "digraph targets {"
    yield "  node [shape=box];"
    for target in targets:
        yield f"  {json.dumps(target.name)};"
        yield from (f"  {json.dumps(target.name)} -> {json.dumps(need)};" for need in target.needs)
    yield "}"


def _actions(actions: Iterable[FoundAction]) -> Iterator[str]:
    for action in actions:
        yield f"{action.mnemonic}  {action.target}"
        yield f"  key     {action.key or 'not known before its inputs are made'}"
        yield from (f"  input   {path}" for path in action.inputs)
        yield from (f"  output  {path}" for path in action.outputs)
        yield from (f"  mount   {path}" for path in action.mounts)
        yield from (f"  env     {name}={json.dumps(value, ensure_ascii=False)}" for name, value in action.env)
        yield f"  argv    {' '.join(json.dumps(word, ensure_ascii=False) for word in action.argv)}"


def _toolchains(toolchains: Iterable[FoundToolchain]) -> Iterator[str]:
    for each in toolchains:
        yield f"{each.target}  asks for {each.request}"
        yield from (f"  refused  {label}: {reason}" for label, reason in each.refusals)
        yield f"  taken    {each.chosen or 'none'}"
