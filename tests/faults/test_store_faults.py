"""Whatever happens to the store, the next build is correct."""

from __future__ import annotations

import errno
import functools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest

from etbuild.execution.collect_garbage import collect_garbage
from etbuild.execution.disk import Disk
from etbuild.execution.store import Store
from etbuild.model.diagnostics import EtbuildError
from tests.faults.small_build import (
    DeadlyDisk,
    SmallBuild,
    assert_every_blob_is_what_its_name_says,
    content_of,
    in_a_child,
)


@pytest.fixture
def workspace(tmp_path):
    """A folder with a source that is old enough to be remembered."""
    (tmp_path / "source.txt").write_text("one")
    time.sleep(0.06)
    return tmp_path


def assert_the_next_builds_are_correct(folder: Path) -> None:
    assert SmallBuild(folder).run() == content_of(folder / "source.txt")
    again = SmallBuild(folder)
    assert again.run() == content_of(folder / "source.txt")
    assert again.runs == []


def garbage_collected(folder: Path, disk: Disk | None = None) -> None:
    store = Store(folder / "cache", disk)
    collect_garbage(store, max_size=100, max_age=None)
    store.close()


def corrupt_a_blob(folder: Path) -> None:
    for blob in (folder / "cache" / "cas").glob("??/*"):
        blob.chmod(0o644)
        blob.write_bytes(b"x" + blob.read_bytes()[1:])


def unused(_folder: Path) -> None:
    pass


def changed_source(folder: Path) -> None:
    (folder / "source.txt").write_text("two")


def bad_database(folder: Path) -> None:
    (folder / "cache" / "store.db").write_bytes(b"no database" * 1000)


def build(folder: Path, disk: Disk) -> None:
    SmallBuild(folder, disk).run()


def build_linked(folder: Path, disk: Disk) -> None:
    SmallBuild(folder, disk, linked=True).run()


