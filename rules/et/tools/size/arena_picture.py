"""Draws the planned memory of a method: which tensor is where, from which instruction to which. Measures nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from size.words import human

WIDTH, HEIGHT = 960, 260
LEFT, BOTTOM = 100, 30
"""Pixels of what is written at the axes."""
COLOURS = {"input": "#7fa8d9", "intermediate": "#8cc08c", "output": "#e0b35c", "state": "#c99bd1"}


def arena_picture(arena: Mapping[str, Any]) -> Iterator[str]:
    """Yield a heading, and a picture of offsets over instructions, with the least that a plan could take."""
    size, bound = arena["bytes"], arena["lower_bound"]
    ratio = f", {size / bound:.2f} times the most that lives at once ({human(bound)})" if bound else ""
    name = f"{arena['program']}.{arena['method']}, memory {arena['memory_id']}"
    yield f"<h2>Arena of {escape(name)}: {human(size)}{escape(ratio)}</h2>"
    steps, top = max(arena["instructions"], 1), max(size, 1)
    yield f'<svg class="arena" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(name)} over time">'
    for tensor in arena["tensors"]:
        yield _tensor(tensor, (WIDTH - LEFT) / steps, (HEIGHT - BOTTOM) / top)
    marks = {0: "0", bound: f"at least {human(bound)}", size: human(size)}
    for at, label in marks.items():
        y = (HEIGHT - BOTTOM) * (1 - at / top)
        yield f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#999" stroke-dasharray="3 3"/>'
        yield f'<text x="0" y="{min(max(y, 10.0), HEIGHT - BOTTOM):.1f}">{escape(label)}</text>'
    yield f'<text x="{LEFT}" y="{HEIGHT - 8}">instruction 0</text>'
    yield f'<text x="{WIDTH}" y="{HEIGHT - 8}" text-anchor="end">{steps - 1}</text></svg>'
    legend = (f'<span style="background:{colour}">&nbsp;{role}&nbsp;</span>' for role, colour in COLOURS.items())
    yield f"<p>{' '.join(legend)}</p>"


def _tensor(tensor: Mapping[str, Any], across: float, up: float) -> str:
    form = f"{tensor['dtype']}[{', '.join(map(str, tensor['sizes']))}]"
    text = f"{tensor['name'] or tensor['role']} {form}: {human(tensor['bytes'])} at {tensor['offset']}"
    time = f"instructions {tensor['first']} to {tensor['last']}"
    x, width = LEFT + tensor["first"] * across, (tensor["last"] - tensor["first"] + 1) * across
    y, height = HEIGHT - BOTTOM - (tensor["offset"] + tensor["bytes"]) * up, tensor["bytes"] * up
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    title = escape(f"{text}, {time}")
    return f'<rect class="tensor" {place} fill="{COLOURS[tensor["role"]]}"><title>{title}</title></rect>'
