"""The store keeps results by key and blobs by digest, and believes no blob that changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from etbuild.execution.action_key import action_key
from etbuild.execution.disk import Disk
from etbuild.execution.explain import explain
from etbuild.execution.input_tree import InputTrees
from etbuild.execution.manifest import manifest_of
from etbuild.execution.store import Store
from etbuild.model.action import Action, ActionResult, OutputFile
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.digest import digest_of


class CountingDisk(Disk):
    """Counts how often a file's bytes are read; its clock stands still."""

    def __init__(self) -> None:
        self.hashed = 0
        self.time = 2_000_000_000.0

    def now(self):
        return self.time

    def hash(self, path):
        self.hashed += 1
        return super().hash(path)


@pytest.fixture
def disk():
    return CountingDisk()


@pytest.fixture
def store(tmp_path, disk):
    store = Store(tmp_path / "cache", disk)
    yield store
    store.close()


def reopened(store):
    store.close()
    return Store(store.cache, CountingDisk())


def a_file(folder: Path, content: str = "bytes", name: str = "made.pte") -> Path:
    path = folder / name
    path.write_text(content)
    return path


def a_key(*argv: str):
    return action_key(Action("Make", argv, InputSet(), (Artifact("a"),)), InputTrees(None))


def test_a_result_is_found_at_once_and_in_the_next_process(store, tmp_path):
    made = store.ingest(a_file(tmp_path), executable=False)
    result = ActionResult(
        {"p/ü": made, "p/b": OutputFile(digest_of(b"x"), True)}, store.put(b"out"), None, 12, 34, "none"
    )
    store.record("Make a", a_key("1"), result)

    for each in (store, None):
        each = each or reopened(store)  # noqa: PLW2901
        assert each.result(a_key("1").key) == result
        assert each.timing("Make a") == (12, 34)
        assert each.read(result.stdout) == b"out"
        assert each.result(a_key("2").key) is None
        assert each.timing("Make b") is None
        assert each.read(digest_of(b"never seen")) is None


def test_a_blob_is_moved_in_hashed_once_and_sealed(store, disk, tmp_path):
    path = a_file(tmp_path)
    inode = path.stat().st_ino

    made = store.ingest(path, executable=False)
    blob = store.blob(made.digest)

    assert made == OutputFile(digest_of(b"bytes"), False)
    assert not path.exists()
    assert blob == store.cache / "cas" / made.digest.hash[:2] / made.digest.hash
    assert (blob.stat().st_ino, blob.stat().st_mode & 0o777, blob.stat().st_mtime) == (inode, 0o444, 1e9)
    assert reopened(store).blob(made.digest) == blob
    assert disk.hashed == 1


def test_a_hard_link_to_a_blob_does_not_make_it_suspect(store, disk, tmp_path):
    made = store.ingest(a_file(tmp_path), executable=False)
    os.link(store.blob(made.digest), tmp_path / "placed")

    assert store.blob(made.digest)
    assert disk.hashed == 1


def test_what_has_a_second_name_is_copied_in(store, tmp_path):
    path = a_file(tmp_path)
    os.link(path, tmp_path / "second")

    made = store.ingest(path, executable=False)
    (tmp_path / "second").write_text("other")

    assert store.blob(made.digest).read_text() == "bytes"
    assert not path.exists()


def test_equal_bytes_are_kept_once(store, tmp_path):
    made = store.ingest(a_file(tmp_path), executable=False)
    inode = store.blob(made.digest).stat().st_ino

    again = store.ingest(a_file(tmp_path, name="b"), executable=False)

    assert again == made
    assert store.blob(made.digest).stat().st_ino == inode
    assert list((store.cache / "tmp").iterdir()) == []


def test_an_executable_is_an_inode_of_its_own(store, tmp_path):
    made = store.ingest(a_file(tmp_path), executable=False)

    plain, runnable = store.blob(made.digest), store.blob(made.digest, executable=True)

    assert plain.read_bytes() == runnable.read_bytes()
    assert plain.stat().st_ino != runnable.stat().st_ino
    assert runnable.stat().st_mode & 0o777 == 0o555
    assert store.blob(digest_of(b"never seen"), executable=True) is None


