"""Rules run in order; mistakes are gathered; providers are typed; verdicts follow files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import pytest

from etbuild.api import Attrs, DefaultInfo, Dep, Provider, RuleContext, Src, frozen, provides, rule
from etbuild.model.configured import PartlyWrongError
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import parse_label
from etbuild.model.rule import Family
from tests.unit.analysis.sample import (
    Sample,
    WordInfo,
    alias,
    check,
    copy,
    filegroup,
    gated,
    paths,
    select,
    target,
)


class SpellAttrs(Attrs):
    words: Annotated[tuple[Dep, ...], provides(WordInfo)] = ()
    best: Annotated[Dep, provides(WordInfo)] | None = None
    methods: dict[str, SpellMethod] = {}  # noqa: RUF012 - the validator copies it.


class SpellMethod(Attrs):
    word: Annotated[Dep, provides(WordInfo)]
    files: tuple[Src, ...] = ()


@rule(attrs=SpellAttrs)
def spell(ctx: RuleContext[SpellAttrs]) -> Sequence[Provider]:
    words = [info.word for info in ctx.providers(ctx.attrs.words, WordInfo)]
    words += [ctx.provider(method.word, WordInfo).word for method in ctx.attrs.methods.values()]
    return [DefaultInfo(), WordInfo("-".join(words))]


@frozen
class LoudInfo(Provider):
    """Says that a word is loud."""


class ShoutAttrs(Attrs):
    word: Annotated[Dep, provides(WordInfo, LoudInfo)]


@rule(attrs=ShoutAttrs, provides=(WordInfo, LoudInfo))
def shout(ctx: RuleContext[ShoutAttrs]) -> Sequence[Provider]:
    return [DefaultInfo(), WordInfo(ctx.provider(ctx.attrs.word, WordInfo).word), LoudInfo()]


class FailAttrs(Attrs):
    deps: tuple[Dep, ...] = ()
    at: int | None = None


@rule(attrs=FailAttrs)
def fail(ctx: RuleContext[FailAttrs]) -> Sequence[Provider]:
    raise ctx.mistake("failed", f"{ctx.label.name} failed", "deps", ctx.attrs.at, notes=("so",), hint="do")


def analyze(targets, *requested: str, files=(), families=()):
    return Sample(targets, frozenset(files), families=families).analyze(*requested)


def diagnostics(caught):
    return list(caught.value.diagnostics)


def test_who_gives_what_is_needed_gives_all_of_it():
    family = Family("f", 1, rules=(copy, shout))
    with pytest.raises(EtbuildError) as caught:
        analyze({"//a:s": (shout, {"word": "//a:g"}), "//a:g": (filegroup, {})}, "//a:s", families=(family,))
    [diagnostic] = diagnostics(caught)
    assert diagnostic.hint == "targets of shout provide WordInfo, LoudInfo"


def test_providers_flow_to_dependents_also_from_nested_tables():
    found = analyze(
        {
            "//a:x": (copy, {"word": "hey", "out": "x.out"}),
            "//a:y": (copy, {"word": "ho", "out": "y.out"}),
            "//a:s": (spell, {"words": (":x",), "methods": {"main": {"word": ":y"}}}),
        },
        "//a:s",
    )
    assert target(found, "//a:s").get(WordInfo) == WordInfo("hey-ho")


def test_a_wrong_provider_is_told_with_what_is_given_and_who_gives_what_is_needed():
    family = Family("f", 1, rules=(copy,))
    targets = {
        "//a:w": (copy, {}),
        "//a:g": (filegroup, {}),
        "//a:s": (spell, {"words": (":w", ":g"), "best": ":f", "methods": {"main": {"word": ":g"}}}),
    }
    with pytest.raises(EtbuildError) as caught:
        analyze(targets, "//a:s", files=("//a:f",), families=(family,))
    first, second, third = diagnostics(caught)
    assert first.code == "wrong-provider"
    assert first.message == (
        "'words' of '//a:s' must name a target that provides WordInfo; "
        "'//a:g' is of rule filegroup and provides DefaultInfo"
    )
    assert first.hint == "targets of copy provide WordInfo"
    assert second.message.endswith("'//a:f' is a source file and provides DefaultInfo")
    assert third.message.startswith("'methods.main.word' of")


def test_all_mistakes_of_all_targets_are_raised_together_and_dependents_stay_silent():
    targets = {
        "//a:x": (fail, {}),
        "//a:y": (fail, {}),
        "//a:user": (filegroup, {"srcs": (":x",)}),
        "//a:chosen": (copy, {"word": select(x86_64="a", linux="b", default="c")}),
    }
    with pytest.raises(EtbuildError) as caught:
        analyze(targets, "//a:x", "//a:y", "//a:user", "//a:chosen")
    assert [d.code for d in diagnostics(caught)] == ["ambiguous-select", "failed", "failed"]


def test_a_rules_mistake_stands_at_the_attribute():
    with pytest.raises(EtbuildError) as caught:
        analyze({"//a:x": (fail, {"at": 0, "deps": (":g",)}), "//a:g": (filegroup, {})}, "//a:x")
    [diagnostic] = diagnostics(caught)
    assert diagnostic.render() == "error[failed]: x failed\n --> BUILD.toml:2:1\n  note: so\n  hint: do"


def test_a_bug_in_a_rule_shows_whose_target_it_was():
    @rule(attrs=FailAttrs)
    def buggy(_ctx: RuleContext[FailAttrs]) -> Sequence[Provider]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        analyze({"//a:x": (buggy, {})}, "//a:x")
    assert caught.value.__notes__ == ["in rule buggy, for //a:x"]


@pytest.mark.parametrize(
    ("given", "declared", "message"),
    [
        ([DefaultInfo(), "text"], (), "must return providers, returned 'text'"),
        ([DefaultInfo(), DefaultInfo()], (), "returned two DefaultInfo"),
        ([DefaultInfo()], (WordInfo,), "declares WordInfo and returned none"),
    ],
)
def test_a_rule_that_breaks_its_word_is_its_authors_bug(given, declared, message):
    @rule(attrs=FailAttrs, provides=declared)
    def broken(_ctx: RuleContext[FailAttrs]) -> Sequence[Provider]:
        return given

    with pytest.raises(TypeError, match=message):
        analyze({"//a:x": (broken, {})}, "//a:x")


def test_an_alias_gives_all_that_its_target_gives():
    found = analyze({"//a:x": (copy, {"word": "w"}), "//a:y": (alias, {"actual": ":x"})}, "//a:y")
    assert target(found, "//a:y").providers == target(found, "//a:x").providers


def test_only_what_is_requested_is_analysed():
    found = analyze({"//a:x": (copy, {}), "//a:bad": (fail, {})}, "//a:x")
    assert [str(label) for label, _ in found.targets] == ["//a:x"]


def test_actions_stand_behind_their_producers_and_name_their_targets():
    found = analyze(
        {"//a:z": (copy, {"out": "z"}), "//a:a": (copy, {"srcs": (":z",), "out": "a"})},
        "//a:a",
    )
    assert [action.outputs[0].path for action in found.actions.actions] == ["a/z", "a/a"]
    assert found.actions.producers[found.actions.actions[1].outputs[0]] == 1
    assert target(found, "//a:a").actions == (1,)


def test_dependents_take_the_verdict_as_an_input_through_any_number_of_targets():
    targets = {
        "//a:p": (gated, {}),
        "//a:q": (gated, {}),
        "//a:g": (filegroup, {"srcs": (":p", ":q")}),
        "//a:h": (alias, {"actual": ":g"}),
        "//a:use": (copy, {"srcs": (":h",)}),
        "//a:one": (copy, {"srcs": (":p",), "out": "one"}),
        "//a:test": (check, {"program": ":p"}),
    }
    found = analyze(targets, "//a:use", "//a:test", "//a:one")
    by_output = {action.outputs[0].path: action for action in found.actions.actions}
    assert set(paths(by_output["a/out"].inputs)) == {"a/p.bin", "a/p.verdict", "a/q.bin", "a/q.verdict"}
    assert set(paths(by_output["a/one"].inputs)) == {"a/p.bin", "a/p.verdict"}
    assert set(paths(by_output["a/p.verdict"].inputs)) == {"a/p.bin"}
    info = target(found, "//a:h").get(DefaultInfo)
    assert info is not None
    assert set(paths(info.validations)) == {"a/p.verdict", "a/q.verdict"}
    test = target(found, "//a:test").test
    assert test is not None
    assert set(paths(test.inputs)) == {"a/p.bin", "a/p.verdict"}


def test_a_label_that_loading_did_not_find_is_a_mistake_at_its_attribute():
    with pytest.raises(EtbuildError) as caught:
        analyze({"//a:g": (filegroup, {"srcs": ("gone",)})}, "//a:g")
    [diagnostic] = diagnostics(caught)
    assert (diagnostic.code, diagnostic.span.line) == ("unknown-target", 2)


def test_what_needs_no_target_with_a_mistake_can_be_built_all_the_same():
    targets = {"//a:bad": (fail, {}), "//a:user": (fail, {"deps": (":bad",)}), "//a:good": (copy, {"word": "x"})}
    with pytest.raises(PartlyWrongError) as caught:
        analyze(targets, *targets)
    rest = caught.value.rest()
    assert rest.mistakes == caught.value.diagnostics
    assert [str(label) for label, _ in rest.requested if not rest.targets[label, "host"].incompatible] == ["//a:good"]
    assert [action.owner for action in rest.actions.actions] == [parse_label("//a:good")]
