"""Builds with dynamic actions, by the real command line in a workspace with a family of its own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAMILY = '''
"""Joins the parts that a list of wishes names, in upper case."""

import functools

from etbuild.api import Attrs, DefaultInfo, Family, Src, rule


class PickAttrs(Attrs):
    """Attributes of pick."""

    wishes: Src
    """A part's name a line, and comments."""

    parts: tuple[Src, ...]
    """Files to choose from."""


def choose(ctx, files, parts, out, system):
    """Make the wished parts big, and join them."""
    [content] = files.values()
    big = []
    for name in content.decode().split():
        if name not in parts:
            raise ctx.mistake("no-such-part", f"no part '{name}'", "wishes")
        made = ctx.output(f"{name}.big")
        command = ["/bin/sh", "-c", 'tr a-z A-Z < "$1" > "$2"', "sh", parts[name], made]
        ctx.run("Big", argv=command, outputs=[made], mounts=[system])
        big.append(made)
    join = ["/bin/sh", "-c", 'o=$1; shift; cat /dev/null "$@" > $o', "sh", out, *big]
    ctx.run("Join", argv=join, outputs=[out], mounts=[system])


@rule(attrs=PickAttrs)
def pick(ctx):
    """Join the parts that are wished for."""
    out, names = ctx.output(f"{ctx.label.name}.joined"), ctx.output(f"{ctx.label.name}.names")
    system, wishes = ctx.system(), ctx.file(ctx.attrs.wishes)
    argv = ["/bin/sh", "-c", 'sed "s/#.*//" "$1" > "$2"', "sh", wishes, names]
    ctx.run("Names", argv=argv, outputs=[names], mounts=[system])
    parts = {part.path.removesuffix(".txt"): part for part in ctx.files(ctx.attrs.parts)}
    expand = functools.partial(choose, parts=parts, out=out, system=system)
    ctx.dynamic("Pick", read=[names], choose_from=tuple(parts.values()), outputs=[out], expand=expand)
    copy = ctx.output(f"{ctx.label.name}.copy")
    ctx.run("Copy", argv=["/bin/cp", out, copy], outputs=[copy], mounts=[system])
    return [DefaultInfo((copy,))]


