"""install: copies what targets are for into a folder of the user's, with a manifest. Overwrites nothing but its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from etbuild.build import OUTPUTS
from etbuild.execution.fetch.made_folder import file_sha256
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.report import BuildReport, TargetReport

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class InstalledFile:
    """A file in the folder."""

    label: str
    platform: str
    path: str
    """Below the folder."""
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
        for each in _files(target, several):
            sources[each.path] = root / OUTPUTS / (each.path if several else f"{target.platform}/{each.path}")
            files.append(each)
    own = _read_manifest(folder)
    _refuse_strangers(folder, sources, own)
    for path, source in sources.items():
        _copy(source, folder / path)
    for path in own.keys() - sources.keys():
        if (folder / path).is_file() and file_sha256(folder / path) == own[path]:
            (folder / path).unlink()
    found = tuple(dict.fromkeys(files))
    text = json.dumps({"format": FORMAT, "files": [asdict(each) for each in found]}, ensure_ascii=False, indent=2)
    draft = folder / f".{MANIFEST}.new"
    folder.mkdir(parents=True, exist_ok=True)
    draft.write_text(f"{text}\n", encoding="utf-8")
    draft.replace(folder / MANIFEST)
    return found


def _files(target: TargetReport, several: bool) -> list[InstalledFile]:
    drop = f"{OUTPUTS}/" if several else f"{OUTPUTS}/{target.platform}/"
    return [
        InstalledFile(
            target.label, target.platform, each.path.removeprefix(drop), each.sha256, each.size, target.summary
        )
        for each in target.outputs
    ]


def _read_manifest(folder: Path) -> Mapping[str, str]:
    """Return what an earlier installation wrote: SHA-256 by path."""
    try:
        table = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(each["path"]): str(each["sha256"]) for each in table["files"]}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError):
        message = f"'{folder / MANIFEST}' must be what `etbuild install` wrote, is not"
        raise EtbuildError(Diagnostic("would-overwrite", message, hint="choose another folder with --to")) from None


def _refuse_strangers(folder: Path, sources: Mapping[str, Path], own: Mapping[str, str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise EtbuildError(Diagnostic("would-overwrite", f"'{folder}' must be a folder, is a file"))
    strange = [
        path
        for path in sources
        if (folder / path).exists() and (path not in own or file_sha256(folder / path) != own[path])
    ]
    if strange:
        message = f"'{folder / strange[0]}' must be a file that `etbuild install` wrote, or none, is another"
        notes = tuple(f"so is '{path}'" for path in strange[1:4])
        hint = "remove it, or choose another folder with --to"
        raise EtbuildError(Diagnostic("would-overwrite", message, notes=notes, hint=hint))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, draft)
    draft.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
    draft.replace(target)
