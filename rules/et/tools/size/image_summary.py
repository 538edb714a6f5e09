"""Says what an image takes, for the end of a build: of its memories, or of its file. Judges nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import run_tool
from size.budget import parse_budgets
from size.words import human, memory_bytes, parts_text

SHOWN = ("runtime", "kernels", "programs")


def main(argv: Sequence[str]) -> None:
    """Write the summary."""
    parser = argparse.ArgumentParser(prog="image_summary", description=__doc__, allow_abbrev=False)
    parser.add_argument("--sizes", required=True)
    parser.add_argument("--budget", action="append", default=[], metavar="MEMORY=BYTES")
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args(argv)
    report = json.loads(Path(arguments.sizes).read_text(encoding="utf-8"))
    budgets = parse_budgets(arguments.budget)
    lines = list(bare_lines(report, budgets)) if report["memories"] else [hosted_line(report)]
    short = " · ".join(line.partition(":")[0] for line in lines) if report["memories"] else lines[0]
    summary = json.dumps({"lines": lines, "short": short}, ensure_ascii=False)
    Path(arguments.output).write_text(f"{summary}\n", encoding="utf-8")


def bare_lines(report: Mapping[str, Any], budgets: Mapping[str, int]) -> Iterator[str]:
    """Yield a line a memory: what is taken, of how much, what is left of a budget, and what takes it."""
    for memory, parts in (("flash", report["parts"]), ("ram", _ram_parts(report))):
        taken, most = memory_bytes(report, memory), budgets.get(memory)
        memories = [each for each in report["memories"].values() if each["writable"] == (memory == "ram")]
        room = sum(each["size"] for each in memories if each["bytes"])
        said = f"{memory} {human(taken)} of {human(most or room)}"
        if most:
            said += f", {human(most - taken)} left" if taken <= most else f", {human(taken - most)} too much"
        yield f"{said}: {parts_text(parts)}"


def _ram_parts(report: Mapping[str, Any]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for memory in report["memories"].values():
        for part, nbytes in memory.get("parts", {}).items():
            found[part] = found.get(part, 0) + nbytes
    return found


def hosted_line(report: Mapping[str, Any]) -> str:
    """Return what a program's file holds. What is none of the three, such as the C library, is the rest."""
    total, parts = report["file_bytes"], report["parts"]
    known = {part: parts.get(part, 0) for part in SHOWN}
    if not sum(known.values()):
        return f"program {human(total)}"
    rest = total - sum(known.values())
    return f"program {human(total)}: " + " · ".join(
        f"{part} {human(nbytes)}" for part, nbytes in (*known.items(), ("rest", rest))
    )


if __name__ == "__main__":
    sys.exit(run_tool(main, sys.argv[1:]))
