"""Judges an image by its budgets: the gate of firmware. Measures nothing.

Whenever it passes it writes the same bytes. So it may look at what was measured when it passed last, which is in no
key: that is for the words of a failure alone.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import Diagnostic, UserError, run_tool
from size.growth import Report, grown, largest
from size.words import human, memory_bytes

HINT = 'leave something out, build with --mode=size, say plan = "compiled", or raise the budget'
PASSED = '{"passed": true}\n'


def main(argv: Sequence[str]) -> None:
    """Write the verdict, or fail with by how much and what grew."""
    parser = argparse.ArgumentParser(prog="budget", description=__doc__, allow_abbrev=False)
    parser.add_argument("--sizes", required=True)
    parser.add_argument("--budget", action="append", default=[], metavar="MEMORY=BYTES")
    parser.add_argument("--owner", required=True)
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args(argv)
    report = json.loads(Path(arguments.sizes).read_text(encoding="utf-8"))
    last = last_good(os.environ.get("ETBUILD_BEFORE"))
    budgets = parse_budgets(arguments.budget)
    if found := list(exceeded(arguments.owner, budgets, report, last)):
        raise UserError(*found)
    Path(arguments.output).write_text(PASSED, encoding="utf-8")


def parse_budgets(words: Sequence[str]) -> dict[str, int]:
    """Return budgets in bytes by memory, from words such as "flash=65536"."""
    return {memory: int(most) for memory, _, most in (word.partition("=") for word in words)}


def last_good(path: str | None) -> Report | None:
    """Return the report that was placed last, if there is one: what breaks a budget is not placed."""
    try:
        found: Report = json.loads(Path(path or "").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def exceeded(owner: str, budgets: dict[str, int], report: Report, last: Report | None) -> Iterator[Diagnostic]:
    """Yield a mistake for each memory of which an image takes too much."""
    for memory, most in budgets.items():
        taken = memory_bytes(report, memory)
        if taken <= most:
            continue
        over = taken - most
        message = f"'{owner}' must take at most {human(most)} of {memory}, takes {human(taken)}: {over:,} B too much"
        yield Diagnostic("budget-exceeded", message, memory, notes=tuple(_notes(memory, report, last)), hint=HINT)


def _notes(memory: str, report: Report, last: Report | None) -> Iterator[str]:
    change = memory_bytes(report, memory) - memory_bytes(last, memory) if last else 0
    if last:
        yield f"since the last good build: {change:+,} bytes"
    yield from grown(last, report, memory) if last and change > 0 else largest(report, memory)


if __name__ == "__main__":
    sys.exit(run_tool(main, sys.argv[1:]))