SCENARIOS = {
    "first build": (None, build),
    "first build, outputs copied in": (None, build_linked),
    "build of a changed source": (changed_source, build),
    "build after all blobs were corrupted": (lambda folder: (corrupt_a_blob(folder), changed_source(folder)), build),
    "build on a bad database": (bad_database, build),
    "garbage collection": (unused, garbage_collected),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_any_step_the_next_build_is_correct(workspace, scenario):
    before, work = SCENARIOS[scenario]
    template = workspace / "template"
    if before is not None:
        SmallBuild(workspace).run()
        before(workspace)
        (workspace / "cache").rename(template)
    steps = 0
    killed = True
    while killed:
        steps += 1
        for name in ("cache", "placed"):
            subprocess.run(["rm", "-rf", workspace / name], check=True)
        if before is not None:
            subprocess.run(["cp", "-a", template, workspace / "cache"], check=True)
        killed = in_a_child(functools.partial(work, workspace, DeadlyDisk(steps))) == signal.SIGKILL
        if scenario != "build after all blobs were corrupted":
            assert_every_blob_is_what_its_name_says(workspace / "cache")
        assert_the_next_builds_are_correct(workspace)
    assert steps > 5


def test_killed_at_random_moments_the_next_build_is_correct(workspace):
    dice = random.Random(7)  # noqa: S311
    for _ in range(20):
        shutil.rmtree(workspace / "cache", ignore_errors=True)
        (workspace / "placed").unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            SmallBuild(workspace).run()
            os._exit(0)
        time.sleep(dice.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert_the_next_builds_are_correct(workspace)


class FullDisk(Disk):
    """Has no room at the n-th touch."""

    def __init__(self, at: int) -> None:
        self.left = at

    def touch(self, what: str) -> None:
        self.left -= 1
        if self.left == 0 and what in {"make tables", "commit"}:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        if self.left == 0 and what in {"copy", "write", "make folder", "rename"}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("linked", [False, True], ids=["moved in", "copied in"])
def test_a_disk_that_is_full_at_any_step_is_a_mistake_that_says_so(workspace, linked):
    failures = 0
    for step in range(1, 60):
        shutil.rmtree(workspace / "cache", ignore_errors=True)
        (workspace / "placed").unlink(missing_ok=True)
        try:
            SmallBuild(workspace, FullDisk(step), linked=linked).run()
        except EtbuildError as error:
            failures += 1
            assert str(error) == (  # noqa: PT017
                f"error[disk-full]: no space is left on the disk of the cache '{workspace}/cache'\n  hint: make room "
                "with 'etbuild cache gc --max-size=…', or choose another with --cache-dir"
            )
            assert error.exit_code == 1  # noqa: PT017
        if (workspace / "cache").exists():
            assert_the_next_builds_are_correct(workspace)
    assert failures >= 10


IN_A_SMALL_FILE_SYSTEM = """
import sys
from pathlib import Path
from etbuild.execution.store import Store
from etbuild.model.diagnostics import EtbuildError
folder = Path(sys.argv[1])
store = Store.open(folder / "cache")
try:
    for number in range(100):
        (folder / "made").write_bytes(bytes([number]) * 60_000)
        made = store.ingest(folder / "made", executable=False)
        store.put(bytes([number]) * 60_000)
        store.flush()
except (EtbuildError, OSError) as error:
    print(str(error).split("]")[0])
store.database.close()
for blob in (folder / "cache" / "cas").glob("??/*"):
    blob.unlink()
store = Store.open(folder / "cache")
(folder / "made").write_bytes(b"now there is room")
print(store.blob(store.ingest(folder / "made", executable=False).digest).read_text())
store.close()
"""


IN_A_FULL_FILE_SYSTEM = """
import contextlib, pathlib, sys
from etbuild.execution.collect_garbage import make_room
from etbuild.execution.store import Store
from etbuild.model.diagnostics import EtbuildError
folder = pathlib.Path(sys.argv[1])
store = Store.open(folder / "cache")
(folder / "blob").write_bytes(b"b" * 1_500_000)
store.ingest(folder / "blob", executable=False)
store.close()
# Until it is full.
with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
    while True:
        filler.write(b"f" * 4096)
try:
    Store.open(folder / "cache")
except EtbuildError as error:
    print(str(error).split("]")[0])
print(make_room(folder / "cache"))
Store.open(folder / "cache").close()
"""


def test_on_a_file_system_that_is_really_full_nothing_is_lost(tmp_path):
    done = run_in_a_small_file_system(IN_A_SMALL_FILE_SYSTEM, tmp_path)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] in {"error[disk-full", "[Errno 28", "error[cache-unusable"}
    assert done.stdout.splitlines()[1:] == ["now there is room"]


def test_on_a_file_system_that_is_really_full_room_can_be_made(tmp_path):
    done = run_in_a_small_file_system(IN_A_FULL_FILE_SYSTEM, tmp_path)
    assert (done.stderr, done.stdout.splitlines()) == (
        "",
        ["error[disk-full", "Collected(blobs=1, bytes=1500000, environments=0, repositories=0)"],
    )


def run_in_a_small_file_system(program, tmp_path):
    inside = 'mount -t tmpfs -o size=3m none $0 && exec $1 -c "$2" $0'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*command, "mount -t tmpfs none /mnt"], check=False).returncode
    ):
        pytest.skip("this machine refuses mount namespaces")
    return subprocess.run(
        [*command, inside, tmp_path, sys.executable, program],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_every_blob_evicted_nothing_runs(workspace):
    SmallBuild(workspace).run()
    shutil.rmtree(workspace / "cache" / "cas")

    build = SmallBuild(workspace)
    assert build.run() == content_of(workspace / "source.txt")
    assert build.runs == []


def test_with_every_blob_evicted_only_what_is_needed_runs_again(workspace):
    SmallBuild(workspace).run()
    shutil.rmtree(workspace / "cache" / "cas")
    (workspace / "placed").unlink()

    build = SmallBuild(workspace)
    assert build.run() == content_of(workspace / "source.txt")
    assert sorted(build.runs) == ["a", "b", "c", "d"]


def test_garbage_may_be_collected_between_any_two_steps(workspace):
    def collect(_store):
        other = Store(workspace / "cache")
        collect_garbage(other, max_size=0, max_age=-1)
        other.close()

    for text in ("one", "two", "one"):
        (workspace / "source.txt").write_text(text)
        assert SmallBuild(workspace, between=collect).run() == content_of(workspace / "source.txt")


def test_a_flipped_bit_in_any_blob_is_mended(workspace):
    SmallBuild(workspace).run()
    corrupt_a_blob(workspace)
    (workspace / "placed").unlink()

    assert SmallBuild(workspace).run() == content_of(workspace / "source.txt")
    assert len(list((workspace / "cache" / "corrupt").iterdir())) >= 4


def test_a_database_cut_off_anywhere_is_begun_anew(workspace):
    SmallBuild(workspace).run()
    database = workspace / "cache" / "store.db"
    whole = database.read_bytes()
    assert len(whole) >= 8 * 4096
    for length in [0, 1, 50, 100, 1000, *range(4096, len(whole), 4096), len(whole) - 1]:
        for path in database.parent.glob("store.*"):
            path.unlink()
        database.write_bytes(whole[:length])
        (workspace / "placed").unlink(missing_ok=True)
        assert_the_next_builds_are_correct(workspace)


def test_a_database_with_any_byte_flipped_does_no_harm(workspace):
    SmallBuild(workspace).run()
    database = workspace / "cache" / "store.db"
    whole = database.read_bytes()
    dice = random.Random(11)  # noqa: S311
    used = [at for at in range(len(whole)) if whole[at]]
    for at in [*range(100), *dice.sample(used, 150)]:
        for path in database.parent.glob("store.*"):
            path.unlink()
        flipped = bytearray(whole)
        flipped[at] ^= 1 << dice.randrange(8)
        database.write_bytes(flipped)
        (workspace / "placed").unlink(missing_ok=True)
        assert SmallBuild(workspace).run() == content_of(workspace / "source.txt"), at


def test_eight_processes_build_at_once_while_garbage_is_collected(workspace):
    def build_often(number: int) -> None:
        dice = random.Random(number)  # noqa: S311
        own = workspace / f"checkout{number}"
        own.mkdir()
        for _ in range(15):
            (own / "source.txt").write_text(str(dice.randrange(4)))
            assert SmallBuild(own, cache=workspace / "cache").run() == content_of(own / "source.txt")

    children = []
    for number in range(8):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                build_often(number)
                code = 0
            except BaseException:  # noqa: BLE001 - pytest must not go on in the child.
                traceback.print_exc()
            os._exit(code)
        children.append(child)
    for _ in range(10):
        garbage_collected(workspace)
        time.sleep(0.02)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 8
    assert_every_blob_is_what_its_name_says(workspace / "cache")
    store = Store(workspace / "cache")
    assert store.database.rows("PRAGMA integrity_check") == [("ok",)]
    store.close()
