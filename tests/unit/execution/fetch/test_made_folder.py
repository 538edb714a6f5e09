from __future__ import annotations

import os
from pathlib import Path

import pytest

from etbuild.execution.fetch.made_folder import file_sha256, is_made, make_folder_once, remove_tree, verify_folder
from tests.kill_at_step import run_in_child
from tests.package_index import names_in, tree


def fill(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("a")
    (folder / "b.txt").write_text("b")


def fill_with_all(folder: Path) -> None:
    fill(folder)
    (folder / "run.sh").touch(0o755)
    (folder / "link").symlink_to("b.txt")
    (folder / "empty").mkdir()
    for name in ("new\nline", "c\u2028d", "a\udce9"):
        (folder / name).touch()


def test_a_folder_is_filled_once(tmp_path: Path) -> None:
    calls: list[Path] = []
    for _ in range(2):
        make_folder_once(tmp_path / "made", lambda folder: (calls.append(folder), fill(folder)))
    assert len(calls) == 1
    assert (tmp_path / "made" / "sub" / "a.txt").read_text() == "a"


def test_a_failure_leaves_nothing_that_counts(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        fill(folder)
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        make_folder_once(tmp_path / "made", fail)
    assert not is_made(tmp_path / "made")
    assert names_in(tmp_path) == ["made.lock"]


def test_a_folder_without_its_marker_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "old").touch()
    make_folder_once(tmp_path / "made", fill)
    assert not (tmp_path / "made" / "old").exists()


def test_killed_at_any_step_the_next_run_makes_it_whole(tmp_path: Path) -> None:
    step = 0
    while True:
        folder = tmp_path / str(step) / "made"
        status, _ = run_in_child(lambda folder=folder: make_folder_once(folder, fill), step)
        if status == 0:
            break
        assert status == -9
        make_folder_once(folder, fill)
        assert verify_folder(folder) == ()
        assert tree(folder / "sub") == {"a.txt": "a"}
        assert names_in(folder.parent) == ["made", "made.lock"]
        step += 1
    assert step > 8


def test_a_full_disk_at_any_step_is_said_and_leaves_nothing_that_counts(tmp_path: Path) -> None:
    step, statuses = 0, []
    while True:
        folder = tmp_path / str(step) / "made"
        status, _ = run_in_child(lambda folder=folder: make_folder_once(folder, fill), step, full_disk=True)
        statuses.append(status)
        if status == 0:
            break
        assert not is_made(folder)
        make_folder_once(folder, fill)
        assert verify_folder(folder) == ()
        step += 1
    # The first steps make the folder that holds it: an OSError there is said by whoever chose the cache.
    assert set(statuses[2:-1]) == {2}


def test_many_processes_fill_it_once(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def note(folder: Path) -> None:
        with log.open("a") as lines:
            lines.write("filled\n")
        fill(folder)

    children = []
    for _ in range(8):
        child = os.fork()
        if child == 0:
            try:
                make_folder_once(tmp_path / "made", note)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
    assert log.read_text() == "filled\n"


def relink(folder: Path, target: str) -> None:
    (folder / "link").unlink()
    (folder / "link").symlink_to(target)


@pytest.mark.parametrize(
    ("spoil", "bad"),
    [
        (lambda _: None, ()),
        (lambda folder: ((folder / "b.txt").chmod(0o644), (folder / "b.txt").write_text("c")), ("b.txt",)),
        (lambda folder: (folder / "b.txt").unlink(), ("b.txt",)),
        (lambda folder: relink(folder, "run.sh"), ("link",)),
        (lambda folder: (folder / "link").unlink(), ("link",)),
        (lambda folder: (folder / "run.sh").chmod(0o444), ("run.sh",)),
        (lambda folder: ((folder / "b.txt").rename(folder / "c"), (folder / "b.txt").symlink_to("c")), ("b.txt", "c")),
        (lambda folder: (folder / "more").touch(), ("more",)),
        (lambda folder: (folder / "empty").rmdir(), ("empty",)),
        (lambda folder: ((folder / "new\nline").chmod(0o644), (folder / "new\nline").write_text("c")), ("new\nline",)),
        (lambda folder: (folder / ".complete").write_text(""), (".complete",)),
        (lambda folder: (folder / ".complete").write_bytes((folder / ".complete").read_bytes()[:20]), (".complete",)),
        (lambda folder: (folder / ".complete").unlink(), (".complete",)),
        (lambda folder: ((folder / "__pycache__").mkdir(), (folder / "__pycache__/a.pyc").touch()), ()),
    ],
)
def test_verify_names_what_is_missing_changed_or_more(tmp_path: Path, spoil, bad) -> None:
    folder = make_folder_once(tmp_path / "made", fill_with_all)
    spoil(folder)
    assert verify_folder(folder) == bad


@pytest.mark.parametrize(
    ("spoil", "bad"),
    [
        (lambda _: None, ()),
        (lambda folder: (folder / "b.txt").unlink(), ("b.txt",)),
        (lambda folder: (folder / "more").touch(), ("more",)),
        (lambda folder: (folder / "link").unlink(), ()),
    ],
)
def test_an_older_marker_tells_of_files_alone(tmp_path: Path, spoil, bad) -> None:
    folder = make_folder_once(tmp_path / "made", fill)
    (folder / "link").symlink_to("b.txt")
    lines = [f"{file_sha256(folder / name)}  {name}\n" for name in ("b.txt", "sub/a.txt")]
    (folder / ".complete").write_text("".join(lines))
    spoil(folder)
    assert verify_folder(folder) == bad


def test_a_read_only_tree_can_be_removed(tmp_path: Path) -> None:
    folder = make_folder_once(tmp_path / "made", fill)
    remove_tree(folder)
    assert not folder.exists()
