"""Sizes, or how they differ, as text. Measures nothing."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping

from size.attribution import ZEROED, Sizes

WIDTH = 100
"""Of a symbol; templates have long ones."""


def render(target: str, now: Sizes, before: Sizes | None, revision: str, most: int) -> Iterator[str]:
    """Yield the lines: all that there is, or with `before` what differs; `most` of each table."""
    yield _head(target, now, before, revision)
    notes = {name: f"  {dtypes}" for name, dtypes in now.dtypes.items()}
    for name, dtypes in before.dtypes.items() if before else ():
        if name in notes and now.dtypes[name] != dtypes:
            notes[name] = f"  {now.dtypes[name]} (before: {dtypes})"
    names = demangled({*now.symbols, *(before.symbols if before else ())})
    after, older = _tables(now, names), _tables(before, names) if before else None
    for title, sizes in after.items():
        said = {"what": {ZEROED: "  in memory, not in the file"}, "operator": notes}.get(title, {})
        yield from _table(title, sizes, older[title] if older else None, most, said)


def _tables(sizes: Sizes, names: Mapping[str, str]) -> dict[str, Counter[str]]:
    symbols: Counter[str] = Counter()
    for symbol, size in sizes.symbols.items():
        symbols[names[symbol]] += size
    return {"what": sizes.kinds, "part": sizes.parts, "operator": sizes.operators, "symbol": symbols}


def _head(target: str, now: Sizes, before: Sizes | None, revision: str) -> str:
    if before is None:
        return f"{target}  {now.file:,} bytes"
    change = now.file - before.file
    return f"{target}  {now.file:,} bytes, {f'{change:+,}' if change else 'as many as'} against {revision}" + (
        f" ({before.file:,})" if change else ""
    )


def _table(
    title: str, now: Counter[str], before: Counter[str] | None, most: int, notes: Mapping[str, str]
) -> Iterator[str]:
    if before is None:
        rows = [(size, f"{size:>11,}  {name}{notes.get(name, '')}") for name, size in now.items()]
    else:
        names = [name for name in {**before, **now} if now[name] != before[name]]
        rows = [
            (abs(now[name] - before[name]), f"{_change(before, now, name)}  {name}{notes.get(name, '')}")
            for name in names
        ]
    if not rows:
        return
    rows.sort(key=lambda row: (-row[0], row[1]))
    yield ""
    yield f"      bytes  {title}" if before is None else f"     before         now      change  {title}"
    yield from (line for _, line in rows[:most])
    if len(rows) > most:
        yield f"             and {len(rows) - most} more"


def _change(before: Counter[str], now: Counter[str], name: str) -> str:
    texts = (f"{before[name]:,}" if before[name] else "-", f"{now[name]:,}" if now[name] else "-")
    return f"{texts[0]:>11} {texts[1]:>11} {now[name] - before[name]:>+11,}"


def demangled(symbols: set[str]) -> dict[str, str]:
    """Return symbols as C++ has them, without parameters, where there is a program that knows."""
    ordered = sorted(symbols)
    filter_ = shutil.which("c++filt")
    words = ordered
    if filter_:
        text = "\n".join(each[each.find("_Z") :] if "_Z" in each else each for each in ordered)
        words = subprocess.run(
            [filter_, "--no-params"], input=text, capture_output=True, text=True, check=True
        ).stdout.split("\n")
    names = (word if len(word) <= WIDTH else f"{word[:WIDTH]}…" for word in words)
    return dict(zip(ordered, names, strict=False))
