"""Flags before the verb are the verb's; a line without a verb stays a build."""

from __future__ import annotations

import pytest

from etbuild.cli.verb_first import verb_first


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("-k test //sub:ok", "test -k //sub:ok"),
        ("--json query //:a", "query --json //:a"),
        ("--offline log", "log --offline"),
        ("--config ci test //...", "test --config ci //..."),
        ("--config=ci -j 4 -c opt test //...", "test --config=ci -j 4 -c opt //..."),
        ("-j4 -copt test //...", "test -j4 -copt //..."),
        ("--platform test run //:a -- -k", "run --platform test //:a -- -k"),
        ("--runs 3 test //...", "test --runs 3 //..."),
        ("--json inspect x.pte", "inspect --json x.pte"),
        ("-h test", "test -h"),
        ("-- //... -//slow/...", "build -- //... -//slow/..."),
        ("-k -- //... -//slow/...", "build -k -- //... -//slow/..."),
    ],
)
def test_the_verb_is_put_in_front(line: str, meant: str) -> None:
    assert verb_first(line.split()) == meant.split()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "--version",
        "test -k //a",
        "-k //a test",
        "//a",
        "//a -- -//b",
        "--jobs",
        "--runs 3 //a",
        "run //a -- -- test",
    ],
)
def test_any_other_line_stays_as_it_is(line: str) -> None:
    assert verb_first(line.split()) == line.split()
