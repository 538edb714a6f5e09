"""Where on a board an image's memory lies: what `tiers` and `hot` say, held against the platform's memory map."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

from etbuild.api import Attrs, Label, Limits, RuleContext

MemoryId = Annotated[str, Limits(pattern=r"^[1-9][0-9]*$")]
"""The number of a planner's memory."""
AttrsT = TypeVar("AttrsT", bound=Attrs)


def memory_flags(
    ctx: RuleContext[AttrsT], programs: Sequence[Label], tiers: Mapping[str, str], hot: Mapping[str, str]
) -> list[str]:
    """Return the flags of embed_programs.py for a board's memories. Raises `unknown-tier`, `unknown-program`."""
    sizes = {name: region.size for name, region in sorted(ctx.platform.memory.items()) if name != "flash"}
    if not sizes:
        return []
    names = [program.name for program in programs]
    for name in hot:
        if name not in names:
            message = f"'hot' of '{ctx.label}' must name its programs, {_either(names)}; names '{name}'"
            raise ctx.mistake("unknown-program", message, "hot", hint=_hint(name, names))
    _check(ctx, "tiers", tiers, ("that holds variables", list(sizes)))
    # What is copied to ram is what has no need of a memory of its own.
    _check(ctx, "hot", hot, ("beside flash and ram", [name for name in sizes if name != "ram"]))
    flags = [f"--memory={name}={size}" for name, size in sizes.items()]
    flags += [f"--tier={at}={tier}" for at, tier in sorted(tiers.items())]
    return [*flags, *(f"--hot={name}={tier}" for name, tier in sorted(hot.items()))]


def _check(ctx: RuleContext[AttrsT], attribute: str, given: Mapping[str, str], wanted: tuple[str, list[str]]) -> None:
    what, known = wanted
    for name, tier in given.items():
        if tier not in known:
            has = _either(known) if known else "which has none"
            message = f"'{attribute}.{name}' must be a memory of '{ctx.platform.label}' {what}, {has}; is '{tier}'"
            raise ctx.mistake("unknown-tier", message, attribute, hint=_hint(tier, known))


def _either(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _hint(name: str, known: Sequence[str]) -> str | None:
    close = difflib.get_close_matches(name, known, 1)
    return f"did you mean '{close[0]}'?" if close else None
