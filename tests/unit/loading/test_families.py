"""Families: found in the workspace first, imported once, and held to their word."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from etbuild.loading.families import load_families
from etbuild.model.diagnostics import EtbuildError, Span

FAMILY = """
from etbuild.model.attrs import Attrs
from etbuild.model.rule import Family, rule
class A(Attrs):
    pass
@rule(attrs=A)
def {rule}(ctx):
    return []
FAMILY = Family("{name}", {api}, requires={requires!r}, rules=({rule},))
"""


@pytest.fixture(autouse=True)
def _modules() -> Iterator[None]:
    """Families are modules: what a test imports is taken out again."""
    before, path = dict(sys.modules), list(getattr(sys.modules.get("rules"), "__path__", ()))
    yield
    for name in [name for name in sys.modules if name.startswith("rules.") and name not in before]:
        del sys.modules[name]
    if "rules" in before:
        before["rules"].__path__ = path


def write(root: Path, name: str, text: str | None = None, **changes: object) -> None:
    values = {"name": name, "rule": f"{name}_rule", "api": 1, "requires": (), **changes}
    folder = root / "rules" / name
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(FAMILY.format(**values) if text is None else text)


def refused(root: Path, *names: str) -> list[str]:
    spans = {f"families[{index}]": Span("WORKSPACE", 1, index) for index in range(len(names))}
    with pytest.raises(EtbuildError) as raised:
        load_families(names, root, root / "etbuild", spans)
    return [f"{d.code}: {d.message}" for d in raised.value.diagnostics]


def test_the_workspaces_own_family_comes_before_etbuilds(tmp_path: Path) -> None:
    write(tmp_path, "fam1", rule="mine")
    write(tmp_path / "etbuild", "fam1", rule="theirs")
    write(tmp_path / "etbuild", "fam2")
    loaded = load_families(("fam2", "fam1"), tmp_path, tmp_path / "etbuild", {}).families
    assert [(family.name, family.rules[0].name, family.rules[0].family) for family in loaded] == [
        ("fam2", "fam2_rule", "fam2"), ("fam1", "mine", "fam1"),
    ]  # fmt: skip
    assert loaded[1].root == f"{tmp_path}/rules/fam1"


def test_core_is_there_without_being_listed(tmp_path: Path) -> None:
    write(tmp_path / "etbuild", "core")
    write(tmp_path, "fam1")
    loaded = load_families(("fam1",), tmp_path, tmp_path / "etbuild", {})
    assert [family.name for family in loaded.families] == ["core", "fam1"]


def test_two_workspaces_may_have_families_of_one_name(tmp_path: Path) -> None:
    for workspace in ("one", "two"):
        write(tmp_path / workspace, "fam1", rule=f"rule_of_{workspace}")
    rules = [
        load_families(("fam1",), tmp_path / w, tmp_path, {}).families[0].rules[0].name for w in ("one", "two", "one")
    ]
    assert rules == ["rule_of_one", "rule_of_two", "rule_of_one"]


def test_a_family_may_import_from_one_it_requires_whatever_their_order(tmp_path: Path) -> None:
    text = "from rules.fam2 import fam2_rule\n" + FAMILY
    write(tmp_path, "fam1", text.format(name="fam1", rule="fam1_rule", api=1, requires=("fam2",)))
    write(tmp_path, "fam2")
    assert len(load_families(("fam1", "fam2"), tmp_path, tmp_path, {}).families) == 2


def test_a_familys_own_files_are_told_but_not_its_tools(tmp_path: Path) -> None:
    write(tmp_path, "fam1")
    for name in ("providers.py", "sub/more.py", "tools/lower.py", "notes.md"):
        path = tmp_path / "rules" / "fam1" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    read = load_families(("fam1",), tmp_path, tmp_path, {}).read
    assert [path.removeprefix(f"{tmp_path}/rules/fam1/") for path in read] == [
        "__init__.py",
        "providers.py",
        "sub/more.py",
    ]


def test_an_unknown_family_is_told_with_the_closest(tmp_path: Path) -> None:
    write(tmp_path, "vision")
    assert refused(tmp_path, "vison", "vision") == [
        "unknown-family: no rule family 'vison' in the workspace's rules or in etbuild's"
    ]


BROKEN = {
    "raise ValueError('no')": "bad-family: family 'fam1' must import, does not: ValueError: no",
    "import nothing_at_all": "bad-family: family 'fam1' must import, does not: ModuleNotFoundError: No module named "
    "'nothing_at_all'",
    "FAMILY = 1": "bad-family: the file 'rules/fam1/__init__.py' must hold FAMILY = Family(…)",
    FAMILY.format(
        name="other", rule="r", api=1, requires=()
    ): "bad-family: the family in folder 'fam1' must have that name, has 'other'",
    FAMILY.format(
        name="fam1", rule="r", api=9, requires=()
    ): "bad-family: family 'fam1' must be written for api 1, is for 9",
    FAMILY.format(
        name="fam1", rule="r", api=1, requires=("fam9",)
    ): "bad-family: family 'fam1' requires family 'fam9', WORKSPACE does not list it",
}


@pytest.mark.parametrize("text", BROKEN, ids=list(map(str, range(len(BROKEN)))))
def test_a_family_that_does_not_keep_its_word_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, "fam1", text)
    assert refused(tmp_path, "fam1") == [BROKEN[text]]


def test_a_familys_error_is_shown_at_its_line(tmp_path: Path) -> None:
    write(tmp_path, "fam1", "x = 1\nraise ValueError('no')\n")
    with pytest.raises(EtbuildError, match=r"rules/fam1/__init__\.py:2:1"):
        load_families(("fam1",), tmp_path, tmp_path, {})


def test_rules_that_clash_and_families_that_need_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "fam1", rule="same", requires=("fam2",))
    write(tmp_path, "fam2", rule="same", requires=("fam1",))
    assert refused(tmp_path, "fam1", "fam2") == [
        "bad-family: a rule's name must be its own, 'same' is in families 'fam1' and 'fam2'",
        "bad-family: families must not require themselves, do: 'fam1' → 'fam2' → 'fam1'",
    ]
