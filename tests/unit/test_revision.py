"""What `affected` reads of a revision: all of the git repository that a build may read, and nothing of today's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.git_repositories import committed, git

ROOT = Path(__file__).parents[2]
SHARED = '[package]\nexports = ["lib.txt"]\nvisibility = ["//..."]\n'
READS = '[genrule.x]\nsrcs = ["in.txt", "{}"]\nouts = ["x.txt"]\ncmd = "cat $SRCS > $OUT"\n'
OWN = '[genrule.y]\nsrcs = ["in.txt"]\nouts = ["y.txt"]\ncmd = "cat $SRCS > $OUT"\n'


def affected(folder: Path, etbuild: Path = ROOT, env: Mapping[str, str] | None = None) -> tuple[list[str], str]:
    """Return what `affected --since HEAD --why` prints, and what it says beside that."""
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "ETBUILD_CACHE": f"{folder.parent}/cache"}
    command = [sys.executable, "-I", "-X", "utf8", f"{etbuild}/src/etbuild/__main__.py", "affected"]
    words = ["--since=HEAD", "--why"]
    done = subprocess.run(
        [*command, *words], cwd=folder, env={**own, **(env or {})}, capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines(), done.stderr


def local(path: object) -> str:
    return f'name = "app"\n[[repository]]\nname = "shared"\nkind = "local"\npath = "{path}"\n'


def app(path: object, inside: str = "app/") -> dict[str, str]:
    texts = {"WORKSPACE": local(path), "in.txt": "1", "BUILD.toml": READS.format("@shared//:lib.txt") + OWN}
    return {f"{inside}{name}": text for name, text in texts.items()}


@pytest.mark.parametrize("absolute", [False, True], ids=["relative", "absolute"])
def test_a_local_repository_of_the_same_git_repository_is_compared(tmp_path: Path, *, absolute: bool) -> None:
    top = tmp_path / "deep" / "er" / "mono"
    path = top / "shared" if absolute else "../shared"
    committed(top, {**app(path), "shared/BUILD.toml": SHARED, "shared/lib.txt": "1"})
    assert affected(top / "app") == ([], "")
    (top / "shared" / "lib.txt").write_text("2")
    assert affected(top / "app") == (["//:x  input external/shared/lib.txt"], "")


def test_a_local_repositorys_packages_and_roots_are_those_of_the_revision(tmp_path: Path) -> None:
    shared = {"WORKSPACE": 'name = "shared"\nroots = { "" = "a" }\n', "a/BUILD.toml": SHARED, "a/lib.txt": "1"}
    top = tmp_path / "mono"
    committed(top, {**app("../shared"), **{f"shared/{name}": text for name, text in shared.items()}})
    shutil.move(top / "shared" / "a", top / "shared" / "b")
    (top / "shared" / "WORKSPACE").write_text('name = "shared"\nroots = { "" = "b" }\n')
    assert affected(top / "app") == ([], "")


def test_what_a_link_leads_to_is_that_of_the_revision(tmp_path: Path) -> None:
    top = tmp_path / "mono"
    top.mkdir()
    git(top, "init", "-q")
    (top / "app").mkdir()
    (top / "app" / "in.txt").symlink_to("../shared/in.txt")
    committed(top, {"app/WORKSPACE": 'name = "app"\n', "app/BUILD.toml": OWN, "shared/in.txt": "1"})
    assert affected(top / "app") == ([], "")
    (top / "shared" / "in.txt").write_text("2")
    assert affected(top / "app") == (["//:y  input in.txt"], "")


def test_a_local_repository_outside_of_git_is_told_not_to_be_compared(tmp_path: Path) -> None:
    top, outside = tmp_path / "mono", tmp_path / "outside"
    outside.mkdir()
    (outside / "BUILD.toml").write_text(SHARED)
    (outside / "lib.txt").write_text("1")
    committed(top, app("../../outside"))
    told = f"'@shared' is not compared: '{outside}' is not in the git repository at 'HEAD'\n"
    assert affected(top / "app") == ([], told)


def test_a_compiler_in_a_local_repository_counts_by_what_its_folder_holds(tmp_path: Path) -> None:
    top = tmp_path / "mono"
    compiler = """
