"""InstalledFolder: files that `install` put into a folder of the user's. Replaces and removes nothing but its own.

A manifest tells which files those are. While a new set takes the place of an old one, it tells of both, so that a run
that is killed leaves a folder that the next one knows.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from etbuild.execution.fetch.made_folder import disk_full_is_said, file_sha256, remove_tree
from etbuild.execution.usable_folder import usable
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen

MANIFEST = "manifest.json"
FORMAT = 2
_NEW = ".etbuild-install"


@frozen
class InstalledFile:
    """A file of the folder."""

    path: str
    """Below the folder; it begins with the platform where there are several."""
    kind: str
    label: str
    """The first target that brought it; empty for what is of several."""
    platform: str
    sha256: str
    size: int


Contents = Mapping[str, Path | str]
"""By path below the folder: the file to copy, or a text."""


def write_folder(folder: Path, contents: Contents, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Make `folder` hold `contents` and a manifest of them; return the paths that were taken away.

    Raises `would-overwrite` for what is no file of an earlier installation, before anything is changed.
    """
    with disk_full_is_said(folder, "--to"), usable(folder, "choose another with --to"):
        own = _own(folder)
        _refuse_strangers(folder, contents, own)
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / _NEW
        remove_tree(draft)
        try:
            for path, content in contents.items():
                _write(draft / path, content)
            new = {path: file_sha256(draft / path) for path in contents}
            _write_manifest(folder, {**manifest, "replaces": [[path, sha256] for path, sha256 in sorted(own)]})
            for path in contents:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (draft / path).replace(folder / path)
            gone = tuple(path for path, sha256 in sorted(own) if path not in new and _remove(folder, path, sha256))
            _write_manifest(folder, manifest)
        finally:
            remove_tree(draft)
    return gone


def _own(folder: Path) -> frozenset[tuple[str, str]]:
    """Return path and SHA-256 of what earlier installations wrote."""
    try:
        table = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = [(str(each["path"]), str(each["sha256"])) for each in table["files"]]
        return frozenset([*files, *((str(path), str(sha256)) for path, sha256 in table.get("replaces", ()))])
    except FileNotFoundError:
        return frozenset()
    except (IsADirectoryError, ValueError, KeyError, TypeError):
        raise _would_overwrite(folder / MANIFEST) from None


def _refuse_strangers(folder: Path, paths: Iterable[str], own: frozenset[tuple[str, str]]) -> None:
    for path in paths:
        place = folder / path
        if os.path.lexists(place) and not (place.is_file() and (path, file_sha256(place)) in own):
            raise _would_overwrite(place)
        for parent in (folder / each for each in Path(path).parents[:-1]):
            if os.path.lexists(parent) and not parent.is_dir():
                raise _would_overwrite(parent)


def _would_overwrite(place: Path) -> EtbuildError:
    message = f"'{place}' must be a file that `etbuild install` wrote, or none, is another"
    hint = "remove it, or choose another folder with --to"
    return EtbuildError(Diagnostic("would-overwrite", message, hint=hint))


def _write(target: Path, content: Path | str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        target.write_text(content, encoding="utf-8")
    else:
        shutil.copyfile(content, target)
        target.chmod(0o755 if os.access(content, os.X_OK) else 0o644)


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    text = json.dumps({"format": FORMAT, **manifest}, ensure_ascii=False, indent=2)
    draft = folder / _NEW / MANIFEST
    _write(draft, f"{text}\n")
    draft.replace(folder / MANIFEST)


def _remove(folder: Path, path: str, sha256: str) -> bool:
    """Remove a file unless somebody changed it, and the folders that are empty then."""
    place = folder / path
    if not place.is_file() or file_sha256(place) != sha256:
        return False
    place.unlink()
    for parent in place.relative_to(folder).parents[:-1]:
        if any((folder / parent).iterdir()):
            break
        (folder / parent).rmdir()
    return True
