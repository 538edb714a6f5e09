"""What may stand in place of a command line's last word: verbs, flags, values, labels. Knows no shell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from etbuild.cli.build import build
from etbuild.cli.family_command import FamilyVerb
from etbuild.cli.invocation import Invocation
from etbuild.cli.verb_first import verb_first
from etbuild.loading.declared import declared_targets, package_names
from etbuild.loading.workspace import load_workspace
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label, Pattern, parse_pattern


def candidates(context: click.Context, group: click.Group, words: Sequence[str]) -> list[str]:
    """Return what may stand in place of the last word."""
    *before, word = words
    command, rest = _verb(context, group, verb_first(before))
    return sorted({each for each in _offered(context, command, rest, word) if each.startswith(word)})


def _verb(context: click.Context, group: click.Group, words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that words begin with, and the words behind it."""
    command: click.Command = group
    while isinstance(command, click.Group) and words and words[0] in command.list_commands(context):
        command, words = command.get_command(context, words[0]) or command, words[1:]
    return command, words


def _offered(context: click.Context, command: click.Command, rest: list[str], word: str) -> Iterable[str]:
    verbs = command.list_commands(context) if isinstance(command, click.Group) else []
    if command is context.find_root().command:  # Patterns and flags without a verb are a build's.
        command = build
    elif verbs:
        return verbs
    options = {flag: each for each in command.params if isinstance(each, click.Option) for flag in each.opts}
    flag, equals, value = word.partition("=")
    if equals and flag in options:
        return (f"{flag}={each}" for each in _values(context, options[flag], value))
    if rest and rest[-1] in options and not options[rest[-1]].is_flag:
        return _values(context, options[rest[-1]], word)
    if word.startswith("-"):
        own = command.flags() if isinstance(command, FamilyVerb) else options
        return (each for each in own if each.startswith("--"))
    takers = {each for each in options if not options[each].is_flag}
    pairs = zip(rest, ["", *rest], strict=False)
    given = sum(not each.startswith("-") and before not in takers for each, before in pairs)
    if verbs and not given and not word.startswith(("/", ":", "@")):
        return verbs
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    arguments += arguments[-1:] * given if arguments and arguments[-1].nargs == -1 else []
    return _values(context, arguments[given], word) if given < len(arguments) else ()


def _values(context: click.Context, parameter: click.Parameter, word: str) -> Iterable[str]:
    """Return what a parameter may be: one of its choices, or a label where it may be one."""
    if isinstance(parameter.type, click.Choice):
        return map(str, parameter.type.choices)
    is_label = isinstance(parameter, click.Argument) or parameter.metavar == "LABEL"
    return _labels(context.obj, word) if is_label else ()


def _labels(invocation: Invocation, word: str) -> Iterator[str]:
    """Yield the packages that go on from `word`, or the targets of the one that stands before its colon."""
    if not word.startswith(("//", ":")):
        yield from ("//",) if word in ("", "/") else ()
        return
    try:
        workspace = load_workspace(invocation.workspace_root, invocation.etbuild_root)
        place, colon, _ = word.partition(":")
        if not colon:
            yield from (f"//{name}:" for name in package_names(workspace, _nowhere))
            return
        folder = invocation.cwd.relative_to(invocation.workspace_root).as_posix().removeprefix(".")
        pattern: Pattern = parse_pattern(f"{place}:all", Label("", folder, ""))
        yield from (f"{place}:{spec.label.name}" for spec, _ in declared_targets(workspace, [pattern], _nowhere))
    except EtbuildError:
        return


def _nowhere(_name: str) -> Path:
    raise EtbuildError  # Nothing is fetched for a completion.