def test_a_flipped_bit_makes_a_blob_gone_and_it_is_set_aside(store, tmp_path):
    made = store.ingest(a_file(tmp_path), executable=False)
    blob = store.blob(made.digest)
    blob.chmod(0o644)
    blob.write_text("bytez")

    assert store.blob(made.digest) is None
    assert store.blob(made.digest, executable=True) is None
    assert store.corrupt == [store.cache / "corrupt" / made.digest.hash]
    store.ingest(a_file(tmp_path), executable=False)
    assert store.blob(made.digest).read_text() == "bytes"


def test_a_touched_blob_is_hashed_once_and_trusted_again(store, disk, tmp_path):
    made = store.ingest(a_file(tmp_path), executable=False)
    os.utime(store.blob(made.digest), (5, 5))
    disk.hashed = 0

    assert store.blob(made.digest)
    assert store.blob(made.digest)
    assert disk.hashed == 1


def test_a_hit_needs_no_blob(store, tmp_path):
    made = store.ingest(a_file(tmp_path), executable=False)
    store.record("Make a", a_key(), ActionResult({"a": made}))
    shutil.rmtree(store.cache / "cas")

    fresh = reopened(store)
    assert fresh.result(a_key().key) is not None
    assert fresh.blob(made.digest) is None


def test_records_after_a_pause_are_written_at_once_and_a_burst_together(store, disk):
    def written():
        with sqlite3.connect(store.cache / "store.db") as other:
            [[count]] = other.execute("SELECT count(*) FROM action").fetchall()
        other.close()
        return count

    store.record("a", a_key("1"), ActionResult({}))
    assert written() == 1
    disk.time += 0.01
    store.record("b", a_key("2"), ActionResult({}))
    store.record("c", a_key("3"), ActionResult({}))
    assert written() == 1
    disk.time += 0.05
    store.record("d", a_key("4"), ActionResult({}))
    assert written() == 4
    store.record("e", a_key("5"), ActionResult({}, wall_ms=90_000))
    assert written() == 5


def test_the_last_two_manifests_of_an_action_are_kept(store):
    for argv in ("1", "2", "2", "3"):
        store.record("Make a", a_key("t", argv), ActionResult({}))
        store.flush()
    store.reuse("Make a", a_key("t", "1"), ActionResult({}))

    last, before = store.manifests("Make a")
    assert [str(d) for d in explain(before, last)] == ["argv: 3 → 1"]
    assert explain(last, manifest_of(a_key("t", "1"))) == ()
    assert store.manifests("Make b") == ()


def test_a_flipped_bit_in_a_row_is_a_miss(store):
    store.record("Make a", a_key(), ActionResult({}, sandbox="none"))
    store.flush()
    [[row]] = store.database.rows("SELECT result FROM action")
    store.database.write([("UPDATE action SET result = ?", [(row.replace(b"none", b"mone"),)])])

    assert reopened(store).result(a_key().key) is None


def test_a_database_of_another_version_is_set_aside(store):
    store.record("Make a", a_key(), ActionResult({}))
    store.close()
    with sqlite3.connect(store.cache / "store.db") as other:
        other.execute("PRAGMA user_version = 99")
    other.close()

    fresh = Store.open(store.cache)
    assert fresh.database.set_aside
    assert fresh.result(a_key().key) is None
    assert (store.cache / "store.bad").exists()
    fresh.close()


def test_a_cache_that_cannot_be_written_is_a_mistake_that_names_it(tmp_path):
    (tmp_path / "cache" / "store.db").mkdir(parents=True)

    with pytest.raises(EtbuildError) as raised:
        Store.open(tmp_path / "cache")
    assert str(raised.value) == (
        f"error[cache-unusable]: the cache '{tmp_path}/cache' must be a folder that can be written, on a local file "
        "system: unable to open database file\n  hint: choose another with --cache-dir or ETBUILD_CACHE"
    )


def test_threads_may_share_it(store, tmp_path):
    def work(number):
        for i in range(50):
            made = store.ingest(a_file(tmp_path, str(i), f"{number}-{i}"), executable=False)
            store.record(f"{number} {i}", a_key(str(number), str(i)), ActionResult({"a": made}))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    fresh = reopened(store)
    results = [fresh.result(a_key(str(n), str(i)).key) for n in range(4) for i in range(50)]
    assert [r.files["a"].digest for r in results] == [digest_of(str(i).encode()) for _ in range(4) for i in range(50)]
    assert all(fresh.blob(r.files["a"].digest) for r in results)
