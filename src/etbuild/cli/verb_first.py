"""Puts the verb before the flags that were typed before it. Knows no flag that one verb alone has."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.cli.flags import flag_of, is_pattern


def verb_first(words: Sequence[str]) -> list[str]:
    """Return the words with their verb in front, as in `-k test //...`; `build` where patterns follow `--`."""
    known = True
    rest = iter(enumerate(words))
    for index, word in rest:
        if word == "--":
            return ["build", *words]
        if word.startswith("-"):
            flag = flag_of(word)
            known = known and flag is not None
            if flag is not None and flag.kind != "switch" and word in flag.words:
                next(rest, None)
        elif index == 0 or is_pattern(word):
            break
        elif known or _is_verb(word):
            return [word, *words[:index], *words[index + 1 :]]
    return list(words)


def _is_verb(word: str) -> bool:
    from etbuild.cli.verbs import VERBS  # Brings click along, which a plain build does without.

    return word in VERBS
