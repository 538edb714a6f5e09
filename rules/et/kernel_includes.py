"""Which of a catalogue's sources some of them need, by what they include. Knows nothing of operators.

A header stands for the sources that are called as it is: gemm.h for gemm.cpp, and for gemm_avx2.cpp beside it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from etbuild.api import Artifact, Attrs, RuleContext
from rules.cc.actions import sort_sources

AttrsT = TypeVar("AttrsT", bound=Attrs)
Includes = Mapping[str, Sequence[str]]
"""By the path of a source or header: the words of its `#include "…"`, and of `#include <….h>`."""
SCAN = r"""made=$1; shift
grep -HoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*("[^"]+"|<[^>]+[.]h[^>]*>)' "$@" >"$made" || [ $? = 1 ]"""
_LINE = re.compile(r'(.*?):\s*#\s*include\s*["<]([^">]+)[">]')


def scan_includes(ctx: RuleContext[AttrsT], files: Sequence[Artifact]) -> Artifact:
    """Register the reading of what files include; return the text that says so.

    By an action of its own: an edit that includes nothing new makes the same text, and nothing follows from it.
    """
    made = ctx.output(f"_et/{ctx.label.name}/includes.txt")
    ctx.run(
        "EtIncludes",
        argv=["/bin/sh", "-ec", SCAN, "scan", made, *files],
        outputs=(made,),
        mounts=(ctx.system(),),
        env={"LC_ALL": "C.UTF-8"},
    )
    return made


def read_includes(text: str) -> Includes:
    """Return what `scan_includes` made."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            found.setdefault(match[1], []).append(match[2])
    return found


def needed_sources(start: Iterable[str], files: Sequence[Artifact], includes: Includes) -> frozenset[str]:
    """Return the paths of those of `files` that `start` comes to.

    A source that no header is called like is needed always: nothing tells by whom.
    """
    sorted_files = sort_sources(files)
    sources = [source.path for source, _ in sorted_files.compiled]
    headers = {file.path for file in sorted_files.headers}
    behind: dict[str, list[str]] = {}
    needed = set(start)
    for source in sources:
        own = [header for header in _headers_of(source) if header in headers]
        needed.update(() if own else (source,))
        for header in own:
            behind.setdefault(header, []).append(source)
    named: dict[str, list[str]] = {}
    for path in (*headers, *sources):
        named.setdefault(posixpath.basename(path), []).append(path)
    ahead = list(needed)
    while ahead:
        path = ahead.pop()
        included = (each for word in includes.get(path, ()) for each in named.get(posixpath.basename(word), ()))
        new = {*included, *behind.get(path, ())} - needed
        needed |= new
        ahead += new
    return frozenset(needed)


def _headers_of(source: str) -> Iterator[str]:
    """Yield the paths of headers that a source may implement."""
    stem = posixpath.splitext(source)[0]
    folder, words = posixpath.dirname(stem), posixpath.basename(stem).split("_")
    for count in range(len(words), 0, -1):
        yield posixpath.join(folder, "_".join(words[:count]) + ".h")
