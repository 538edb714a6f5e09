"""install: copies what targets are for into a folder of the user's, with a manifest. Overwrites nothing but its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from etbuild.build import OUTPUTS
from etbuild.execution.fetch.made_folder import file_sha256
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen
from etbuild.model.report import BuildReport

MANIFEST = "manifest.json"
FORMAT = 1


@frozen
class InstalledFile:
    """A file in the folder."""

    label: str
    platform: str
    path: str
    """Below the folder; it begins with the platform where there are several."""
    sha256: str
    size: int
    summary: tuple[str, ...] = ()
    """What the target's rule says of it, such as its backend and the figures of its proof."""


def install(report: BuildReport, root: Path, folder: Path) -> tuple[InstalledFile, ...]:
    """Copy the outputs of a build in the workspace at `root` to `folder`. Raises `would-overwrite`."""
    several = len({target.platform for target in report.targets}) > 1
    sources: dict[str, Path] = {}
    files: list[InstalledFile] = []
    for target in report.targets:
        for output in target.outputs:
            path = output.path.removeprefix(f"{OUTPUTS}/").removeprefix("" if several else f"{target.platform}/")
            sources[path] = root / output.path
            facts = (output.sha256, output.size, target.summary)
            files.append(InstalledFile(target.label, target.platform, path, *facts))
    own = _read_manifest(folder)
    _refuse_strangers(folder, sources, own)
    for path, source in sources.items():
        _copy(source, folder / path)
    for path in own.keys() - sources.keys():
        if (folder / path).is_file() and file_sha256(folder / path) == own[path]:
            (folder / path).unlink()
    text = json.dumps({"format": FORMAT, "files": [asdict(each) for each in files]}, ensure_ascii=False, indent=2)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return tuple(files)


def _read_manifest(folder: Path) -> Mapping[str, str]:
    """Return what an earlier installation wrote: SHA-256 by path."""
    try:
        table = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(each["path"]): str(each["sha256"]) for each in table["files"]}
    except FileNotFoundError:
        return {}
    except (NotADirectoryError, ValueError, KeyError, TypeError):
        raise _would_overwrite(folder / MANIFEST) from None


def _refuse_strangers(folder: Path, paths: Iterable[str], own: Mapping[str, str]) -> None:
    for path in paths:
        place = folder / path
        if place.exists() and not (place.is_file() and own.get(path) == file_sha256(place)):
            raise _would_overwrite(place)


def _would_overwrite(place: Path) -> EtbuildError:
    message = f"'{place}' must be a file that `etbuild install` wrote, or none, is another"
    hint = "remove it, or choose another folder with --to"
    return EtbuildError(Diagnostic("would-overwrite", message, hint=hint))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, draft)
    draft.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
    draft.replace(target)
