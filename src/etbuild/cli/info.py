"""The verb `info`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from click.core import ParameterSource

from etbuild import VERSION
from etbuild.cli.flags import settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, settings_options
from etbuild.cli.output import show_result
from etbuild.execution.sandbox.choose import choose_sandbox
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.frozen import frozen


@frozen
class Fact:
    """One line."""

    name: str
    value: str
    origin: str = ""
    """Where a setting's value came from: `default`, `command line`, a variable, or a config."""


@click.command(short_help="Say what is known of this workspace and machine.")
@settings_options
@json_option
@click.pass_context
def info(context: click.Context, /, as_json: bool, **flags: Any) -> int:
    """Say what is known of this workspace and machine, and where each setting's value came from."""
    facts = (*_facts(context.obj, flags), *_settings(context, context.obj, flags))
    lines = (f"{fact.name:<16} {fact.value}{f'   ({fact.origin})' if fact.origin else ''}" for fact in facts)
    show_result(facts, lines, as_json=as_json)
    return 0


def _facts(invocation: Invocation, flags: dict[str, Any]) -> Iterator[Fact]:
    session = invocation.session(settings_of(invocation, flags))
    if session.settings.platforms:
        session.analyze(session.load(()))  # What is no platform is a mistake here, too.
    yield Fact("version", VERSION)
    yield Fact("etbuild", str(invocation.etbuild_root))
    yield Fact("workspace", f"{session.workspace.name}, {session.root}")
    for prefix, folder in session.workspace.roots.items():
        yield Fact("root", f"//{prefix} is {folder}")
    yield Fact("families", ", ".join(family.name for family in session.workspace.families))
    host = session.host
    yield Fact("host", f"{host.cpu}, {host.os}, {host.cores} cores, {host.ram / 2**30:.1f} GiB")
    try:
        yield Fact("sandbox here", choose_sandbox(session.settings.sandbox).line.removeprefix("sandbox: "))
    except EtbuildError as error:
        yield Fact("sandbox here", error.diagnostics[0].message)


def _settings(context: click.Context, invocation: Invocation, flags: dict[str, Any]) -> Iterator[Fact]:
    yield Fact("cache", settings_of(invocation, flags).cache, _cache_origin(context, invocation))
    for option in context.command.params:
        if option.name not in ("as_json", "cache_dir", "configs") and isinstance(option, click.Option):
            value = context.params[option.name or ""]
            flag = max(option.opts, key=len)
            text = " ".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()
            yield Fact(flag, text if value not in (None, ()) else "not set", _origin(context, option, invocation))


def _origin(context: click.Context, option: click.Option, invocation: Invocation) -> str:
    if context.get_parameter_source(option.name or "") in (ParameterSource.DEFAULT, None):
        return "default"
    typed = {word.partition("=")[0] for word in invocation.argv}
    if typed.intersection(option.opts) or any(_is_short(word, option) for word in typed):
        return "command line"  # It stands behind a config's flags, and so wins.
    return next((invocation.origins[flag] for flag in option.opts if flag in invocation.origins), "command line")


def _is_short(word: str, option: click.Option) -> bool:
    return not word.startswith("--") and any(len(o) == 2 and word.startswith(o) for o in option.opts)


def _cache_origin(context: click.Context, invocation: Invocation) -> str:
    option = next(param for param in context.command.params if param.name == "cache_dir")
    origin = _origin(context, option, invocation) if isinstance(option, click.Option) else ""
    return "ETBUILD_CACHE" if origin == "default" and invocation.env.get("ETBUILD_CACHE") else origin
