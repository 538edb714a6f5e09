"""The flags that several verbs share, and how they become Settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from etbuild.cli.invocation import Invocation
from etbuild.model.platform import MODES
from etbuild.model.request import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
SANDBOXES = ("auto", "required", "bubblewrap", "landlock", "none")

_SETTINGS = (
    click.option(
        "--platform",
        "platforms",
        multiple=True,
        metavar="LABEL",
        help="Build for this platform, a label or its short name; repeatable.  [default: the host]",
    ),
    click.option("-c", "--mode", type=click.Choice(MODES), default="fastbuild", help="How to compile."),
    click.option("-j", "--jobs", type=click.IntRange(min=1), help="How many actions at once.  [default: the cores]"),
    click.option("-k", "--keep-going", is_flag=True, help="After a failure, build what still can be."),
    click.option(
        "--sandbox",
        type=click.Choice(SANDBOXES),
        default="auto",
        help="How actions are confined; `required` fails where none works.",
    ),
    click.option("--sandbox-debug", is_flag=True, help="Keep the sandbox of a failed action and say how to enter it."),
    click.option("--offline", is_flag=True, help="Fetch nothing."),
    click.option("--no-workers", is_flag=True, help="Start each action as a process of its own."),
    click.option("--cache-dir", type=click.Path(path_type=Path, file_okay=False), help="Where the cache is kept."),
    click.option("--config", "configs", multiple=True, metavar="NAME", help="Take the flags of this name; repeatable."),
)


def settings_options(command: Command) -> Command:
    """Give a verb the flags that say how a build is done."""
    for option in reversed(_SETTINGS):
        command = option(command)
    return command


def json_option(command: Command) -> Command:
    """Give a verb --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)


def settings_of(invocation: Invocation, flags: dict[str, Any]) -> Settings:
    """Return the Settings that parsed flags mean."""
    cache = flags.get("cache_dir")
    return Settings(
        cache=str(cache.resolve()) if cache else invocation.default_cache,
        platforms=flags.get("platforms", ()),
        mode=flags.get("mode") or "fastbuild",
        jobs=flags.get("jobs") or 0,
        keep_going=flags.get("keep_going", False),
        sandbox=flags.get("sandbox") or "auto",
        sandbox_debug=flags.get("sandbox_debug", False),
        offline=flags.get("offline", False),
        workers=not flags.get("no_workers", False),
    )
