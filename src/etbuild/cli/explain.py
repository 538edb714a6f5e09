"""The verb `explain`."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

import click

from etbuild.cli.flags import ANALYSIS, settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.options import json_option, some_settings
from etbuild.cli.output import show_result
from etbuild.cli.wording import ago, counted
from etbuild.explaining import ExplainedAction, Explanation, explain_target


@click.command(short_help="Say why a target ran, or will run.")
@click.argument("target")
@some_settings(ANALYSIS)
@json_option
@click.pass_obj
def explain(invocation: Invocation, /, target: str, as_json: bool, **flags: Any) -> int:
    """Say why TARGET was built by the last build that had to, or will be built by the next."""
    found = explain_target(invocation.session(settings_of(invocation, flags)), target)
    several = len({each.platform for each in found}) > 1
    names = [f"{each.label} ({each.platform})" if several else each.label for each in found]
    shown = (render_explanation(name, each, time.time()) for name, each in zip(names, found, strict=True))
    show_result(found, itertools.chain.from_iterable(shown), as_json=as_json)
    return 0


def render_explanation(name: str, explanation: Explanation, now: float) -> Iterator[str]:
    """Yield the lines that a person reads; `name` is the target's. `now` is in seconds since 1970."""
    by_state = {state: [a for a in explanation.actions if a.state == state] for state in _STATES}
    shown = by_state["will run"] + by_state["waits"] or by_state["ran"]
    if by_state["will run"]:
        yield f"{name} will run in the next build, because"
    elif shown:
        yield f"{name} ran {ago(now - explanation.built)}, because"
    else:
        yield f"{name} needs no action to run"
    if shown:
        yield ""
        labels = [a.mnemonic if a.owner == explanation.label else f"{a.mnemonic} of {a.owner}" for a in shown]
        for label, action in zip(labels, shown, strict=True):
            yield from _action(f"  {label:<{max(map(len, labels))}}  ", action)
    rest = by_state["cached"] + (by_state["ran"] if by_state["will run"] else [])
    if rest:
        names = ", ".join(dict.fromkeys(action.mnemonic for action in rest))
        yield ""
        yield f"from the cache, as nothing that they read has changed: {counted(len(rest), 'action')} ({names})"


_STATES = ("will run", "waits", "ran", "cached")


def _action(lead: str, action: ExplainedAction) -> Iterator[str]:
    texts = [(_cut(reason.text), reason.place) for reason in action.reasons]
    texts += [(action.note, "")] if action.state == "waits" or not texts else []
    for index, (text, place) in enumerate(texts):
        start = lead if index == 0 else " " * len(lead)
        yield f"{start}{text:<60}  {place}".rstrip()


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:100]} … {line[-55:]}"
