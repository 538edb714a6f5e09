"""The output tree: what is placed, how, and what is removed."""

from __future__ import annotations

import errno
import multiprocessing
import os
from pathlib import Path

import pytest

from etbuild.execution.outputs import OutputTree, Placement, locked
from etbuild.model.action import OutputFile
from tests.fakes import MemoryStore


class Scene:
    def __init__(self, folder: Path) -> None:
        self.out = folder / "etbuild-out"
        self.folder = folder
        self.store = MemoryStore(folder / "cas")

    def file(self, content: str, *, executable: bool = False) -> OutputFile:
        path = self.folder / "new"
        path.write_text(content)
        return self.store.ingest(path, executable=executable)

    def place(self, *files: tuple[str, str, OutputFile]) -> list[str]:
        return OutputTree(self.out).place([Placement(*each) for each in files], self.store.blob)

    @property
    def there(self) -> list[str]:
        found = (path.relative_to(self.out) for path in self.out.rglob("*") if path.is_file())
        return sorted(str(path) for path in found if path.parts[0] != ".etbuild")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_files_are_placed_read_only_and_not_copied(scene: Scene) -> None:
    file = scene.file("bytes")
    tree = OutputTree(scene.out)
    assert tree.place([Placement("//p:a", "host/p/a", file)], scene.store.blob) == []
    placed = scene.out / "host/p/a"
    assert placed.read_text() == "bytes"
    assert placed.stat().st_mode & 0o777 == 0o444
    blob = scene.store.blob(file.digest)
    assert blob is not None
    assert placed.samefile(blob) != tree._reflinks  # A link, unless the disk can share the bytes of two files.


def test_a_program_is_executable(scene: Scene) -> None:
    scene.place(("//p:a", "host/p/a", scene.file("#!", executable=True)))
    assert os.access(scene.out / "host/p/a", os.X_OK)


def test_a_file_in_place_needs_no_blob(scene: Scene) -> None:
    file = scene.file("bytes")
    scene.place(("//p:a", "host/p/a", file))
    scene.store.evict()
    tree = OutputTree(scene.out)
    assert tree.is_placed("host/p/a", file)
    assert not tree.is_placed("host/p/b", file)
    assert scene.place(("//p:a", "host/p/a", file)) == []


def test_a_file_that_was_touched_or_removed_is_placed_again(scene: Scene) -> None:
    file = scene.file("bytes")
    scene.place(("//p:a", "host/p/a", file))
    placed = scene.out / "host/p/a"
    placed.unlink()
    placed.write_text("mine!")
    assert not OutputTree(scene.out).is_placed("host/p/a", file)
    scene.place(("//p:a", "host/p/a", file))
    assert placed.read_text() == "bytes"
    placed.unlink()
    scene.place(("//p:a", "host/p/a", file))
    assert placed.read_text() == "bytes"


def test_a_gone_blob_is_reported(scene: Scene) -> None:
    file = scene.file("bytes")
    scene.store.evict()
    assert scene.place(("//p:a", "host/p/a", file)) == ["host/p/a"]


def test_what_an_owner_no_longer_makes_is_removed_with_its_empty_folder(scene: Scene) -> None:
    file = scene.file("bytes")
    scene.place(("//p:a", "host/p/old/a", file), ("//p:b", "host/p/b", file))
    scene.place(("//p:a", "host/p/new", file))
    assert scene.there == ["host/p/b", "host/p/new"]
    assert not (scene.out / "host/p/old").exists()


def test_a_file_of_two_owners_goes_with_the_last(scene: Scene) -> None:
    file = scene.file("bytes")
    scene.place(("//p:a", "host/p/x", file), ("//p:b", "host/p/x", file))
    OutputTree(scene.out).remove(lambda owner: owner == "//p:a")
    assert scene.there == ["host/p/x"]
    OutputTree(scene.out).remove(lambda owner: owner == "//p:b")
    assert scene.there == []


def test_new_content_replaces_old_and_who_reads_the_old_keeps_it(scene: Scene) -> None:
    scene.place(("//p:a", "host/p/a", scene.file("old")))
    with (scene.out / "host/p/a").open() as reader:
        scene.place(("//p:a", "host/p/a", scene.file("new")))
        assert reader.read() == "old"
    assert (scene.out / "host/p/a").read_text() == "new"


def test_equal_content_under_another_list_leaves_no_draft(scene: Scene) -> None:
    file = scene.file("bytes")
    scene.place(("//p:a", "host/p/a", file))
    (scene.out / ".etbuild/placed").write_text("{")
    scene.place(("//p:a", "host/p/a", file))
    assert scene.there == ["host/p/a"]


@pytest.mark.parametrize(("first", "then"), [("host/p/a", "host/p/a/b"), ("host/p/a/b", "host/p/a")])
def test_a_file_may_become_a_folder_and_the_reverse(scene: Scene, first: str, then: str) -> None:
    file = scene.file("bytes")
    scene.place(("//p:a", first, file))
    scene.place(("//p:a", then, file))
    assert scene.there == [then]


def test_a_store_on_another_disk_is_copied_from(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise OSError(errno.EXDEV, "cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    scene.place(("//p:a", "host/p/a", scene.file("bytes")))
    assert (scene.out / "host/p/a").read_text() == "bytes"
    assert (scene.out / "host/p/a").stat().st_mode & 0o777 == 0o444


def _hold(folder: Path, held: multiprocessing.synchronize.Event, release: multiprocessing.synchronize.Event) -> None:
    with locked(folder, "pid 7 (etbuild build //x)", lambda _: None):
        held.set()
        release.wait()


def test_who_waits_for_the_lock_is_told_who_holds_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(tmp_path, held, release))
    holder.start()
    held.wait()
    told: list[str] = []

    def waiting(who: str) -> None:
        told.append(who)
        release.set()

    with locked(tmp_path, "us", waiting):
        assert told == ["pid 7 (etbuild build //x)"]
    holder.join()