[cc_toolchain.gcc]
repository = "shared"
c = ["{repository}/bin/gcc"]
cxx = ["{repository}/bin/g++"]
archive = ["ar"]
standards = ["c++17"]
[cc_library.a]
srcs = ["a.cpp"]
"""
    workspace = 'families = ["cc"]\ntoolchains = ["//:gcc"]\n' + local("../shared")
    texts = {"WORKSPACE": workspace, "BUILD.toml": compiler, "a.cpp": ""}
    for name in ("gcc", "g++"):
        program = top / "shared" / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch(0o755)
    git(top, "init", "-q")
    committed(top, {f"app/{name}": text for name, text in texts.items()})
    assert affected(top / "app") == ([], "")
    (top / "shared" / "bin" / "g++").write_text("2")
    assert affected(top / "app") == (["//:a  toolchain @shared"], "")


def test_rules_of_etbuild_in_the_same_git_repository_are_compared(tmp_path: Path) -> None:
    top = tmp_path / "mono"
    vendored = top / "tools" / "etbuild"
    for name in ("src", "rules", "toolchains"):
        shutil.copytree(ROOT / name, vendored / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "WORKSPACE", vendored)
    git(top, "init", "-q")
    committed(top, {"WORKSPACE": 'name = "app"\n', "in.txt": "1", "BUILD.toml": OWN, ".gitignore": "__pycache__\n"})
    assert affected(top, vendored) == ([], "")
    with (vendored / "rules" / "core" / "genrule.py").open("a") as rule:
        rule.write("# More.\n")
    assert affected(top, vendored) == (["//:y  rule genrule"], "")


def test_a_hook_of_another_repository_changes_nothing(tmp_path: Path) -> None:
    top, other = tmp_path / "mono", tmp_path / "other"
    committed(top, {"WORKSPACE": 'name = "app"\n', "in.txt": "1", "BUILD.toml": OWN})
    committed(other, {"a": "1"})
    (top / "in.txt").write_text("2")
    hook = {"GIT_DIR": f"{other}/.git", "GIT_INDEX_FILE": f"{other}/.git/index", "GIT_WORK_TREE": str(other)}
    assert affected(top, env=hook) == (["//:y  input in.txt"], "")


def with_submodule(tmp_path: Path) -> Path:
    committed(tmp_path / "sub", {"s.txt": "1"})
    top = tmp_path / "mono"
    committed(top, {"WORKSPACE": 'name = "app"\n', "in.txt": "1", "BUILD.toml": READS.format("sub/s.txt") + OWN})
    git(top, "submodule", "add", "-q", str(tmp_path / "sub"), "sub")
    git(top, "commit", "-q", "-m", "x")
    return top


def test_a_submodule_has_the_files_of_the_commit_that_the_revision_names(tmp_path: Path) -> None:
    top = with_submodule(tmp_path)
    assert affected(top) == ([], "")
    (top / "in.txt").write_text("2")
    (top / "sub" / "s.txt").write_text("2")
    assert affected(top) == (["//:x  input in.txt, input sub/s.txt", "//:y  input in.txt"], "")


def test_a_submodule_without_that_commit_is_named(tmp_path: Path) -> None:
    top = with_submodule(tmp_path)
    commit = git(top / "sub", "rev-parse", "HEAD")
    git(tmp_path / "sub", "commit", "-q", "--allow-empty", "--amend", "-m", "y")
    shutil.rmtree(top / "sub")
    git(top, "clone", "-q", "--depth=1", f"file://{tmp_path}/sub", "sub")
    found, said = affected(top)
    assert found == []
    assert said == (
        f"error[revision-unreadable]: submodule 'sub' must have commit {commit[:12]}, which 'HEAD' names, has not\n"
        f"  hint: git -C sub fetch origin {commit}\n"
    )


def test_a_filter_that_fails_is_no_unknown_revision(tmp_path: Path) -> None:
    top = tmp_path / "mono"
    texts = {"WORKSPACE": 'name = "app"\n', "in.txt": "1", "BUILD.toml": OWN}
    committed(top, texts)
    git(top, "config", "filter.lost.smudge", "false")
    git(top, "config", "filter.lost.required", "true")
    (top / ".git" / "info" / "attributes").write_text("in.txt filter=lost\n")
    found, said = affected(top)
    assert found == []
    assert said == (
        "error[revision-unreadable]: git must write the files of 'HEAD', cannot\n"
        "  note: error: external filter 'false' failed\n"
        "  note: fatal: in.txt: smudge filter lost failed\n"
    )
