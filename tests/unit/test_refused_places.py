"""Places that the system refuses: a cache, an output folder, a working folder. Each is one message, for every verb."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from etbuild import tool_environment
from etbuild.doctoring import examine
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.host import Host

MAIN = Path(__file__).parents[2] / "src/etbuild/__main__.py"
BUILD = '[genrule.a]\nouts = ["a.out"]\ncmd = "echo > $OUT"\n'


class Placed:
    """A workspace, and etbuild in it."""

    def __init__(self, folder: Path) -> None:
        self.start: tuple[str, ...] = ()
        """What runs it."""
        self.root = folder / "workspace"
        self.root.mkdir()
        (self.root / "WORKSPACE").write_text('name = "w"\nfamilies = ["core"]\n')
        (self.root / "BUILD.toml").write_text(BUILD)
        self.env = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "ETBUILD_CACHE": str(folder / "cache")}

    def run(self, *words: str, cwd: Path | None = None, **env: str) -> tuple[int, str]:
        """Return the exit code and what was said of it."""
        argv = [*self.start, sys.executable, "-I", "-X", "utf8", str(MAIN), *words]
        done = subprocess.run(
            argv, cwd=cwd or self.root, env={**self.env, **env}, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stderr

    def build(self, *words: str) -> tuple[int, str]:
        """Build without a sandbox, which is not what is looked at here."""
        return self.run("//:a", "--sandbox", "none", *words)


@pytest.fixture
def placed(tmp_path: Path) -> Placed:
    return Placed(tmp_path)


def cache_refused(cache: str, found: str) -> tuple[int, str]:
    message = f"error[cache-unusable]: the cache '{cache}' must be a folder that can be written, {found}\n"
    return 2, message + "  hint: choose another with --cache-dir or ETBUILD_CACHE\n"


@pytest.mark.parametrize(
    "words",
    [("//:a",), ("query", "--actions", "//:a"), ("explain", "//:a"), ("install", "//:a", "--to", "o")],
)
def test_a_cache_that_cannot_be_made_is_one_message(placed: Placed, words: tuple[str, ...]) -> None:
    found = "is not: '/dev/null/x/tmp': Not a directory"
    assert placed.run(*words, "--cache-dir=/dev/null/x") == cache_refused("/dev/null/x", found)


def test_a_cache_where_nothing_can_be_made_is_one_message(placed: Placed) -> None:
    found = "is not: '/proc/none': No such file or directory"
    assert placed.build("--cache-dir=/proc/none/x") == cache_refused("/proc/none/x", found)


def test_a_cache_that_is_a_file_is_one_message(placed: Placed, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert placed.run("//:a", ETBUILD_CACHE=str(file)) == cache_refused(str(file), "is a file")


def test_an_empty_variable_is_no_cache(placed: Placed, tmp_path: Path) -> None:
    code, _ = placed.run("//:a", "--sandbox", "none", ETBUILD_CACHE="")
    assert (code, (tmp_path / ".cache/etbuild/store.db").exists()) == (0, True)


def test_etbuilds_own_environment_needs_a_cache_too(tmp_path: Path) -> None:
    root = MAIN.parents[2]
    (tmp_path / "file").write_text("")
    with pytest.raises(EtbuildError) as raised:
        tool_environment.ensure(root, tmp_path / "file", lambda _: None)
    assert raised.value.diagnostics[0].code == "cache-unusable"


@pytest.mark.parametrize("cache", ["/dev/null/x", "/proc/none"])
def test_doctor_finds_such_a_cache(cache: str) -> None:
    checks = examine(Host("x86_64", "linux", 1, 1), Path(cache), Path("/none"), {})
    [check] = [check for check in checks if check.what.startswith("cache ")]
    assert (check.ok, check.essential) == (False, True)


def outputs_refused(placed: Placed, found: str) -> tuple[int, str]:
    message = f"error[folder-unusable]: '{placed.root}/etbuild-out' must be a folder that can be written, {found}\n"
    return (
        2,
        message + "  hint: builds place what they make there: remove what stands there, or allow it to be written\n",
    )


@pytest.mark.parametrize("words", [("//:a",), ("install", "//:a", "--to", "o"), ("clean",)])
def test_a_file_instead_of_outputs_is_one_message(placed: Placed, words: tuple[str, ...]) -> None:
    (placed.root / "etbuild-out").write_text("mine")
    assert placed.run(*words) == outputs_refused(placed, "is a file")
    assert (placed.root / "etbuild-out").read_text() == "mine"


def test_who_only_asks_needs_no_outputs(placed: Placed) -> None:
    (placed.root / "etbuild-out").write_text("mine")
    assert placed.run("query", "//...") == (0, "")


def test_a_part_of_the_outputs_that_is_refused_is_one_message(placed: Placed) -> None:
    (placed.root / "etbuild-out/.log").mkdir(parents=True)
    (placed.root / "etbuild-out/.etbuild").write_text("mine")
    found = f"is not: '{placed.root}/etbuild-out/.etbuild': File exists"
    assert placed.build() == outputs_refused(placed, found)


def test_a_working_folder_that_is_gone_is_one_message(placed: Placed, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    script = f'mkdir "{gone}" && cd "{gone}" && rmdir "{gone}" && exec "$@"'
    argv = ["/bin/sh", "-c", script, "sh", sys.executable, "-I", "-X", "utf8", str(MAIN)]
    for words in (["//:a"], ["query", "//..."], ["docs"]):
        done = subprocess.run([*argv, *words], env=placed.env, capture_output=True, text=True, check=False)
        message = (
            "error[no-working-folder]: the working folder must be there, was removed\n  hint: go to another with cd\n"
        )
        assert (done.returncode, done.stderr) == (2, message)


def test_a_cache_without_the_right_to_write_is_one_message(placed: Placed, tmp_path: Path) -> None:
    if os.geteuid() == 0:  # Who may write everywhere, but for this.
        placed.start = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    (tmp_path / "cache").mkdir(mode=0o555)
    found = f"is not: '{tmp_path}/cache/tmp': Permission denied"
    assert placed.build() == cache_refused(f"{tmp_path}/cache", found)
