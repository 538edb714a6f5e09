"""The folder of `etbuild install`: replaced without touching what others put there, and known again after a kill."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from etbuild.execution.installed_folder import write_folder
from etbuild.model.diagnostics import EtbuildError
from tests.kill_at_step import run_in_child
from tests.package_index import tree


def put(folder: Path, contents: Mapping[str, str]) -> tuple[str, ...]:
    files = [{"path": path, "sha256": hashlib.sha256(text.encode()).hexdigest()} for path, text in contents.items()]
    return write_folder(folder, contents, {"files": files})


def held(folder: Path) -> dict[str, str]:
    return {path: text for path, text in tree(folder).items() if path != "manifest.json"}


def test_what_no_longer_belongs_goes_with_its_empty_folders(tmp_path: Path) -> None:
    put(tmp_path, {"a/b/old.h": "old", "a/kept.h": "1"})
    assert put(tmp_path, {"a/kept.h": "2"}) == ("a/b/old.h",)
    assert held(tmp_path) == {"a/kept.h": "2"}
    assert not (tmp_path / "a/b").exists()


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    put(tmp_path, {"lib/a.h": "1", "lib/b.h": "1"})
    (tmp_path / "lib/mine.txt").write_text("mine")
    (tmp_path / "lib/b.h").write_text("changed by hand")
    assert put(tmp_path, {"lib/a.h": "1"}) == ()
    assert held(tmp_path) == {"lib/a.h": "1", "lib/mine.txt": "mine", "lib/b.h": "changed by hand"}


@pytest.mark.parametrize("stranger", ["file", "changed", "folder", "link", "manifest", "folder manifest", "parent"])
def test_nothing_is_written_where_something_else_stands(tmp_path: Path, stranger: str) -> None:
    if stranger == "changed":
        put(tmp_path, {"a.h": "1"})
    place = tmp_path / "a.h"
    if stranger == "folder":
        place.mkdir()
    elif stranger == "link":
        place.symlink_to("nowhere")
    elif stranger == "manifest":
        (tmp_path / "manifest.json").write_text("{}")
    elif stranger == "folder manifest":
        (tmp_path / "manifest.json").mkdir()
    elif stranger == "parent":
        (tmp_path / "sub").write_text("mine")
    else:
        place.write_text("mine")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(EtbuildError, match="would-overwrite"):
        put(tmp_path, {"0.h": "new", "a.h": "2", "sub/deep/b.h": "3"})
    assert sorted(tmp_path.iterdir()) == before


def test_killed_at_any_step_the_next_installation_is_right(tmp_path: Path) -> None:
    old, new = {"a.h": "1", "gone/b.h": "1", "same.h": "0"}, {"a.h": "2", "c/d.h": "2", "same.h": "0"}
    step, status = 0, -9
    while status != 0:
        folder = tmp_path / str(step)
        put(folder, old)
        status, _ = run_in_child(lambda folder=folder: put(folder, new), step)
        assert json.loads((folder / "manifest.json").read_text())["format"] == 2
        put(folder, new)
        assert held(folder) == new
        assert "replaces" not in json.loads((folder / "manifest.json").read_text())
        step += 1
    assert step > 10


def test_a_full_disk_is_said_and_the_old_files_stay(tmp_path: Path) -> None:
    put(tmp_path, {"a.h": "1"})
    for step in range(4):
        status, _ = run_in_child(lambda: put(tmp_path, {"a.h": "2", "b.h": "2"}), step, full_disk=True)
        assert status == 2
        assert held(tmp_path) == {"a.h": "1"}


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        ("file", "is a file"),
        ("file/deep", "is not: '{tmp_path}/file/deep/manifest.json': Not a directory"),
        ("/proc/none", "is not: '/proc/none': No such file or directory"),
    ],
)
def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path, folder: str, found: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(EtbuildError) as raised:
        put(tmp_path / folder, {"a.h": "1"})
    assert str(raised.value) == (
        f"error[folder-unusable]: '{tmp_path / folder}' must be a folder that can be written, "
        f"{found.format(tmp_path=tmp_path)}\n  hint: choose another with --to"
    )
    assert (tmp_path / "file").read_text() == "mine"