FAMILY = Family(name="picking", api=1, rules=(pick,))
'''


class Workspace:
    """A folder with parts, wishes and targets."""

    def __init__(self, folder: Path, *, checking: bool) -> None:
        self.checking = checking
        """Whether the full path is held against the fast ones."""
        self.root, self.cache = folder / "workspace", folder / "cache"
        family = self.root / "rules" / "picking"
        family.mkdir(parents=True)
        (family / "__init__.py").write_text(FAMILY)
        self.write("WORKSPACE", 'name = "w"\nfamilies = ["picking"]\n')
        table = 'wishes = "wishes"\nparts = ["a.txt", "b.txt", "c.txt"]\n'
        self.write("BUILD.toml", f"[pick.one]\n{table}")
        for name in "abc":
            self.write(f"{name}.txt", f"part {name}\n")
        self.write("wishes", "a\nb\n")

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)
        time.sleep(0.03)

    def etbuild(self, *words: str) -> str:
        env = {
            "HOME": str(self.root.parent),
            "ETBUILD_CACHE": str(self.cache),
            "ETBUILD_PYTHON": sys.executable,
            **({"ETBUILD_CROSSCHECK": "1"} if self.checking else {}),
        }
        argv = [sys.executable, "-I", "-X", "utf8", str(ROOT / "src/etbuild/__main__.py"), *words]
        done = subprocess.run(argv, cwd=self.root, env=env, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def build(self, *words: str) -> str:
        """Return how many actions ran and were cached, such as "5 run"; or that all was up to date."""
        said = self.etbuild(*(words or ("//:one",)))
        found = re.search(r"\d+ actions?: (.*?) ·", said)
        if found is None:
            assert "up to date" in said, said
            return "up to date"
        return found[1].partition(" (")[0]

    @property
    def copy(self) -> str:
        return (self.root / "etbuild-out/host/one.copy").read_text()


@pytest.fixture(params=[False, True], ids=["fast", "checked"])
def workspace(tmp_path: Path, request: pytest.FixtureRequest) -> Workspace:
    return Workspace(tmp_path, checking=request.param)


def test_what_is_read_decides_what_runs(workspace):
    assert workspace.build() == "5 run"
    assert workspace.copy == "PART A\nPART B\n"
    workspace.write("wishes", "a\nb\nc\n")
    assert workspace.build() == "4 run, 2 cached"
    assert workspace.copy == "PART A\nPART B\nPART C\n"
    workspace.write("wishes", "")
    assert workspace.build() == "3 run"
    assert workspace.copy == ""


def test_a_change_that_gives_the_same_expansion_runs_nothing_below(workspace):
    workspace.build()
    workspace.write("wishes", "# A wish.\n\na\nb\n")
    assert workspace.build() == "1 run, 4 cached"
    assert workspace.build() == "up to date"


def test_a_change_of_a_chosen_file_runs_what_uses_it(workspace):
    workspace.build()
    assert workspace.build() == "up to date"
    workspace.write("a.txt", "other a\n")
    assert workspace.build() == "3 run, 2 cached"
    assert workspace.copy == "OTHER A\nPART B\n"
    workspace.write("c.txt", "nobody wishes for it\n")
    assert workspace.build() in ("up to date", "5 cached")


def test_a_lost_cache_is_no_matter_as_long_as_results_are_known(workspace):
    workspace.build()
    shutil.rmtree(workspace.cache / "cas")
    workspace.write("BUILD.toml", (workspace.root / "BUILD.toml").read_text() + "\n# A comment.\n")
    assert workspace.build() == "up to date"
    workspace.write("a.txt", "other a\n")
    assert workspace.build() == "3 run, 2 cached"  # The blob of b was gone, and has been made again.


def test_two_targets_share_what_their_expansions_have_in_common(workspace):
    table = 'wishes = "others"\nparts = ["a.txt", "b.txt", "c.txt"]\n'
    workspace.write("others", "b\nc\n")
    workspace.write("BUILD.toml", (workspace.root / "BUILD.toml").read_text() + f"[pick.two]\n{table}")
    assert workspace.build("//...") == "9 run"
    assert workspace.build("//...") == "up to date"
    told = json.loads(workspace.etbuild("query", "--actions", "--json", "//..."))
    assert sum(each["mnemonic"] == "Big" for each in told) == 3, "what is shared is told once"


def test_a_mistake_of_an_expansion_fails_the_target_at_its_place(workspace):
    workspace.write("wishes", "a\nd\n")
    said = workspace.etbuild("//:one")
    assert "error[no-such-part]: no part 'd'\n --> BUILD.toml:2:" in said
    workspace.write("wishes", "a\n")
    assert workspace.build() == "4 run"


def test_expanded_actions_are_logged_and_explained(workspace):
    workspace.build()
    said = workspace.etbuild("log", "what-ran")
    assert said.count("Big") == 2, said
    workspace.write("b.txt", "other b\n")
    said = workspace.etbuild("explain", "//:one")
    assert re.search(r"Big .*input b.txt", said), said
    workspace.build()
    said = workspace.etbuild("explain", "//:one")
    assert re.search(r"Big .*input b.txt", said), said
    assert re.search(r"Join .*input b.big", said), said


def test_a_query_tells_the_actions_that_a_dynamic_one_comes_to_once_that_is_known(workspace):
    asked = ("query", "--actions", "--json", "//:one")

    assert {each["mnemonic"] for each in json.loads(workspace.etbuild(*asked))} == {"Names", "Pick", "Copy"}
    workspace.build()
    told = [(each["mnemonic"], each["target"]) for each in json.loads(workspace.etbuild(*asked))]
    assert sorted(told) == [(name, "//:one (host)") for name in ("Big", "Big", "Copy", "Join", "Names", "Pick")]
