"""What takes most of a memory, or what of it grew since another report. Reads no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Report = Mapping[str, Any]
MOST = 5
OTHERS = "(others)"
"""What no symbol names."""


def tables(report: Report, memory: str) -> dict[str, Counter[str]]:
    """Return what takes bytes of `flash` or `ram`, by what it is told by."""
    if memory == "flash":
        operators = {name: each["bytes"] for name, each in report["operators"].items()}
        found = {"part": report["parts"], "operator": operators, "symbol": report["symbols"]}
        return {
            **{name: Counter(table) for name, table in found.items()},
            "tensor": Counter(report["tensors"]["constant"]),
        }
    ram = [each for each in report["memories"].values() if each["writable"]]
    parts: Counter[str] = Counter()
    symbols: Counter[str] = Counter()
    for each in ram:
        parts.update(each["parts"])
        symbols.update({name: nbytes for name, nbytes in each["symbols"].items() if name != OTHERS})
    return {"part": parts, "symbol": symbols, "tensor": Counter(report["tensors"]["planned"])}


def largest(report: Report, memory: str) -> Iterator[str]:
    """Yield a line a table: what takes most."""
    for name, table in tables(report, memory).items():
        if table:
            said = ", ".join(f"{what} {nbytes:,}" for what, nbytes in _ranked(table))
            yield f"the largest by {name}, in bytes: {said}"


def grown(before: Report, now: Report, memory: str) -> Iterator[str]:
    """Yield a line a table: what takes more than it did."""
    older = tables(before, memory)
    for name, table in tables(now, memory).items():
        more = table - older[name]
        if more:
            yield f"grown by {name}, in bytes: " + ", ".join(f"{what} +{size:,}" for what, size in _ranked(more))


def _ranked(table: Counter[str]) -> list[tuple[str, int]]:
    return sorted(table.items(), key=lambda item: (-item[1], item[0]))[:MOST]
