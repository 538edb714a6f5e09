from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from etbuild.execution import installed_environment
from etbuild.execution.fetch.made_folder import is_made, remove_tree, verify_folder
from etbuild.execution.fetch.session import FetchSession
from etbuild.execution.interpreter import Interpreter, running_interpreter
from etbuild.execution.python_environment import (
    InstalledEnvironment,
    ensure_environment,
    environment_digest,
    environment_path,
    select_wheels,
)
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.events import BuildEvent, FetchProgress
from etbuild.model.lock import LockedFile, LockFile
from tests.kill_at_step import run_in_child
from tests.package_index import fetch_session, make_wheel, names_in, quick_session

HERE = running_interpreter()
DEBIAN = Interpreter("/usr/bin/python3.11", "/usr", (3, 11, 2), "cpython-311", "x86_64", "linux", (2, 36))


@pytest.fixture
def lock(tmp_path: Path) -> LockFile:
    index = tmp_path / "index"
    greet = make_wheel(index, "greet", "1.0", {"greet/__init__.py": "from words import HELLO\n"})
    words = {
        "words.py": "HELLO = 'hello'\n",
        "words-2.0.data/data/share/w.txt": "w",
        "words-2.0.data/purelib/more.py": "",
    }
    return LockFile((greet, make_wheel(index, "words", "2.0", words)))


@pytest.fixture
def session(tmp_path: Path, lock: LockFile) -> FetchSession:
    assert lock.files  # Its wheels are in the index.
    return fetch_session(tmp_path / "cache", tmp_path / "index")


@pytest.fixture
def quick(tmp_path: Path, lock: LockFile) -> FetchSession:
    assert lock.files
    return quick_session(tmp_path / "cache", tmp_path / "index")


def install(session: FetchSession, lock: LockFile) -> InstalledEnvironment:
    return ensure_environment(session, lock, HERE, "base")


def place_of(session: FetchSession, lock: LockFile) -> Path:
    return environment_path(session.cache, environment_digest(lock.files, HERE), HERE)


def says(environment: Path, code: str = "import greet; print(greet.HELLO)") -> str:
    command = [environment / "bin" / "python", "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_it_runs_where_it_is_and_where_it_is_moved(session: FetchSession, lock: LockFile, tmp_path: Path) -> None:
    environment = install(session, lock)
    assert says(environment.path) == "hello"
    moved = shutil.copytree(environment.path, tmp_path / "elsewhere", symlinks=True)
    assert says(moved) == "hello"
    assert says(moved, "import sys; print(sys.prefix)") == str(moved)
    assert says(moved, "import greet; print(greet.__file__)").startswith(str(moved))


def test_it_is_installed_once_read_only_and_compiled_beforehand(quick: FetchSession, lock: LockFile) -> None:
    path = install(quick, lock).path
    assert install(replace(quick, python=Path("/none")), lock).path == path
    packages = path / "lib" / HERE.name / "site-packages"
    assert (packages / "greet" / "__pycache__" / f"__init__.{HERE.cache_tag}.pyc").exists()
    writable = [place for place in path.rglob("*") if not place.is_symlink() and place.stat().st_mode & 0o222]
    assert writable == [path / ".complete"]
    assert (path / "share" / "w.txt").read_text() == "w"
    assert (packages / "more.py").exists()


def test_compiled_files_do_not_depend_on_times(quick: FetchSession, lock: LockFile) -> None:
    path = install(quick, lock).path
    compiled = next(path.rglob("words.*.pyc"))
    assert compiled.read_bytes()[4:8] == b"\1\0\0\0"  # PEP 552: by hash, not checked.


def test_downloads_are_removed_once_installed(quick: FetchSession, lock: LockFile) -> None:
    install(quick, lock)
    assert names_in(quick.cache / "downloads") == []


def test_progress_ends_at_the_locks_size(session: FetchSession, lock: LockFile) -> None:
    seen: list[BuildEvent] = []
    install(replace(session, events=seen.append), lock)
    total = sum(file.size for file in lock.files)
    last = seen[-1]
    assert isinstance(last, FetchProgress)
    assert (last.what, last.done, last.total, last.finished) == (
        "environment base: 2 packages (0 MB)",
        total,
        total,
        True,
    )


def test_verify_names_a_changed_file(quick: FetchSession, lock: LockFile) -> None:
    path = install(quick, lock).path
    assert verify_folder(path) == ()
    changed = path / "lib" / HERE.name / "site-packages" / "words.py"
    changed.chmod(0o644)
    changed.write_text("HELLO = 'evil'")
    assert verify_folder(path) == (str(changed.relative_to(path)),)


@pytest.mark.parametrize(
    "change",
    [
        lambda files, python: ((replace(files[0], sha256="0" * 64), *files[1:]), python),
        lambda files, python: (files[1:], python),
        lambda files, python: (files, replace(python, version=(3, 11, 99))),
        lambda files, python: (files, replace(python, cache_tag="cpython-312")),
        lambda files, python: (files, replace(python, machine="riscv64")),
    ],
)
def test_what_decides_the_content_is_in_the_digest(lock: LockFile, change) -> None:
    assert environment_digest(*change(lock.files, HERE)) != environment_digest(lock.files, HERE)


def test_order_and_the_interpreters_place_are_not_in_the_digest(lock: LockFile) -> None:
    moved = replace(HERE, executable="/elsewhere/python")
    assert environment_digest(lock.files[::-1], moved) == environment_digest(lock.files, HERE)


def wheel(version: str, tags: str) -> LockedFile:
    return LockedFile("torch", version, f"torch-{version}-{tags}.whl", 1, "0" * 64)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([wheel("2.0", "cp311-cp311-manylinux_2_28_x86_64"), wheel("2.0+cpu", "cp311-cp311-manylinux_2_28_x86_64")], 1),
        ([wheel("2.0", "py3-none-any"), wheel("2.0", "cp311-cp311-manylinux_2_17_x86_64")], 1),
        ([wheel("2.0", "cp311-cp311-manylinux_2_28_x86_64"), wheel("2.0", "cp311-cp311-manylinux_2_28_aarch64")], 0),
        ([wheel("2.0+cpu", "cp311-cp311-manylinux_2_99_x86_64"), wheel("2.0", "cp311-cp311-manylinux_2_28_x86_64")], 1),
    ],
)
def test_of_alternatives_the_one_made_for_this_is_chosen(offered: list[LockedFile], chosen: int) -> None:
    for order in (offered, offered[::-1]):
        assert select_wheels(LockFile(tuple(order)), DEBIAN, "base") == (offered[chosen],)


