"""How a table of devices is worded and drawn. Measures nothing, reads no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from size.page import STYLE
from size.words import human

HEADS = ("device", "flash", "RAM", "stack", "error", "instructions", "")
NOWHERE = "-"
BAR = 160
"""Pixels of what takes most."""
Row = Mapping[str, Any]


def lines_of(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table, a line a device; what is not known says why."""
    table = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(HEADS))]
    for cells in table:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def page_of(title: str, rows: Sequence[Row]) -> str:
    """Return a page that needs nothing else: the table, with a bar for each device's flash and RAM."""
    most = {memory: max((row[memory] or 0 for row in rows), default=0) for memory in ("flash", "ram")}
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1>",
            f"<table><tr>{''.join(f'<th>{head}</th>' for head in HEADS)}</tr>",
            *(f"<tr>{''.join(_drawn(row, most))}</tr>" for row in rows),
            "</table></body></html>",
        )
    )


def _drawn(row: Row, most: Mapping[str, int]) -> Iterator[str]:
    bars = {"flash": row["flash"], "RAM": row["ram"]}
    for head, cell in zip(HEADS, _cells(row), strict=True):
        width = BAR * (bars.get(head) or 0) / max(most.get(head.lower(), 0), 1)
        bar = f'<svg viewBox="0 0 {BAR} 4"><rect width="{width:.0f}" height="4" fill="#7fa8d9"/></svg>' if width else ""
        yield f"<td>{escape(cell)}{bar}</td>"


def _cells(row: Row) -> tuple[str, ...]:
    """Return what is said of a device, by column."""
    stack, none = row["stack"], "" if row["emulator"] else "no emulator"
    return (
        row["device"],
        human(row["flash"]) if row["flash"] is not None else f"file {human(row['file'])}",
        human(row["ram"]) if row["ram"] is not None else NOWHERE,
        f"{stack['peak']:,} of {stack['size']:,} B" if stack else none or "not measured",
        f"{row['error']:.1e}" if row["error"] is not None else none or "not compared",
        f"{row['instructions']:,}" if row["instructions"] is not None else none or "not counted",
        "; ".join(row["fails"]),
    )
