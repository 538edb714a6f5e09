"""What was not used for long goes first; nothing that goes breaks a build."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from etbuild.execution import collect_garbage as module
from etbuild.execution.action_key import action_key
from etbuild.execution.collect_garbage import (
    CacheFigures,
    Collected,
    FolderFigures,
    cache_figures,
    collect_garbage,
    folder_size,
    make_room,
)
from etbuild.execution.disk import Disk, Fingerprint
from etbuild.execution.fetch.made_folder import give_up, make_folder_once, take_folder
from etbuild.execution.input_tree import InputTrees
from etbuild.execution.store import Store
from etbuild.model.action import Action, ActionResult
from etbuild.model.artifact import Artifact, InputSet

DAY = 86_400


class Clock(Disk):
    def __init__(self) -> None:
        self.time = 2_000_000_000.0

    def now(self):
        return self.time


@pytest.fixture
def disk():
    return Clock()


@pytest.fixture
def store(tmp_path, disk):
    store = Store(tmp_path / "cache", disk)
    yield store
    store.close()


def ingest(store: Store, name: str, size: int):
    path = store.cache.parent / name
    path.write_bytes(name.encode().ljust(size, b"."))
    return store.ingest(path, executable=False).digest


def a_key(word):
    return action_key(Action("Make", (word,), InputSet(), (Artifact("a"),)), InputTrees(None))


def test_what_was_used_longest_ago_goes_first_until_the_rest_fits(store, disk):
    digests = []
    for name in ("a.pte", "b.pte", "c.pte"):
        digests.append(ingest(store, name, 100))
        store.flush()
        disk.time += DAY
    store.blob(digests[0])

    assert collect_garbage(store, max_size=200, max_age=None) == Collected(1, 100)
    assert [store.blob(digest) is not None for digest in digests] == [True, False, True]
    assert collect_garbage(store, max_size=200, max_age=None) == Collected(0, 0)


def test_exported_programs_go_before_all_else(store, disk):
    old = ingest(store, "a.pte", 100)
    store.flush()
    disk.time += DAY
    exported = ingest(store, "b.pt2", 100)

    collect_garbage(store, max_size=100, max_age=None)

    assert store.blob(old)
    assert store.blob(exported) is None


def test_what_is_too_old_goes_whatever_its_size(store, disk):
    old = ingest(store, "a.pte", 1)
    store.record("old", a_key("1"), ActionResult({}))
    store.flush()
    disk.time += 10 * DAY
    new = ingest(store, "b.pte", 1)
    store.record("new", a_key("2"), ActionResult({}))

    assert collect_garbage(store, max_size=None, max_age=5 * DAY) == Collected(1, 5)
    assert store.blob(old) is None
    assert store.blob(new)
    assert store.result(a_key("1").key) is None
    assert store.result(a_key("2").key)
    assert store.timing("old") is None


def test_a_hit_keeps_a_result_young(store, disk):
    store.record("a", a_key("1"), ActionResult({}))
    store.flush()
    disk.time += 4 * DAY
    assert store.result(a_key("1").key)
    store.flush()
    disk.time += 4 * DAY

    collect_garbage(store, max_size=None, max_age=5 * DAY)
    assert store.result(a_key("1").key)


def test_results_outlive_their_blobs(store):
    made = store.ingest(_a_file(store), executable=False)
    store.record("a", a_key("1"), ActionResult({"a": made}))

    collect_garbage(store, max_size=0, max_age=None)

    assert store.blob(made.digest) is None
    assert store.result(a_key("1").key) == ActionResult({"a": made})


def _a_file(store):
    path = store.cache.parent / "made"
    path.write_text("bytes")
    return path


def test_sources_are_forgotten_only_once_they_are_gone(store, disk, tmp_path):
    (tmp_path / "here").write_text("")
    known = Fingerprint(1, 2, 3, 4)
    store.remember_sources([(str(tmp_path / name), known, "ab" * 32) for name in ("here", "gone")])
    store.flush()
    disk.time += 1000 * DAY

    collect_garbage(store, max_size=None, max_age=DAY)

    assert store.sources([str(tmp_path / "here"), str(tmp_path / "gone")]) == {
        str(tmp_path / "here"): (known, "ab" * 32)
    }


def test_a_blob_that_was_killed_before_its_row_was_written_is_collected_too(store, disk):
    orphan = ingest(store, "a.pte", 100)
    disk.time = Path(store.blob(orphan)).stat().st_ctime + 1
    fresh = Store(store.cache, disk)

    assert cache_figures(fresh).blobs == 1
    disk.time += 3 * DAY
    assert collect_garbage(fresh, max_size=None, max_age=2 * DAY) == Collected(1, 100)
    fresh.close()


def test_what_killed_builds_left_goes_after_a_day(store, disk):
    left = store.cache / "tmp" / "123.0"
    left.write_text("half a blob")
    disk.time = left.stat().st_ctime
    collect_garbage(store, None, None)
    assert left.exists()

    disk.time += 2 * DAY
    collect_garbage(store, None, None)
    assert not left.exists()


def test_the_figures_tell_what_is_there(store, disk):
    ingest(store, "a.pte", 100)
    store.blob(ingest(store, "b.pt2", 50), executable=True)
    store.record("a", a_key("1"), ActionResult({}))
    store.flush()
    disk.time += 3 * DAY

    none = dict.fromkeys(("environments", "repositories"), FolderFigures(0, 0, 0))
    assert cache_figures(store) == CacheFigures(3, 200, 1, store.database.path.stat().st_size, 3, none)


def made(store, name: str, taken: float) -> Path:
    """Make a folder of 8 KiB that was last taken at `taken`."""
    folder = make_folder_once(store.cache / name, lambda unfinished: (unfinished / "file").write_bytes(b"." * 8000))
    os.utime(f"{folder}.lock", (taken, taken))
    return folder


@pytest.mark.parametrize("limits", [{"max_size": None, "max_age": 30 * DAY}, {"max_size": 17_000, "max_age": None}])
def test_environments_and_repositories_go_when_they_are_not_used(store, disk, limits):
    old = [made(store, name, disk.time - 40 * DAY) for name in ("environments/old", "repositories/old")]
    new = made(store, "environments/new", disk.time - 10 * DAY)
    assert cache_figures(store).folders["environments"].count == 2
    assert cache_figures(store).folders["environments"].oldest_days == 40

    collected = collect_garbage(store, **limits)

    assert (collected.environments, collected.repositories) == (1, 1)
    assert collected.bytes >= 16_000
    assert [folder.exists() for folder in (*old, new)] == [False, False, True]


def test_what_a_build_may_be_using_stays_however_little_room_there_is(store, disk):
    disk.time = time.time()
    folder = made(store, "environments/used", disk.time - 40 * DAY)
    assert take_folder(folder)
    assert collect_garbage(store, max_size=0, max_age=0) == Collected(0, 0)
    assert folder.exists()


def test_a_folder_that_is_taken_while_garbage_is_collected_stays(store, disk):
    folder = made(store, "environments/used", disk.time - 40 * DAY)
    take_folder(folder)
    assert not give_up(folder, unused_since=time.time() - DAY)
    assert folder.exists()


def test_a_download_that_nobody_finished_goes_after_a_day(store):
    (store.cache / "downloads" / "left").mkdir(parents=True)
    collect_garbage(store, None, None)  # The test's clock is years ahead.
    assert not (store.cache / "downloads" / "left").exists()


@pytest.fixture
def full_disk(monkeypatch, store):
    """A disk that holds what the cache takes now and not a byte more."""
    held = folder_size(store.cache)

    monkeypatch.setattr(module, "disk_usage", lambda folder: SimpleNamespace(free=held - folder_size(folder)))
    monkeypatch.setattr(module, "_ROOM", 100_000)
    monkeypatch.setattr(module, "_MOST_ROOM", 0)


def leave_download(cache: Path, key: str) -> Path:
    """Leave what a fetch that ran out of room has brought."""
    take_folder(cache / "repositories" / key)
    brought = cache / "downloads" / f"{key}.tmp" / "weights.bin"
    brought.parent.mkdir(parents=True)
    brought.write_bytes(b"w" * 200_000)
    return brought


def test_a_full_disk_gets_room_from_what_nobody_holds(store, request):
    kept, ours = leave_download(store.cache, "kept"), leave_download(store.cache, "ours")
    digest = ingest(store, "blob", 200_000)
    request.getfixturevalue("full_disk")
    with (store.cache / "repositories/kept.lock").open() as lock:  # As a process that fetches it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert make_room(store.cache) == Collected(0, 0)
    assert (kept.exists(), ours.exists()) == (True, False)
    assert store.blob(digest)
    assert make_room(store.cache) == Collected(0, 0)
    assert kept.exists()  # There is room: a fetch may go on with it.


def test_a_full_disk_gets_room_from_the_oldest_blobs(store, request):
    old, new = ingest(store, "old", 200_000), ingest(store, "new", 200_000)
    request.getfixturevalue("full_disk")
    assert make_room(store.cache) == Collected(1, 200_000)
    assert (store.blob(old), bool(store.blob(new))) == (None, True)


def test_a_disk_with_room_keeps_all(store):
    brought = leave_download(store.cache, "ours")
    assert make_room(store.cache) == Collected(0, 0)
    assert brought.exists()
