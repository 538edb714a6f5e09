from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = os.path.realpath(sys.executable)
SAY = "import os, sys; print(sys.executable, sys.argv[1:], os.getcwd())"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "check out"
    (folder / "src" / "etbuild").mkdir(parents=True)
    shutil.copy(ROOT / "etbuild", folder)
    (folder / "src" / "etbuild" / "__main__.py").write_text(SAY)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "python3.11").symlink_to(PYTHON)
    for name in ("mkdir", "mv", "readlink"):
        (tools / name).symlink_to(shutil.which(name) or name)
    return folder


def launch(checkout: Path, *words: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    settings = {"PATH": str(checkout.parent / "bin"), "XDG_CACHE_HOME": str(checkout.parent / "cache"), **env}
    command = [words[0] if words and words[0].startswith("/") else str(checkout / "etbuild"), *words[1:]]
    return subprocess.run(command, cwd=cwd or checkout, env=settings, capture_output=True, text=True, check=False)


def kept(checkout: Path) -> Path:
    return checkout.parent / "cache" / "etbuild" / "python"


def test_words_and_folder_reach_python_unchanged(checkout: Path, tmp_path: Path) -> None:
    done = launch(checkout, "", "build", "a  b", "", "-k", cwd=tmp_path)
    assert done.stdout == f"{PYTHON} ['build', 'a  b', '', '-k'] {tmp_path}\n"


def test_the_interpreter_is_looked_for_once(checkout: Path) -> None:
    launch(checkout)
    assert kept(checkout).read_text() == f"{PYTHON}\n"
    assert launch(checkout, PATH="/none").stdout.startswith(PYTHON)


def test_an_interpreter_that_is_gone_is_looked_for_again(checkout: Path) -> None:
    kept(checkout).parent.mkdir(parents=True)
    kept(checkout).write_text("/none/python3.11\n")
    assert launch(checkout).stdout.startswith(PYTHON)
    assert kept(checkout).read_text() == f"{PYTHON}\n"


def test_a_python_that_is_too_old_is_passed_over(checkout: Path) -> None:
    old = checkout.parent / "bin" / "python3.11"
    old.unlink()
    old.write_text("#!/bin/sh\nexit 0\n")
    old.chmod(0o755)
    (checkout.parent / "bin" / "python3").symlink_to(PYTHON)
    assert launch(checkout).stdout.startswith(PYTHON)


def test_etbuild_python_stands_before_all(checkout: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("#!/bin/sh\necho mine\n")
    mine.chmod(0o755)
    assert launch(checkout, ETBUILD_PYTHON=str(mine)).stdout == "mine\n"
    assert not kept(checkout).exists()


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"PATH": "/none"}, "error[no-python]: etbuild needs Python 3.11 or later, and finds none on PATH"),
        ({"ETBUILD_PYTHON": "/none"}, "error[no-python]: ETBUILD_PYTHON must be a Python, '/none' cannot be run"),
    ],
)
def test_without_a_python_it_says_so(checkout: Path, env: dict[str, str], message: str) -> None:
    done = launch(checkout, **env)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, message)


def test_a_link_to_it_works_from_anywhere(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(checkout / "etbuild")
    assert launch(checkout, str(tmp_path / "link"), "x", cwd=Path("/")).stdout == f"{PYTHON} ['x'] /\n"


def test_a_cache_that_cannot_be_written_costs_time_only(checkout: Path) -> None:
    done = launch(checkout, XDG_CACHE_HOME="/proc/none")
    assert (done.stdout.split()[0], done.stderr) == (PYTHON, "")


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_warm_it_is_one_exec(checkout: Path) -> None:
    launch(checkout)
    command = ["strace", "-f", "-qq", "-e", "trace=execve,clone,clone3,fork,vfork", checkout / "etbuild"]
    env = {"XDG_CACHE_HOME": str(checkout.parent / "cache"), "PATH": "/none"}
    calls = subprocess.run(
        command, env=env, executable=shutil.which("strace"), capture_output=True, text=True, check=True
    )
    assert [line.split("(")[0] for line in calls.stderr.splitlines()] == ["execve", "execve"]