def test_a_package_without_a_wheel_for_this_python_is_said() -> None:
    lock = LockFile((wheel("2.0", "cp312-cp312-manylinux_2_28_x86_64"), replace(wheel("1", "cp39-cp39-any"), name="b")))
    with pytest.raises(EtbuildError) as error:
        select_wheels(lock, DEBIAN, "base")
    assert str(error.value).splitlines()[:2] == [
        "error[no-wheel]: environment 'base' must have a wheel of each package for cpython-311, has none of b",
        "  note: nor of torch",
    ]


def test_offline_lists_what_is_missing(session: FetchSession, lock: LockFile) -> None:
    with pytest.raises(EtbuildError) as error:
        install(replace(session, offline=True), lock)
    assert str(error.value) == (
        "error[offline-missing]: environment base: 2 packages (0 MB) must be fetched, and --offline forbids it\n"
        "  note: missing: greet-1.0-py3-none-any.whl\n"
        "  note: missing: words-2.0-py3-none-any.whl\n"
        "  hint: run `etbuild fetch` while online"
    )


def test_a_package_that_the_index_lacks_is_named(session: FetchSession, lock: LockFile, tmp_path: Path) -> None:
    (tmp_path / "index" / "greet-1.0-py3-none-any.whl").unlink()
    with pytest.raises(EtbuildError) as error:
        install(session, lock)
    [diagnostic] = error.value.diagnostics
    assert diagnostic.code == "fetch-failed"
    assert diagnostic.message == "pip's index and links offer no usable file of 'greet==1.0'"


def test_another_file_than_the_locked_one_is_refused(session: FetchSession, lock: LockFile, tmp_path: Path) -> None:
    make_wheel(tmp_path / "index", "words", "2.0", {"words.py": "HELLO = 'evil'\n"})
    with pytest.raises(EtbuildError) as error:
        install(session, lock)
    assert error.value.diagnostics[0].code == "wrong-sha256"
    assert lock.files[1].sha256 in "".join(error.value.diagnostics[0].notes)
    assert not is_made(place_of(session, lock))


def test_a_truncated_wheel_is_refused(session: FetchSession, lock: LockFile, tmp_path: Path) -> None:
    path = tmp_path / "index" / lock.files[1].filename
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(EtbuildError) as error:
        install(session, lock)
    assert error.value.diagnostics[0].code in {"wrong-sha256", "fetch-failed"}


def test_killed_between_steps_the_next_install_is_right(quick: FetchSession, lock: LockFile) -> None:
    path = place_of(quick, lock)
    run_in_child(lambda: install(quick, lock), 10_000)  # Compiles what it imports, and makes the folders above.
    remove_tree(path)
    _, steps = run_in_child(lambda: install(quick, lock), 10_000)
    assert verify_folder(path) == ()
    assert steps > 40
    for step in range(1, steps, 5):
        remove_tree(path)
        status, _ = run_in_child(lambda: install(quick, lock), step)
        assert status == -9 or step > steps - 10  # Threads transfer the wheels: some touches depend on who is first.
        assert says(install(quick, lock).path) == "hello"
        assert verify_folder(path) == ()
        assert names_in(path.parent) == [path.name, f"{path.name}.lock"]


def test_what_was_checked_before_a_kill_is_not_fetched_again(
    quick: FetchSession, lock: LockFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(installed_environment, "_compile", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        assert run_in_child(lambda: install(quick, lock), 10_000)[0] == -9
    shutil.rmtree(tmp_path / "index")
    assert says(install(quick, lock).path) == "hello"
