"""Repositories of kind git: on local ones, by the system's git."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etbuild.execution.fetch.git import _joined
from etbuild.execution.fetch.made_folder import remove_tree
from etbuild.execution.fetch.repository import fetch_repository
from etbuild.locking.repositories import lock_repositories
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import replace
from etbuild.model.lock import LockFile
from etbuild.model.repository import Repository
from tests.git_repositories import committed, git
from tests.package_index import fetch_session, names_in, tree

EMPTY = LockFile(())


def error_of(call: Callable[[], object]) -> Diagnostic:
    with pytest.raises(EtbuildError) as error:
        call()
    [diagnostic] = error.value.diagnostics
    return diagnostic


def test_a_commit_is_pinned_by_its_tree_and_brought_once(tmp_path: Path) -> None:
    commit = committed(tmp_path / "lib", {"CMakeLists.txt": "x", "src/a.c": "int a;\r\n"})
    (tmp_path / "lib/run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "lib/run.sh").chmod(0o755)
    (tmp_path / "lib/link").symlink_to("src/a.c")
    newer = committed(tmp_path / "lib", {})
    session = fetch_session(tmp_path / "cache")
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit=newer)
    lock = lock_repositories(session, [repository], EMPTY)
    [file] = lock.files
    assert (file.version, file.filename, file.size) == (newer, "tree", 26)
    remove_tree(tmp_path / "lib/.git")  # What was brought to be pinned is not fetched again.
    folder = fetch_repository(session, repository, lock)
    assert tree(folder)["src/a.c"] == "int a;\r\n"
    assert (folder / "run.sh").stat().st_mode & 0o777 == 0o555
    assert (folder / "link").readlink() == Path("src/a.c")
    assert not (folder / ".git").exists()
    assert newer != commit


def test_the_pin_is_of_the_files_and_not_of_how_git_packs_them(tmp_path: Path) -> None:
    commit = committed(tmp_path / "lib", {"a.c": "a" * 10_000})
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit=commit)
    lock = lock_repositories(fetch_session(tmp_path / "one"), [repository], EMPTY)
    git(tmp_path / "lib", "config", "core.autocrlf", "true")
    git(tmp_path / "lib", "gc", "-q", "--aggressive")
    assert lock_repositories(fetch_session(tmp_path / "two"), [repository], EMPTY) == lock
    assert tree(fetch_repository(fetch_session(tmp_path / "three"), repository, lock)) == {"a.c": "a" * 10_000}
    assert names_in(tmp_path / "three/downloads") == []


def test_an_older_commit_and_a_prefix(tmp_path: Path) -> None:
    commit = committed(tmp_path / "lib", {"sub/a.c": "old", "b.c": "b"})
    committed(tmp_path / "lib", {"sub/a.c": "new"})
    session = fetch_session(tmp_path / "cache")
    repository = Repository("lib", "git", url=f"file://{tmp_path}/lib", commit=commit, strip_prefix="sub")
    lock = lock_repositories(session, [repository], EMPTY)
    assert tree(fetch_repository(session, repository, lock)) == {"a.c": "old"}
    other = replace(repository, strip_prefix="none")
    assert error_of(lambda: fetch_repository(session, other, lock)).code == "empty-repository"


def nested(tmp_path: Path) -> Repository:
    """Make a repository with a submodule that has one itself, named by relative addresses."""
    for name in ("innermost", "inner"):
        committed(tmp_path / name, {f"{name}.c": name})
    git(tmp_path / "inner", "submodule", "add", "-q", "../innermost", "deep/er")
    committed(tmp_path / "inner", {})
    committed(tmp_path / "outer", {"outer.c": "outer"})
    git(tmp_path / "outer", "submodule", "add", "-q", "../inner", "third_party/inner")
    commit = committed(tmp_path / "outer", {})
    return Repository("outer", "git", url=str(tmp_path / "outer"), commit=commit, submodules=True)


def test_submodules_come_along_if_asked_for(tmp_path: Path) -> None:
    repository = nested(tmp_path)
    session = fetch_session(tmp_path / "cache")
    lock = lock_repositories(session, [repository], EMPTY)
    assert lock.files[0].version == f"{repository.commit}+submodules"
    found = {name: text for name, text in tree(fetch_repository(session, repository, lock)).items() if ".c" in name}
    assert found == {
        "outer.c": "outer",
        "third_party/inner/inner.c": "inner",
        "third_party/inner/deep/er/innermost.c": "innermost",
    }
    alone = replace(repository, submodules=False)
    assert error_of(lambda: fetch_repository(session, alone, lock)).code == "stale-lock"
    lock = lock_repositories(session, [alone], lock)
    assert tree(fetch_repository(session, alone, lock)).keys() == {"outer.c", ".gitmodules"}


def test_a_submodule_without_an_address_is_told(tmp_path: Path) -> None:
    nested(tmp_path)
    git(tmp_path / "outer", "rm", "-q", "--cached", ".gitmodules")
    (tmp_path / "outer/.gitmodules").unlink()
    commit = committed(tmp_path / "outer", {})
    repository = Repository("outer", "git", url=str(tmp_path / "outer"), commit=commit, submodules=True)
    diagnostic = error_of(lambda: lock_repositories(fetch_session(tmp_path / "cache"), [repository], EMPTY))
    assert diagnostic.message == (
        f"'{tmp_path}/outer' names no address for its submodule 'third_party/inner' in .gitmodules"
    )


def test_a_commit_that_is_not_there(tmp_path: Path) -> None:
    committed(tmp_path / "lib", {"a.c": ""})
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit="0123456789" * 4)
    diagnostic = error_of(lambda: lock_repositories(fetch_session(tmp_path / "cache"), [repository], EMPTY))
    assert diagnostic.code == "fetch-failed"
    assert diagnostic.message == f"'{tmp_path}/lib' has no commit '{'0123456789' * 4}'"


def test_an_address_that_serves_nothing(tmp_path: Path) -> None:
    repository = Repository("lib", "git", url=str(tmp_path / "none"), commit="0123456789" * 4)
    diagnostic = error_of(lambda: lock_repositories(fetch_session(tmp_path / "cache"), [repository], EMPTY))
    assert diagnostic.message == f"git cannot fetch '{tmp_path}/none'"


def test_files_that_differ_from_the_lock_are_refused(tmp_path: Path) -> None:
    commit = committed(tmp_path / "lib", {"a.c": ""})
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit=commit)
    [file] = lock_repositories(fetch_session(tmp_path / "one"), [repository], EMPTY).files
    lock = LockFile((replace(file, sha256="0" * 64),))
    diagnostic = error_of(lambda: fetch_repository(fetch_session(tmp_path / "two"), repository, lock))
    assert diagnostic.code == "wrong-sha256"
    assert [name for name in names_in(tmp_path / "two/repositories") if not name.endswith(".lock")] == []


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside"])
def test_a_link_that_leads_out_is_refused(tmp_path: Path, target: str) -> None:
    committed(tmp_path / "lib", {"a.c": ""})
    (tmp_path / "lib/link").symlink_to(target)
    commit = committed(tmp_path / "lib", {})
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit=commit)
    diagnostic = error_of(lambda: lock_repositories(fetch_session(tmp_path / "cache"), [repository], EMPTY))
    assert diagnostic.message == f"'@lib' is not unpacked: of 'link', it links out, to '{target}'"


def test_a_link_out_of_the_prefix_becomes_what_it_leads_to(tmp_path: Path) -> None:
    committed(tmp_path / "lib", {"LICENSE": "terms", "sub/a.c": ""})
    (tmp_path / "lib/sub/LICENSE").symlink_to("../LICENSE")
    commit = committed(tmp_path / "lib", {})
    session = fetch_session(tmp_path / "cache")
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit=commit, strip_prefix="sub")
    whole = replace(repository, strip_prefix="")
    lock = lock_repositories(session, [repository], EMPTY)
    assert lock_repositories(session, [whole], EMPTY) == lock
    assert tree(fetch_repository(session, repository, lock)) == {"LICENSE": "terms", "a.c": ""}


def test_a_git_lfs_pointer_is_refused(tmp_path: Path) -> None:
    commit = committed(tmp_path / "lib", {"w.bin": "version https://git-lfs.github.com/spec/v1\n"})
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit=commit)
    diagnostic = error_of(lambda: lock_repositories(fetch_session(tmp_path / "cache"), [repository], EMPTY))
    assert diagnostic.code == "lfs-pointer"


def test_names_may_be_any_bytes(tmp_path: Path) -> None:
    commit = committed(tmp_path / "lib", {"a\udce9.c": ""})
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit=commit)
    session = fetch_session(tmp_path / "cache")
    lock = lock_repositories(session, [repository], EMPTY)
    assert names_in(fetch_repository(session, repository, lock)) == ["a\udce9.c"]


def test_a_repository_from_elsewhere_may_not_name_folders_of_this_machine(tmp_path: Path) -> None:
    repository = nested(tmp_path)
    # An address that is no path, and that the user's git knows to be this folder.
    plain = fetch_session(tmp_path / "cache")
    config = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{tmp_path}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "elsewhere://",
    }
    session = replace(plain, env={**plain.env, **config})
    elsewhere = replace(repository, url="elsewhere://outer")
    diagnostic = error_of(lambda: lock_repositories(session, [elsewhere], EMPTY))
    assert "transport 'file' not allowed" in " ".join(diagnostic.notes)


def test_without_git_the_package_is_named(tmp_path: Path) -> None:
    plain = fetch_session(tmp_path / "cache")
    session = replace(plain, env={**plain.env, "PATH": str(tmp_path)})
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit="0123456789" * 4)
    diagnostic = error_of(lambda: lock_repositories(session, [repository], EMPTY))
    assert (diagnostic.code, diagnostic.hint) == ("missing-tool", "apt install git")


def test_started_from_a_hook_the_users_own_repository_is_not_touched(tmp_path: Path) -> None:
    commit = committed(tmp_path / "lib", {"a.c": ""})
    committed(tmp_path / "mine", {"mine.c": ""})
    plain = fetch_session(tmp_path / "cache")
    session = replace(plain, env={**plain.env, "GIT_DIR": str(tmp_path / "mine/.git")})
    repository = Repository("lib", "git", url=str(tmp_path / "lib"), commit=commit)
    lock = lock_repositories(session, [repository], EMPTY)
    assert tree(fetch_repository(session, repository, lock)).keys() == {"a.c"}


@pytest.mark.parametrize(
    ("base", "url", "joined"),
    [
        ("https://h/a/b.git", "https://g/c", "https://g/c"),
        ("https://h/a/b.git", "../c.git", "https://h/a/c.git"),
        ("https://h/a/b/", "../../c", "https://h/c"),
        ("https://h/a/b", "./c", "https://h/a/b/c"),
        ("git@h:b", "../c", "git@h/c"),
    ],
)
def test_a_submodules_address_may_be_relative(base: str, url: str, joined: str) -> None:
    assert _joined(base, url) == joined
