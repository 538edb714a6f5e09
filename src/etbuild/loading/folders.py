"""Lists folders, each once, and remembers which listings an answer rests on. Knows nothing of packages."""

from __future__ import annotations

import os
from pathlib import Path

from etbuild.model.frozen import frozen


@frozen
class Listing:
    """What a folder holds, by name."""

    files: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    """Sorted: the order of a directory listing differs between file systems."""
    links: frozenset[str] = frozenset()
    """Folders that are symbolic links: a walk does not follow them, they may lead round in a ring."""


class Folders:
    """Folders of one load."""

    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}
        self.probed: dict[str, None] = {}
        """Absolute paths whose absence or whose listing the load rests on."""

    def walk_listing(self, path: str) -> Listing:
        """Return what a folder holds, for an answer that a new file in it would change."""
        self.probed[path] = None
        return self.listing(path)

    def listing(self, path: str) -> Listing:
        """Return what a folder holds; nothing if it is none."""
        known = self._listings.get(path)
        if known is None:
            known = self._listings[path] = _list(path)
        return known

    def is_file(self, folder: str, name: str) -> bool:
        """Tell whether `folder` holds the file `name`, which may be a path below it."""
        if "/" in name:
            return Path(folder, name).is_file()
        return name in self.listing(folder).files


def _list(path: str) -> Listing:
    files, folders, links = [], [], []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.name)
                    if entry.is_symlink():
                        links.append(entry.name)
                elif entry.is_file():
                    files.append(entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return Listing()
    return Listing(frozenset(files), tuple(sorted(folders)), frozenset(links))
