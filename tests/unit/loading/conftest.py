"""Small workspaces, with a rule family of their own, for tests of loading."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from etbuild.loading.target_graph import load_targets
from etbuild.loading.workspace import load_workspace
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label, parse_label, parse_pattern
from etbuild.model.target import TargetGraph

TOY = '''
"""A family for tests."""

from typing import Annotated, Literal

from pydantic import Field

from etbuild.api import Attrs, Dep, EntryPoint, Limits, Src
from etbuild.model.rule import Family, rule


class PartAttrs(Attrs):
    source: Src | None = None
    size: int = 1


def _fits(thing):
    if thing.kind == "flat" and thing.count > 1:
        raise ValueError("must have one 'count' where 'kind' is flat")
    return thing


class ThingAttrs(Attrs, after=_fits):
    srcs: tuple[Src, ...] = ()
    deps: tuple[Dep, ...] = ()
    base: Dep | None = None
    count: Annotated[int, Limits(ge=1, le=8192)] = 1
    ratio: float = 1.0
    fast: bool = False
    kind: Literal["round", "square", "flat"] = "round"
    word: Annotated[str, Limits(pattern="^[a-z]+$", min_length=1)] = "a"
    shape: tuple[int, int] | None = None
    length: int | Literal["auto"] = "auto"
    names: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    parts: dict[Annotated[str, Limits(pattern="^[a-z]+$")], PartAttrs] = {}
    examples: EntryPoint | tuple[PartAttrs, ...] = ()



@rule(attrs=ThingAttrs)
def thing(_ctx):
    """Anything."""
    return []


class NeedyAttrs(Attrs):
    model: Dep
    """What it needs."""


@rule(attrs=NeedyAttrs)
def needy(_ctx):
    """Needs a model."""
    return []


class GroupAttrs(Attrs):
    actual: tuple[Dep, ...]


@rule(attrs=GroupAttrs)
def alias_group(_ctx):
    """Several."""
    return []


class NothingAttrs(Attrs):
    pass


@rule(attrs=NothingAttrs)
def constraint_value(_ctx):
    """A point on an axis."""
    return []


FAMILY = Family("toy", 1, rules=(thing, needy, alias_group, constraint_value))
'''
CPU = """
[package]
visibility = ["//visibility:public"]
[constraint_value.arm]
[constraint_value.x86]
"""


@dataclass
class Tree:
    """A workspace on disk."""

    root: Path
    etbuild: Path
    repositories: Mapping[str, Path]

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def load(self, *patterns: str, also: tuple[str, ...] = ()) -> TargetGraph:
        workspace = load_workspace(self.root, self.etbuild)
        parsed = [parse_pattern(pattern, Label("", "", "")) for pattern in patterns or ("//...",)]
        labels = [parse_label(text) for text in also]
        return load_targets(workspace, parsed, labels, self.repositories.__getitem__)

    def target(self, name: str) -> Any:
        """Return a target of package //p; its attributes are of any schema."""
        return self.load(f"//p:{name}").targets[Label("", "p", name)]

    def mistakes(self, *patterns: str, also: tuple[str, ...] = ()) -> list[str]:
        """Return what a load says, each mistake as its whole text."""
        with pytest.raises(EtbuildError) as raised:
            self.load(*patterns, also=also)
        assert raised.value.exit_code == 2
        return [diagnostic.render() for diagnostic in raised.value.diagnostics]

    def codes(self, *patterns: str) -> list[str]:
        with pytest.raises(EtbuildError) as raised:
            self.load(*patterns)
        return [diagnostic.code for diagnostic in raised.value.diagnostics]


@pytest.fixture(scope="session")
def etbuild_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("etbuild")
    for name, text in {
        "rules/toy/__init__.py": TOY,
        "toolchains/cpu/BUILD.toml": CPU,
        "specs/BUILD.toml": CPU,
        "WORKSPACE": 'name = "etbuild"\nfamilies = ["toy"]\n[roots]\n"" = "."\nmodels = "specs"\n',
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def tree(tmp_path: Path, etbuild_root: Path) -> Tree:
    """A workspace with a WORKSPACE file only."""
    root = tmp_path / "workspace"
    root.mkdir()
    made = Tree(root, etbuild_root, {})
    made.write({"WORKSPACE": 'name = "test"\nfamilies = ["toy"]\n'})
    return made


@pytest.fixture
def mistakes(tree: Tree) -> Callable[..., list[str]]:
    """What a BUILD.toml in package //p is refused for."""

    def load(text: str, *patterns: str) -> list[str]:
        tree.write({"p/BUILD.toml": text})
        return tree.mistakes(*patterns)

    return load
