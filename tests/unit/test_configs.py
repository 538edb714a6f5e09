"""A config's flags, as each verb takes them."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from etbuild.cli.build import build
from etbuild.cli.configs import expand_configs
from etbuild.cli.known_flags import BUILD

FLAGS = '["--sandbox=required", "--runs", "2", "-j1", "--platform", "wasi", "--max-size=1G", "--json"]'


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("//a --config=ci", "//a --sandbox=required -j1 --platform wasi --json --config=ci"),
        ("build //a --config ci -k", "build //a --sandbox=required -j1 --platform wasi --json --config ci -k"),
        ("test --config=ci //a", "test --sandbox=required --runs 2 -j1 --platform wasi --json --config=ci //a"),
        ("run //a --config=ci -- -x", "run //a --sandbox=required -j1 --platform wasi --config=ci -- -x"),
        ("query --config=ci //a", "query --platform wasi --json --config=ci //a"),
        ("cache gc --config=ci", "cache gc --max-size=1G --json --config=ci"),
        ("cache info --config=ci", "cache info --json --config=ci"),
        ("clean --config=ci", "clean --config=ci"),
        ("inspect --config=ci x.pte", "inspect --config=ci x.pte"),
    ],
)
def test_a_verb_takes_the_flags_that_it_has(line: str, taken: str, tmp_path: Path) -> None:
    (tmp_path / "WORKSPACE").write_text(f'name = "w"\n[config.ci]\nflags = {FLAGS}\n')
    words, origins = expand_configs(line.split(), {"HOME": str(tmp_path)}, tmp_path)
    assert words == taken.split()
    assert set(origins.values()) <= {"WORKSPACE [config.ci]"}


def test_the_flags_of_a_build_are_those_that_click_knows() -> None:
    options = [each for each in build.params if isinstance(each, click.Option)]
    assert {flag: not each.is_flag for each in options for flag in each.opts} == BUILD
