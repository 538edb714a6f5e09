"""Which flags a verb has, and whether a value follows each. Knows no values; asks click for any verb but `build`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etbuild.cli.flags import JSON, SETTINGS, is_pattern

BUILD = {word: flag.kind != "switch" for flag in (*SETTINGS, JSON) for word in flag.words}


def flags_of(words: Sequence[str]) -> Mapping[str, bool]:
    """Return the flags of the verb that words begin with; none of a verb that only a workspace knows."""
    if is_pattern(words[0]) or words[0] == "build":
        return BUILD
    return next((flags for verb, flags in _verbs() if tuple(words[: len(verb)]) == verb), {})


def all_flags() -> Mapping[str, bool]:
    """Return the flags of all verbs."""
    return {word: takes for _, flags in _verbs() for word, takes in flags.items()}


def _verbs() -> list[tuple[tuple[str, ...], Mapping[str, bool]]]:
    import click

    from etbuild.cli.verbs import VERBS, verb_command

    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name in VERBS:
        command = verb_command(name)
        inner = command.commands if isinstance(command, click.Group) else {}
        found += [((name, each), one) for each, one in inner.items()] or [((name,), command)]
    return [
        (verb, {word: not p.is_flag for p in command.params if isinstance(p, click.Option) for word in p.opts})
        for verb, command in found
    ]
