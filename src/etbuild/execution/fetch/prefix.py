"""What lies below one folder of what is unpacked becomes all of it. Knows no archive."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from etbuild.execution.fetch.made_folder import remove_tree
from etbuild.execution.fetch.unpack import LinksOutError, Placer, links_out


class Prefix:
    """Keeps what is below a folder, and drops that name."""

    def __init__(self, folder: str) -> None:
        self.folder = str(PurePosixPath(folder.strip("/"))).removeprefix(".")
        """Empty if it is all."""
        self.beside: set[str] = set()
        """The folders that were met in its place."""

    def __call__(self, name: str) -> str | None:
        """Say where a member goes."""
        if not self.folder:
            return name
        lead = self.folder + "/"
        if name.startswith(lead):
            return name.removeprefix(lead)
        depth = lead.count("/")
        if name.count("/") >= depth:
            self.beside.add("/".join(name.split("/")[:depth]))
        return None


def without_first_folder(name: str) -> str | None:
    """Drop the first folder's name, whatever it is."""
    return name.partition("/")[2] or None


def unpack_below(fill: Callable[[Path, Placer], None], what: str, folder: Path, prefix: Prefix) -> None:
    """Have `folder` filled with what is below `prefix`; a link from there to what is beside it becomes that."""
    try:
        fill(folder, prefix)
    except LinksOutError:
        if not prefix.folder:
            raise
        remove_tree(folder)
        whole = folder.with_name(folder.name + ".whole")
        fill(whole, lambda name: name)
        _take_below(what, whole, prefix.folder, folder)
        remove_tree(whole)


def _take_below(what: str, whole: Path, prefix: str, folder: Path) -> None:
    kept = Path(os.path.realpath(whole / prefix))
    targets = {link.relative_to(kept): Path(os.path.realpath(link)) for link in _links(kept)}
    kept.rename(folder)
    for name, target in targets.items():
        link = folder / name
        if Path(os.path.realpath(link)).is_relative_to(os.path.realpath(folder)):
            continue
        found = folder / target.relative_to(kept) if target.is_relative_to(kept) else target
        if not found.exists() or link.is_relative_to(found) or any(_links(found)):
            raise links_out(what, f"{prefix}/{name}", os.readlink(link))
        link.unlink()
        # Linked, so that many names of a large file fill no disk.
        shutil.copytree(found, link, copy_function=os.link) if found.is_dir() else os.link(found, link)


def _links(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        yield from (path for path in (Path(place, name) for name in (*folders, *names)) if path.is_symlink())
