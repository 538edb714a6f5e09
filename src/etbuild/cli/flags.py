"""The flags that say how a build is done, as data. click's options are made of them.

The command line of most builds is read by them alone, without the 20 ms that click takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from etbuild.model.frozen import frozen
from etbuild.model.platform import MODES
from etbuild.model.request import Settings

if TYPE_CHECKING:
    from etbuild.cli.invocation import Invocation

SANDBOXES = ("auto", "required", "bubblewrap", "landlock", "none")


@frozen
class Flag:
    """A flag of the command line."""

    name: str
    """The parameter that it sets."""
    words: tuple[str, ...]
    help: str
    kind: Literal["switch", "choice", "texts", "count", "folder"] = "switch"
    """`texts` may be given again and again."""
    choices: tuple[str, ...] = ()
    """The first is the default."""
    metavar: str | None = None


SETTINGS = (
    Flag(
        "platforms",
        ("--platform",),
        "Build for this platform, a label or its short name; repeatable.  [default: the host]",
        "texts",
        metavar="LABEL",
    ),
    Flag("mode", ("-c", "--mode"), "How to compile.", "choice", MODES),
    Flag("jobs", ("-j", "--jobs"), "How many actions at once.  [default: the cores]", "count"),
    Flag("keep_going", ("-k", "--keep-going"), "After a failure, build what still can be."),
    Flag(
        "sandbox", ("--sandbox",), "How actions are confined; `required` fails where none works.", "choice", SANDBOXES
    ),
    Flag("sandbox_debug", ("--sandbox-debug",), "Keep the sandbox of a failed action and say how to enter it."),
    Flag("offline", ("--offline",), "Fetch nothing."),
    Flag("no_workers", ("--no-workers",), "Start each action as a process of its own."),
    Flag("cache_dir", ("--cache-dir",), "Where the cache is kept.", "folder"),
    Flag("configs", ("--config",), "Take the flags of this name; repeatable.", "texts", metavar="NAME"),
)
CACHE = frozenset({"cache_dir", "configs"})
"""Of SETTINGS, those that a verb has which only looks into the cache."""
FETCHING = CACHE | {"offline"}
RESOLVING = FETCHING | {"platforms"}
ANALYSIS = RESOLVING | {"mode"}
"""Those of a verb that runs no action."""
JSON = Flag("as_json", ("--json",), "Print the result as JSON.")
_BY_WORD = {word: flag for flag in (*SETTINGS, JSON) for word in flag.words}


def settings_of(invocation: Invocation, flags: Mapping[str, Any]) -> Settings:
    """Return the Settings that parsed flags mean."""
    cache = flags.get("cache_dir")
    return Settings(
        cache=str(cache.resolve()) if cache else invocation.default_cache,
        platforms=flags.get("platforms", ()),
        mode=flags.get("mode") or MODES[0],
        jobs=flags.get("jobs") or 0,
        keep_going=flags.get("keep_going", False),
        sandbox=flags.get("sandbox") or SANDBOXES[0],
        sandbox_debug=flags.get("sandbox_debug", False),
        offline=flags.get("offline", False),
        workers=not flags.get("no_workers", False),
    )


def flag_of(word: str) -> Flag | None:
    """Return the flag that a word is, alone or with its value as in `--jobs=4` and `-j4`."""
    return _BY_WORD.get(word.partition("=")[0] if word.startswith("--") else word[:2])


def is_pattern(word: str) -> bool:
    """Tell whether a word can only be a pattern of targets, or a flag."""
    return word.startswith(("//", "@", ":", "-")) or "..." in word or ":" in word


def read_plain_build(words: Sequence[str]) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    """Return the patterns and flags of a build; None for another verb, and where click has something to say."""
    patterns: list[str] = []
    flags: dict[str, Any] = {}
    rest = iter(words[1:] if words and words[0] == "build" else words)
    for word in rest:
        if not is_pattern(word):
            return None
        if not word.startswith("-"):
            patterns.append(word)
        elif not _read_flag(word, rest, flags):
            return None
    return (tuple(patterns), flags) if patterns else None


def _read_flag(word: str, rest: Iterable[str], flags: dict[str, Any]) -> bool:
    name, equals, value = word.partition("=")
    flag = _BY_WORD.get(name)
    if flag is not None and flag.kind == "switch" and not equals:
        flags[flag.name] = True
        return True
    if flag is None or flag.kind not in ("choice", "texts") or not name.startswith("--"):
        return False
    given = value if equals else next(iter(rest), "-")
    if given.startswith("-") or (flag.choices and given not in flag.choices):
        return False
    flags[flag.name] = given if flag.choices else (*flags.get(flag.name, ()), given)
    return True
