"""What the fast paths import: with the real launcher, as it is what a user waits for."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from etbuild.execution.snapshot import write_checked
from etbuild.up_to_date import read_checked

ROOT = Path(__file__).parents[2]
HEAVY = {"click", "pydantic", "pydantic_core", "tomli", "torch"}
BUILD = '[genrule.a]\nsrcs = ["s.txt"]\nouts = ["a.out"]\ncmd = "cat $SRCS > $OUT"\n'


class Launched:
    """A workspace that is built by the launcher, with an interpreter that tells what it imports."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "workspace"
        self.root.mkdir()
        (self.root / "WORKSPACE").write_text('name = "w"\nfamilies = ["core"]\n')
        (self.root / "BUILD.toml").write_text(BUILD)
        (self.root / "s.txt").write_text("one\n")
        python = folder / "python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} -X importtime "$@"\n')
        python.chmod(0o755)
        self.env = {"HOME": str(folder), "ETBUILD_CACHE": str(folder / "cache"), "ETBUILD_PYTHON": str(python)}
        time.sleep(0.03)

    def run(self, *command: str) -> tuple[str, set[str]]:
        """Return what was printed and the modules that were imported."""
        argv = [*(command or (str(ROOT / "etbuild"),)), "--sandbox", "none", "//:a"]
        done = subprocess.run(argv, cwd=self.root, env=self.env, capture_output=True, text=True, check=True)
        imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
        return done.stdout, imported

    def run_whole(self) -> None:
        """Build with the packages of these tests: the launcher's own need a network."""
        self.run(sys.executable, "-I", "-X", "utf8", str(ROOT / "src/etbuild/__main__.py"))


@pytest.fixture
def launched(tmp_path: Path) -> Launched:
    made = Launched(tmp_path)
    made.run_whole()
    return made


def test_a_build_with_nothing_to_do_imports_next_to_nothing(launched: Launched) -> None:
    text, imported = launched.run()
    assert text == "//:a  up to date  etbuild-out/host/a.out\n"
    assert {name for name in imported if name.startswith("etbuild")} == {"etbuild", "etbuild.up_to_date"}
    assert imported.isdisjoint({*HEAVY, "dataclasses", "typing", "pathlib", "re", "json", "subprocess"})


def test_a_first_build_imports_neither_click_nor_pydantic(launched: Launched) -> None:
    whole = (sys.executable, "-I", "-X", "utf8", "-X", "importtime", str(ROOT / "src/etbuild/__main__.py"), "-k")
    text, imported = launched.run(*whole)
    assert "//:a" in text
    assert "etbuild.session" in imported
    assert imported.isdisjoint(HEAVY - {"tomli"})


def test_a_build_of_changed_sources_neither_loads_nor_analyses(launched: Launched) -> None:
    (launched.root / "s.txt").write_text("two\n")
    text, imported = launched.run()
    assert "1 action: 1 run" in text
    assert (launched.root / "etbuild-out/host/a.out").read_text() == "two\n"
    packages = {".".join(name.split(".")[:2]) for name in imported}
    assert packages.isdisjoint({*HEAVY, "etbuild.loading", "etbuild.analysis", "etbuild.session"})


def test_a_build_of_changed_sources_leaves_what_the_next_one_needs(launched: Launched) -> None:
    (launched.root / "s.txt").write_text("two\n")
    time.sleep(0.03)
    launched.run()
    assert launched.run()[0] == "//:a  up to date  etbuild-out/host/a.out\n"


def test_crosscheck_prints_once_and_runs_the_full_path(launched: Launched) -> None:
    launched.env["ETBUILD_CROSSCHECK"] = "1"
    launched.run_whole()
    whole = (sys.executable, "-I", "-X", "utf8", str(ROOT / "src/etbuild/__main__.py"))
    (launched.root / "s.txt").write_text("two\n")
    text, _ = launched.run(*whole)
    assert text.count("1 action: 1 run") == 1
    assert "up to date" not in text
    assert launched.run(*whole)[0].count("up to date") == 1


def test_crosscheck_fails_where_a_fast_path_was_wrong(launched: Launched) -> None:
    launched.env["ETBUILD_CROSSCHECK"] = "1"
    launched.run_whole()
    # As a snapshot would stand that had not seen the change.
    found = (launched.root / "etbuild-out/.etbuild/snapshots").glob("*.cpython-*[0-9]")
    snapshot = max(found, key=lambda path: path.stat().st_mtime_ns)
    request, *fields = read_checked(str(snapshot))
    fields[6], fields[7] = [], hash(())
    (launched.root / "s.txt").write_text("two\n")
    write_checked(snapshot, (request, *fields))
    with pytest.raises(subprocess.CalledProcessError) as failed:
        launched.run_whole()
    assert "a fast path said up to date, and 1 actions ran" in failed.value.stderr


def test_a_config_of_the_users_own_is_watched(launched: Launched) -> None:
    config = launched.root.parent / ".config/etbuild/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[config.x]\nflags = ["-k"]\n')
    time.sleep(0.03)
    main = str(ROOT / "src/etbuild/__main__.py")
    argv = (sys.executable, "-I", "-X", "utf8", "-X", "importtime", main, "--config=x")
    launched.run(*argv)
    assert "click" not in launched.run(*argv)[1]
    config.write_text('[config.x]\nflags = ["-k", "-j1"]\n')
    assert "click" in launched.run(*argv)[1]
