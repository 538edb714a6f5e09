"""Toolchain resolution: the first that serves, and why the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from etbuild.api import Attrs, DefaultInfo, Dep, Provider, Request, RuleContext, rule
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label
from tests.unit.analysis.sample import Sample, WordInfo, copy, filegroup, select, target

ARM = "//platforms:cortex_m7"


class CcAttrs(Attrs):
    features: tuple[str, ...] = ()
    exec_compatible_with: tuple[Dep, ...] = ()
    target_compatible_with: tuple[Dep, ...] = ()
    needs: tuple[Dep, ...] = ()


@rule(attrs=CcAttrs, toolchain_type="cc")
def cc_toolchain(ctx: RuleContext[CcAttrs]) -> Sequence[Provider]:
    return [DefaultInfo(), WordInfo(ctx.label.name)]


class UserAttrs(Attrs):
    features: tuple[str, ...] = ()


@rule(attrs=UserAttrs, toolchains=lambda attrs: (Request("cc", frozenset(attrs.features)),))
def user(ctx: RuleContext[UserAttrs]) -> Sequence[Provider]:
    return [DefaultInfo(), WordInfo(ctx.toolchain("cc", WordInfo).word)]


ONE, OTHER = Request("cc", frozenset({"lto"})), Request("cc", frozenset({"msan"}))


@rule(attrs=UserAttrs, toolchains=lambda _attrs: (ONE, OTHER))
def user_of_two(ctx: RuleContext[UserAttrs]) -> Sequence[Provider]:
    words = [ctx.toolchain(request, WordInfo).word for request in ("cc", ONE, OTHER)]
    return [DefaultInfo(), WordInfo(" ".join(words))]


def sample(*toolchains: tuple[str, dict[str, Any]], features=(), more=()):
    named = dict(toolchains)
    targets = {f"//t:{name}": (cc_toolchain, attrs) for name, attrs in named.items()}
    return Sample(
        {**targets, "//a:a": (user, {"features": features}), **dict(more)},
        toolchains=tuple(f"//t:{name}" for name in named),
    )


HOST_GCC = ("gcc_host", {"target_compatible_with": ("//toolchains/cpu:x86_64",)})
ARM_GCC = ("gcc_arm", {"target_compatible_with": ("//toolchains/cpu:armv7em",), "features": ("lto",)})
ANY = ("clang", {"features": ("lto", "msan")})


def test_the_first_that_serves_is_taken_and_those_before_it_say_why_not():
    found = sample(HOST_GCC, ARM_GCC, ANY).analyze("//a:a", platforms=(ARM,))
    configured = target(found, "//a:a", "cortex_m7")
    assert configured.get(WordInfo) == WordInfo("gcc_arm")
    [resolution] = configured.resolutions
    assert resolution.chosen == Label("", "t", "gcc_arm")
    assert [(str(r.toolchain), r.reason) for r in resolution.refusals] == [
        ("//t:gcc_host", "cpu is x86_64, must be armv7em")
    ]


def test_a_toolchain_is_a_dependency_for_the_exec_platform():
    found = sample(ANY).analyze("//a:a", platforms=(ARM,))
    assert target(found, "//a:a", "cortex_m7").dependencies == ((Label("", "t", "clang"), "host"),)


def test_no_toolchain_names_all_that_were_tried_with_their_reasons():
    other_exec = ("gcc_other", {"exec_compatible_with": ("//toolchains/cpu:armv7em",), "features": ("msan",)})
    with pytest.raises(EtbuildError) as caught:
        sample(HOST_GCC, ARM_GCC, other_exec, features=("msan",)).analyze("//a:a", platforms=(ARM,))
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.render() == (
        "error[no-toolchain]: no toolchain for 'cc with msan' on '//platforms:cortex_m7': "
        "tried 'gcc_host' (has no features, must have msan; cpu is x86_64, must be armv7em), "
        "'gcc_arm' (has lto, must have msan), "
        "'gcc_other' (where it runs, cpu is armv7em, must be x86_64)\n"
        " --> BUILD.toml:1:1\n"
        "  note: '//a' asks for it\n"
        "  hint: add one to 'toolchains' in WORKSPACE; \"@etbuild//toolchains:cc\" is all of etbuild's"
    )


def test_no_toolchain_without_features_reads_as_the_style_guide_has_it():
    with pytest.raises(EtbuildError) as caught:
        sample(HOST_GCC).analyze("//a:a", platforms=(ARM,))
    assert caught.value.diagnostics[0].message == (
        "no toolchain for 'cc' on '//platforms:cortex_m7': tried 'gcc_host' (cpu is x86_64, must be armv7em)"
    )


def test_a_missing_toolchain_is_told_once_however_many_ask():
    more = {f"//b:{index}": (user, {}) for index in range(3)}
    with pytest.raises(EtbuildError) as caught:
        sample(HOST_GCC, more=more).analyze("//a:a", *more, platforms=(ARM,))
    assert len(caught.value.diagnostics) == 1


def test_a_workspace_without_toolchains_of_the_type_says_so():
    with pytest.raises(EtbuildError) as caught:
        sample().analyze("//a:a")
    assert caught.value.diagnostics[0].message == "no toolchain for 'cc' on 'host': WORKSPACE lists none of type 'cc'"
    assert '"@etbuild//toolchains:cc"' in str(caught.value.diagnostics[0].hint)


def test_a_target_that_is_no_toolchain_can_not_be_listed_as_one():
    with pytest.raises(EtbuildError, match=r"'//g' in 'toolchains' of WORKSPACE must be a toolchain, is a filegroup"):
        Sample({"//g:g": (filegroup, {}), "//a:a": (user, {})}, toolchains=("//g:g",)).analyze("//a:a")


def test_a_toolchain_that_selects_nothing_for_this_machine_is_passed_over():
    found = sample(("odd", {"features": select(armv7em=())}), ANY).analyze("//a:a")
    assert target(found, "//a:a").get(WordInfo) == WordInfo("clang")


def test_a_toolchain_that_needs_itself_is_a_cycle():
    targets = {"//t:t": (cc_toolchain, {"needs": ("//a:a",)}), "//a:a": (user, {})}
    with pytest.raises(EtbuildError) as caught:
        Sample(targets, toolchains=("//t:t",)).analyze("//a:a")
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "cycle"
    assert "'//a' -> '//t' -> '//a'" in diagnostic.message


def test_a_toolchain_whose_rule_fails_fails_silently_what_needs_it():
    @rule(attrs=CcAttrs, toolchain_type="cc")
    def broken(ctx: RuleContext[CcAttrs]) -> Sequence[Provider]:
        raise ctx.mistake("broken", "this is broken")

    with pytest.raises(EtbuildError) as caught:
        Sample({"//t:t": (broken, {}), "//a:a": (user, {}), "//b:b": (copy, {})}, toolchains=("//t:t",)).analyze(
            "//a:a"
        )
    assert [d.code for d in caught.value.diagnostics] == ["broken"]


@pytest.mark.parametrize(
    ("features", "words"), [(("lto",), "gcc gcc clang"), (("lto", "msan"), "gcc gcc gcc")], ids=["two", "one for both"]
)
def test_a_rule_may_ask_for_two_of_one_type(features: tuple[str, ...], words: str) -> None:
    offered = sample(("gcc", {"features": features}), ANY, more={"//b:b": (user_of_two, {})}.items())
    configured = target(offered.analyze("//b:b"), "//b:b")
    assert configured.get(WordInfo) == WordInfo(words)
    assert [resolution.request for resolution in configured.resolutions] == [ONE, OTHER]
