from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from etbuild.execution.fetch.session import FetchSession
from etbuild.loading.lock_file import parse_lock, render_lock
from etbuild.locking.environment import lock_environment
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.lock import EnvironmentIntent, LockFile
from tests.package_index import fetch_session, make_wheel

HERE = f"cp{sys.version_info[0]}{sys.version_info[1]}-none-linux_{os.uname().machine}"


@pytest.fixture
def session(tmp_path: Path) -> FetchSession:
    index = tmp_path / "index"
    make_wheel(index, "app", "1.0", {}, requires=("lib>=2", "heavy>=1.3"))
    make_wheel(index, "lib", "2.0", {})
    make_wheel(index, "lib", "2.1", {}, requires=("Leaf.Name",))
    make_wheel(index, "leaf_name", "5", {})
    make_wheel(index, "heavy", "1.3", {}, requires=("has-no-wheel",))
    make_wheel(index, "only_heavy_needs", "1", {})
    for tags in ("cp311-cp311-manylinux_2_17_aarch64", "cp312-cp312-macosx_11_0_arm64"):
        make_wheel(index, "native", "1.0", {}, tags=tags)
    make_wheel(index, "native", "1.0+cpu", {}, tags=HERE)
    return fetch_session(tmp_path / "cache", index)


def names(session: FetchSession, *requirements: str, without: tuple[str, ...] = ()) -> list[str]:
    lock = lock_environment(session, EnvironmentIntent(requirements, without))
    return [f"{file.name}=={file.version}" for file in lock.files]


def test_all_that_is_needed_is_pinned(session: FetchSession) -> None:
    assert names(session, "lib") == ["leaf-name==5", "lib==2.1"]


def test_what_is_left_out_is_gone_with_all_that_only_it_needs(session: FetchSession) -> None:
    assert names(session, "app", without=("heavy==1.4",)) == ["app==1.0", "leaf-name==5", "lib==2.1"]


def test_a_lock_tells_what_it_was_made_from(session: FetchSession) -> None:
    intent = EnvironmentIntent(("app", "lib<3"), ("heavy==1.3",))
    lock = lock_environment(session, intent)
    assert parse_lock(render_lock(lock), "x.lock").serves(intent)
    assert lock_environment(session, lock.intent) == lock


def test_a_lock_that_lost_a_file_is_told_though_its_requirements_are_the_same(session: FetchSession) -> None:
    intent = EnvironmentIntent(("app",), ("heavy==1.3",))
    text = render_lock(lock_environment(session, intent))
    for line in text.splitlines():
        if "filename" in line:
            assert not parse_lock(text.replace(f"{line}\n", ""), "x.lock").serves(intent)
    assert not parse_lock(text, "x.lock").serves(EnvironmentIntent(("app",)))
    assert not LockFile((), ("app",)).serves(EnvironmentIntent(("app",)))


def test_nothing_is_resolved_offline(session: FetchSession) -> None:
    with pytest.raises(EtbuildError, match="lib must be fetched, and --offline forbids it"):
        names(replace(session, offline=True), "lib")


def test_other_platforms_get_the_same_versions_in_their_own_builds(session: FetchSession) -> None:
    platforms = ("cp311-manylinux_2_28_aarch64", "cp312-macosx_14_0_arm64")
    lock = lock_environment(session, EnvironmentIntent(("native==1.0",), (), platforms))
    assert [file.filename for file in lock.files] == [
        "native-1.0-cp311-cp311-manylinux_2_17_aarch64.whl",
        "native-1.0-cp312-cp312-macosx_11_0_arm64.whl",
        f"native-1.0+cpu-{HERE}.whl",
    ]


@pytest.mark.parametrize(
    ("requirement", "without", "code"),
    [
        ("no-such-package", (), "fetch-failed"),
        ("app", (), "fetch-failed"),
        ("app", ("heavy",), "bad-requirement"),
        ("lib>2,<1", (), "fetch-failed"),
    ],
)
def test_what_cannot_be_resolved_is_one_diagnostic(session: FetchSession, requirement, without, code: str) -> None:
    with pytest.raises(EtbuildError) as error:
        names(session, requirement, without=without)
    [diagnostic] = error.value.diagnostics
    assert diagnostic.code == code
    assert diagnostic.hint


def test_nothing_is_left_behind(session: FetchSession) -> None:
    names(session, "lib")
    assert list(session.cache.iterdir()) == []
