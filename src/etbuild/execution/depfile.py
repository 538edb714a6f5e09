"""Depfiles: which files a compiler read, as it says in make's syntax. Knows nothing of actions."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

_WORD = re.compile(r"(?:\\[ #]|\S)+")


def used_paths(text: str, roots: Sequence[str]) -> tuple[str, ...]:
    """Return the paths below the execution root that a depfile names as read, each once.

    A relative path starts there; `roots` are the root's absolute paths. What lies elsewhere is a mount's.
    """
    found: dict[str, None] = {}
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        for word in _WORD.findall(line.partition(": ")[2]):
            path = _below(word, roots)
            if path:
                found[path] = None
    return tuple(found)


def _below(word: str, roots: Sequence[str]) -> str:
    if word[0] == "/":
        root = next((root for root in roots if word.startswith(f"{root}/")), None)
        if root is None:
            return ""
        word = word[len(root) + 1 :]
    path = posixpath.normpath(word.replace("\\ ", " ").replace("\\#", "#").replace("$$", "$"))
    return "" if path.startswith("../") else path
