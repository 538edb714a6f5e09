"""etbuild.testing: one rule, without disk or TOML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import pytest

from etbuild.api import (
    Artifact,
    Attrs,
    DefaultInfo,
    Dep,
    Provider,
    PythonEnvironmentInfo,
    Request,
    RuleContext,
    Src,
    provides,
    rule,
)
from etbuild.model.diagnostics import EtbuildError
from etbuild.testing import PYTHON_ENVIRONMENT, analyze
from tests.unit.analysis.sample import WordInfo, select


class MakeAttrs(Attrs):
    srcs: tuple[Src, ...] = ()
    word: Annotated[Dep, provides(WordInfo)] | None = None
    size: int = 1


@rule(attrs=MakeAttrs, toolchains=lambda attrs: (Request("python_environment", frozenset({f"size-{attrs.size}"})),))
def make(ctx: RuleContext[MakeAttrs]) -> Sequence[Provider]:
    python = ctx.toolchain("python_environment", PythonEnvironmentInfo)
    out = ctx.output("out")
    word = ctx.provider(ctx.attrs.word, WordInfo).word if ctx.attrs.word else "none"
    ctx.run("Make", argv=[python.python, word, *ctx.files(ctx.attrs.srcs), out], outputs=(out,), mounts=(python.mount,))
    return [DefaultInfo((out,)), WordInfo(ctx.platform.name)]


def test_a_rule_is_run_on_attributes_as_written():
    made = analyze(make, {"srcs": ("a.txt", "//b:b.txt"), "word": ":w"}, deps={":w": [WordInfo("hello")]})
    python = PYTHON_ENVIRONMENT.python
    assert made.action("Make").argv == (python, "hello", "package/a.txt", "b/b.txt", "package/out")
    assert made.inputs("Make") == {"package/a.txt", "b/b.txt"}
    assert [output.path for output in made.outputs] == ["package/out"]
    assert made.get(WordInfo) == WordInfo("host")
    assert {type(provider) for provider in made.providers} == {DefaultInfo, WordInfo}
    assert made.actions == (made.action("Make"),)
    assert made.test is None


def test_outputs_that_dependencies_give_need_no_action_of_the_tests():
    made = analyze(make, {"srcs": (":d",)}, deps={":d": [DefaultInfo((Artifact("package/d.bin", "host"),))]})
    assert made.inputs("Make") == {"package/d.bin"}
    assert [action.mnemonic for action in made.graph.actions] == ["Given", "Make"]


def test_a_platform_is_a_label_with_constraints():
    attrs = {"size": select(armv7em=7, default=1)}
    made = analyze(make, attrs, platform="//p:m7", constraints=("//toolchains/cpu:armv7em",))
    assert made.get(WordInfo) == WordInfo("m7")
    assert made.target.spec.attrs.size == 7


@pytest.mark.parametrize(
    ("attrs", "code"),
    [
        ({"siez": 2}, "unknown-attribute"),
        ({"size": "2"}, "wrong-type"),
        ({"word": "w"}, "wrong-provider"),
    ],
)
def test_mistakes_are_the_ones_that_users_see(attrs, code):
    with pytest.raises(EtbuildError) as caught:
        analyze(make, attrs)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]


def test_without_toolchains_there_is_none():
    with pytest.raises(EtbuildError, match="no-toolchain"):
        analyze(make, {}, toolchains={})


def test_what_is_not_there_is_said_with_what_is():
    made = analyze(make, {})
    with pytest.raises(LookupError, match=r"0 actions Mkae among \['Make'\]"):
        made.action("Mkae")
    with pytest.raises(LookupError, match="no PythonEnvironmentInfo among"):
        made.get(PythonEnvironmentInfo)
