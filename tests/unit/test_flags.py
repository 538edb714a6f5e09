"""Plain command lines: read as click reads them, or left to click."""

from __future__ import annotations

import pytest

from etbuild.cli.build import build
from etbuild.cli.flags import read_plain_build


@pytest.mark.parametrize(
    "line",
    [
        "//a",
        "build //a",
        "//a @b//c:d :e ...",
        "--sandbox none //...",
        "//a --sandbox=landlock -k --json",
        "--platform cortex_m55 --platform=//p:x //a --mode size",
        "--offline --no-workers --sandbox-debug --keep-going //a",
        "--config ci //a",
    ],
)
def test_a_plain_line_means_what_click_says(line: str) -> None:
    words = line.split()
    plain = read_plain_build(words)
    assert plain is not None
    patterns, flags = plain
    with build.make_context("build", [word for word in words if word != "build"]) as context:
        defaults = {each.name: each.get_default(context) for each in build.params}
        found = {name: value for name, value in context.params.items() if value and value != defaults[name]}
    assert found == {"patterns": patterns, **{name: value for name, value in flags.items() if value != defaults[name]}}


@pytest.mark.parametrize(
    "line",
    [
        "", "build", "run //a", "query deps(//a)", "//a --help", "//a -j 3", "//a --jobs 3", "//a --cache-dir x",
        "//a --sandbox", "//a --sandbox moon", "//a --sandbox -k", "//a --json=1", "//a --unknown", "//a -- -//b",
        "//a -c opt", "//a name", "--version",
    ],
)  # fmt: skip
def test_any_other_line_is_left_to_click(line: str) -> None:
    assert read_plain_build(line.split()) is None
