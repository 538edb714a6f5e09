"""Draws an image's sizes as one page that needs nothing else: a map of flash, arenas over time. Measures nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from size.arena_picture import arena_picture
from size.treemap import Box, cut
from size.words import human, memory_bytes, parts_text

WIDTH, HEIGHT = 960, 480
HEAD = 18
"""Pixels of a part's heading."""
LETTER = 6.6
"""Pixels of a letter, about."""
COLOURS = {
    "programs": "#7fa8d9",
    "kernels": "#8cc08c",
    "runtime": "#e0b35c",
    "start-up": "#c99bd1",
    "C library": "#b9b1a7",
    "app": "#e08f7f",
}
"""By part; text on them is black."""
STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 24px auto; max-width: 1000px; padding: 0 16px }
body { color: #222; background: #fff }
h1 { font-size: 20px } h2 { font-size: 16px; margin-top: 28px }
svg { width: 100%; height: auto; display: block; font: 11px system-ui, sans-serif }
rect { stroke: #fff } rect:hover { stroke: #000 } text { pointer-events: none; fill: #111 }
table { border-collapse: collapse } td, th { padding: 2px 16px 2px 0; text-align: left }
td.n { text-align: right; white-space: nowrap }
"""


def page(title: str, report: Mapping[str, Any]) -> str:
    """Return the page; `title` says which image, and for what."""
    lines = (
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        *_memories(report),
        f"<h2>Flash: {human(memory_bytes(report, 'flash'))}</h2>",
        *_treemap(report["within"]),
        *(line for arena in report["arenas"] for line in arena_picture(arena)),
        *_operators(report["operators"]),
        "</body></html>",
        "",
    )
    return "\n".join(lines)


def _memories(report: Mapping[str, Any]) -> Iterator[str]:
    yield "<table><tr><th>memory</th><th>taken</th><th>of</th><th>by</th></tr>"
    for name, memory in report["memories"].items():
        if not memory["bytes"]:
            continue
        parts = memory["parts"] if memory["writable"] else report["parts"]
        cells = (f"<td>{escape(name)}</td>", *(f'<td class="n">{human(memory[key])}</td>' for key in ("bytes", "size")))
        yield f"<tr>{''.join(cells)}<td>{escape(parts_text(parts))}</td></tr>"
    yield "</table>"


def _operators(operators: Mapping[str, Any]) -> Iterator[str]:
    if not operators:
        return
    yield "<h2>Operators</h2><table><tr><th>operator</th><th>bytes</th><th>dtypes</th></tr>"
    for name, found in sorted(operators.items(), key=lambda item: (-item[1]["bytes"], item[0])):
        cells = f'<td>{escape(name)}</td><td class="n">{found["bytes"]:,}</td><td>{escape(found["dtypes"])}</td>'
        yield f"<tr>{cells}</tr>"
    yield "</table>"


def _treemap(within: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield the map: parts, and in each its operators and symbols."""
    parts = sorted(within.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    parts = [(name, found) for name, found in parts if sum(found.values())]
    yield f'<svg id="flash" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="what takes flash">'
    for (name, found), box in zip(
        parts, cut(Box(0, 0, WIDTH, HEIGHT), [sum(f.values()) for _, f in parts]), strict=True
    ):
        colour = COLOURS.get(name, "#d0d0d0")
        yield _box(box, colour, (name, sum(found.values())), "part")
        ranked = sorted(((what, size) for what, size in found.items() if size), key=lambda item: (-item[1], item[0]))
        for (what, size), inside in zip(ranked, cut(box.inner(2, HEAD), [size for _, size in ranked]), strict=True):
            yield _box(inside, colour, (what, size), "symbol")
    yield "</svg>"


def _box(box: Box, colour: str, what: tuple[str, int], kind: str) -> str:
    """Return a rectangle, with its text where there is room, and else where the pointer is."""
    name, size = what
    text = f"{name}: {human(size)}"
    place = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    drawn = f'<rect class="{kind}" {place} fill="{colour}"><title>{escape(text)}</title></rect>'
    letters = int((box.width - 6) / LETTER)
    if letters < 6 or box.height < HEAD - 4:
        return drawn
    # The end of a name tells more than its namespaces.
    shown = text if len(text) <= letters else text.rpartition("::")[2]
    shown = shown if len(shown) <= letters else f"{shown[: letters - 1]}…"
    return f'{drawn}<text x="{box.x + 4:.1f}" y="{box.y + 13:.1f}">{escape(shown)}</text>'
