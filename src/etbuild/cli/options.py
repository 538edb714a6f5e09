"""The flags that several verbs share, as click's options."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

import click

from etbuild.cli.flags import JSON, SETTINGS, Flag
from etbuild.start import from_home

Command = TypeVar("Command", bound=Callable[..., Any])


class Folder(click.Path):
    """A folder's path; an empty word is none, as it is most often a variable that is not set."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path that a word means."""
        if not value:
            self.fail("must name a folder, is empty", param, ctx)
        return super().convert(from_home(value), param, ctx)  # A shell leaves the ~ of --flag=~/x.


def some_settings(names: Collection[str]) -> Callable[[Command], Command]:
    """Give a verb those of the flags that mean something to it."""

    def give(command: Command) -> Command:
        for flag in reversed(SETTINGS):
            command = _option(flag)(command) if flag.name in names else command
        return command

    return give


settings_options = some_settings([flag.name for flag in SETTINGS])
"""Gives a verb the flags that say how a build is done."""


def json_option(command: Command) -> Command:
    """Give a verb --json."""
    return _option(JSON)(command)


def _option(flag: Flag) -> Callable[[Command], Command]:
    kinds: dict[str, dict[str, Any]] = {
        "switch": {"is_flag": True},
        "choice": {"type": click.Choice(flag.choices), "default": (*flag.choices, None)[0]},
        "texts": {"multiple": True},
        "count": {"type": click.IntRange(min=1)},
        "folder": {"type": Folder(path_type=Path, file_okay=False)},
    }
    return click.option(*flag.words, flag.name, metavar=flag.metavar, help=flag.help, **kinds[flag.kind])
