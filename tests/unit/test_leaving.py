"""How the program ends: at once, with all that it printed, and quietly where nobody reads it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = Path(__file__).parents[2] / "src/etbuild/__main__.py"
BUILD = '[genrule.a]\nouts = ["a.out"]\ncmd = "echo > $OUT"\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "WORKSPACE").write_text('name = "w"\nfamilies = ["core"]\n')
    (tmp_path / "BUILD.toml").write_text(BUILD)
    return tmp_path


def _run(workspace: Path, *words: str, stdout: int) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-I", "-X", "utf8", str(MAIN), *words]
    env = {"HOME": str(workspace), "ETBUILD_CACHE": str(workspace / "cache")}
    return subprocess.run(argv, cwd=workspace, env=env, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


def test_all_that_was_printed_reaches_who_reads(workspace: Path) -> None:
    (workspace / "BUILD.toml").write_text(
        "".join(f'[filegroup.a{number}]\nsrcs = ["BUILD.toml"]\n' for number in range(2000))
    )
    done = _run(workspace, "query", "//...", stdout=subprocess.PIPE)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2000)


@pytest.mark.parametrize("words", [("query", "//..."), ("--sandbox", "none", "//:a")])
def test_a_reader_who_left_ends_it_without_a_word(workspace: Path, words: tuple[str, ...]) -> None:
    assert _run(workspace, *words, stdout=subprocess.DEVNULL).returncode == 0  # A build has nothing to do from here.
    reader, writer = os.pipe()
    os.close(reader)
    done = _run(workspace, *words, stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("words", [("docs",), ("query", "//..."), ("--sandbox", "none", "//:a"), ("--help",)])
def test_a_full_disk_behind_stdout_is_one_line(workspace: Path, words: tuple[str, ...]) -> None:
    _run(workspace, *words, stdout=subprocess.DEVNULL)  # A build has nothing to do from here.
    with Path("/dev/full").open("w") as full:
        done = _run(workspace, *words, stdout=full.fileno())
    message = "error[stdout-unusable]: stdout must take what is printed, cannot: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, message)


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-"])
def test_a_closed_stdout_is_one_line(workspace: Path, closed: str) -> None:
    command = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-I", "-X", "utf8", str(MAIN)]
    done = subprocess.run([*command, "query", "//..."], cwd=workspace, capture_output=True, text=True, check=False)
    message = "error[stdout-unusable]: stdout must take what is printed, is closed\n"
    assert (done.returncode, done.stderr) == (1, "" if "2" in closed else message)


def test_without_stderr_a_mistake_is_an_exit_code(workspace: Path) -> None:
    command = ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", sys.executable, "-I", "-X", "utf8", str(MAIN)]
    done = subprocess.run([*command, "query", "//:none"], cwd=workspace, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
