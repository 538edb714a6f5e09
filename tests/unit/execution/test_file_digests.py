"""Sources are hashed once, and again only when they may have changed."""

from __future__ import annotations

import os
import time

import pytest

from etbuild.execution.disk import Disk
from etbuild.execution.file_digests import FileDigests
from etbuild.execution.store import Store
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.digest import digest_of

TICK = 0.06
"""Longer than a file system's clock stands still."""


class CountingDisk(Disk):
    def __init__(self) -> None:
        self.hashed = []
        self.while_hashing = lambda: None

    def hash(self, path):
        self.hashed.append(str(path))
        digest = super().hash(path)
        self.while_hashing()
        return digest


@pytest.fixture
def disk():
    return CountingDisk()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"weights")
    time.sleep(TICK)
    return path


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def digest_in_a_new_build(cache, disk, path):
    store = Store(cache, disk)
    try:
        return FileDigests(store).digest(str(path))
    finally:
        store.close()


def hashes(cache, disk, path):
    """How often a build reads the file."""
    disk.hashed.clear()
    assert digest_in_a_new_build(cache, disk, path).digest == digest_of(path.read_bytes())
    return len(disk.hashed)


def test_a_source_is_hashed_in_the_first_build_alone(cache, disk, source):
    assert [hashes(cache, disk, source) for _ in range(3)] == [1, 0, 0]


def test_neither_boot_nor_device_number_matters(cache, disk, source):
    hashes(cache, disk, source)
    real = disk.stat

    def on_another_device(path):
        stat = real(path)
        return stat and os.stat_result(
            (*stat[:2], stat.st_dev + 1, *stat[3:]), {"st_mtime_ns": stat.st_mtime_ns, "st_ctime_ns": stat.st_ctime_ns}
        )

    disk.stat = on_another_device
    assert hashes(cache, disk, source) == 0


def test_a_touched_source_is_hashed_once(cache, disk, source):
    hashes(cache, disk, source)
    source.touch()
    time.sleep(TICK)

    assert [hashes(cache, disk, source) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("change", ["same size and mtime", "renamed over", "another mode"])
def test_no_change_goes_unseen(cache, disk, source, change):
    hashes(cache, disk, source)
    stat = source.stat()
    time.sleep(TICK)
    if change == "same size and mtime":
        source.write_bytes(b"WEIGHTS")
        os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    elif change == "renamed over":
        other = source.with_suffix(".new")
        other.write_bytes(b"WEIGHTS")
        os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        other.rename(source)
    else:
        source.chmod(0o755)

    assert hashes(cache, disk, source) == 1
    assert digest_in_a_new_build(cache, disk, source).executable == (change == "another mode")


def test_a_source_written_a_moment_ago_is_not_remembered(cache, disk, source):
    """It might change again within the tick of the file system's clock, and look the same."""
    source.write_bytes(b"1")
    real = disk.now

    disk.now = lambda: source.stat().st_ctime  # However long this machine takes from one line to the next.
    assert [hashes(cache, disk, source) for _ in range(1)] == [1]
    disk.now = real
    time.sleep(TICK)
    assert [hashes(cache, disk, source) for _ in range(2)] == [1, 0]


def test_changes_in_quick_succession_are_all_seen(cache, disk, source):
    for number in range(200):
        source.write_text(f"{number:03}")
        assert digest_in_a_new_build(cache, disk, source).digest == digest_of(f"{number:03}".encode())


def test_many_big_files_are_hashed_and_a_missing_one_is_passed_over(cache, disk, tmp_path):
    paths = [tmp_path / f"shard{i}" for i in range(4)]
    for i, path in enumerate(paths):
        path.write_bytes(bytes([i]) * (5 << 20))
    digests = FileDigests(Store(cache, disk))

    digests.look_up([*map(str, paths), str(tmp_path / "missing")])

    assert sorted(disk.hashed) == [str(path) for path in paths]
    assert [digests.digest(str(path)).digest for path in paths] == [digest_of(path.read_bytes()) for path in paths]
    assert len(disk.hashed) == 4
    with pytest.raises(FileNotFoundError):
        digests.digest(str(tmp_path / "missing"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_source_that_changes_while_it_is_hashed_is_a_mistake_that_names_it(cache, disk, tmp_path, count):
    paths = [tmp_path / f"shard{i}" for i in range(count)]
    for path in paths:
        path.write_bytes(bytes(5 << 20))
    disk.while_hashing = lambda: paths[0].write_bytes(b"changed")

    with pytest.raises(EtbuildError) as raised:
        FileDigests(Store(cache, disk)).look_up(map(str, paths))
    assert str(raised.value) == (
        f"error[input-changed]: '{paths[0]}' must stay as it is while it is built from, and has changed\n"
        "  hint: build again"
    )


def test_changes_since_hashing_are_told(cache, disk, source):
    digests = FileDigests(Store(cache, disk))
    digests.digest(str(source))
    assert digests.changed([str(source), "/never/asked/for"]) == []

    source.write_bytes(b"other")
    assert digests.changed([str(source)]) == [str(source)]
    source.unlink()
    assert digests.changed([str(source)]) == [str(source)]


def test_a_folder_is_its_files_in_order(cache, disk, tmp_path):
    folder = tmp_path / "tokenizer"
    for name in ("b/2", "a", "b/1", "c.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)

    tree = FileDigests(Store(cache, disk)).tree(f"{folder}/")

    assert [(path, file.digest) for path, file in tree] == [
        (name, digest_of(name.encode())) for name in ("a", "b/1", "b/2", "c.json")
    ]


def test_a_source_that_may_not_be_read_is_a_mistake_that_names_it(cache, disk, source):
    def refuse():
        raise PermissionError(13, "Permission denied")

    disk.while_hashing = refuse
    with pytest.raises(EtbuildError) as raised:
        digest_in_a_new_build(cache, disk, source)
    assert str(raised.value) == f"error[unreadable-input]: '{source}' must be readable: Permission denied"


def test_a_folder_changes_when_a_file_of_it_does_comes_or_goes(cache, disk, tmp_path):
    folder = tmp_path / "tokenizer"
    folder.mkdir()
    (folder / "a").write_text("one")
    digests = FileDigests(Store(cache, disk))
    digests.tree(str(folder))
    assert digests.changed([str(folder)]) == []

    (folder / "b").write_text("new")
    assert digests.changed([str(folder)]) == [str(folder / "b")]
    (folder / "b").unlink()
    (folder / "a").write_text("other")
    assert digests.changed([str(folder)]) == [str(folder / "a")]
    (folder / "a").unlink()
    assert digests.changed([str(folder)]) == [str(folder / "a")]
