"""Expands globs below a package's folder. Knows nothing of labels.

`*`, `?` and `[…]` match within a name, `**` any number of folders. Names that start with a dot are matched only by a
pattern that does too; the package's own BUILD.toml and whatever belongs to a package below are never matched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from etbuild.loading.folders import Folders

BUILD_FILE = "BUILD.toml"
_WILD = frozenset("*?[")


def expand_glob(folders: Folders, root: str, patterns: Sequence[str], exclude: Sequence[str]) -> tuple[str, ...]:
    """Return the names below the folder `root` that match one of `patterns` and none of `exclude`, sorted."""
    matched: set[str] = set()
    for pattern in patterns:
        matched.update(_below(folders, root, "", tuple(pattern.split("/"))))
    kept = {name for name in matched if not any(_matches(name.split("/"), e.split("/")) for e in exclude)}
    # Sorted: the order of a directory listing differs between file systems and would reach the key.
    return tuple(sorted(kept - {BUILD_FILE}))


def _below(folders: Folders, root: str, prefix: str, parts: tuple[str, ...]) -> Iterator[str]:
    """Yield the files below `root`/`prefix` that the rest of a pattern matches."""
    folder = f"{root}/{prefix}".rstrip("/")
    listing = folders.walk_listing(folder)
    if prefix and BUILD_FILE in listing.files:
        return
    first, rest = parts[0], parts[1:]
    if first == "**":
        yield from _below(folders, root, prefix, rest or ("*",))
        deeper = [name for name in listing.folders if not name.startswith(".") and name not in listing.links]
        for name in deeper:
            yield from _below(folders, root, f"{prefix}{name}/", parts)
    elif rest:
        for name in listing.folders:
            if _matches_name(name, first):
                yield from _below(folders, root, f"{prefix}{name}/", rest)
    else:
        yield from (f"{prefix}{name}" for name in listing.files if _matches_name(name, first))


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Tell whether a whole name matches a whole pattern."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        rest = pattern[1:] or ["*"]
        return any(_matches(parts[skipped:], rest) for skipped in range(len(parts)))
    return bool(parts) and _matches_name(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def _matches_name(name: str, pattern: str) -> bool:
    if name.startswith(".") and not pattern.startswith("."):
        return False
    return fnmatchcase(name, pattern) if _WILD & set(pattern) else name == pattern
