"""Actions are registered once; different ones for one path are a conflict; what is handed on is whole."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etbuild.analysis.register import ActionRegister
from etbuild.api import Action, Artifact, Attrs, DefaultInfo, InputSet, Provider, RuleContext, rule
from etbuild.model.diagnostics import EtbuildError
from tests.unit.analysis.sample import Sample, copy, target


class ExportAttrs(Attrs):
    size: str = "512"
    tag: str = "x"
    out: str = "export.pt2"


@rule(attrs=ExportAttrs)
def export(ctx: RuleContext[ExportAttrs]) -> Sequence[Provider]:
    out = ctx.output(ctx.attrs.out)
    env = {"TAG": ctx.attrs.tag}
    ctx.run("Export", argv=["export", ctx.attrs.size, out], outputs=(out,), env=env, progress=ctx.label.name)
    return [DefaultInfo((out,))]


def analyze(targets, *requested: str, files=(), platforms=("host",)):
    return Sample(targets, frozenset(files)).analyze(*requested, platforms=platforms)


def message(targets, *requested: str, files=()):
    with pytest.raises(EtbuildError) as caught:
        analyze(targets, *requested, files=files)
    [diagnostic] = caught.value.diagnostics
    return diagnostic


def test_equal_actions_of_two_targets_are_one_whose_owner_is_the_first():
    found = analyze({"//a:x": (export, {}), "//a:y": (export, {})}, "//a:x", "//a:y")
    [action] = found.actions.actions
    assert str(action.owner) == "//a:x"
    assert target(found, "//a:x").actions == target(found, "//a:y").actions == (0,)


def test_different_actions_for_one_path_are_a_conflict_that_names_both_and_the_difference():
    found = message({"//a:x": (export, {}), "//a:y": (export, {"size": "64", "tag": "y"})}, "//a:x", "//a:y")
    assert found.render() == (
        "error[output-conflict]: 'a/export.pt2' must be made by one action on 'host', "
        "is made by different ones of '//a:x' and '//a:y'\n"
        "  note: argv: 512 → 64\n"
        "  note: env: TAG=x → TAG=y"
    )


def test_the_same_path_in_two_configurations_is_no_conflict():
    found = analyze({"//a:x": (export, {})}, "//a:x", platforms=("host", "//platforms:cortex_m7"))
    first, second = found.actions.actions
    assert first.argv == second.argv
    assert [first.configuration, second.configuration] == ["host", "cortex_m7"]


def test_conflicting_inputs_are_named():
    one, other = Artifact("in/one", location="/w/one"), Artifact("in/other", location="/w/other")
    out = Artifact("o", "host")
    register = ActionRegister()
    register.add(Action("A", (), InputSet([one]), (out,)))
    with pytest.raises(EtbuildError, match="input only of 'None': in/other"):
        register.add(Action("A", (), InputSet([other]), (out,)))


def test_an_output_must_not_be_a_source_file():
    targets = {"//a:x": (copy, {"srcs": ("f",), "out": "f"})}
    assert message(targets, "//a:x", files=("//a:f",)).message == (
        "output 'a/f' of '//a:x' must differ from source files, is one"
    )


def test_an_output_must_not_stand_below_another():
    targets = {"//a:x": (export, {"out": "t"}), "//a:y": (export, {"out": "t/u/v"})}
    assert (
        message(targets, "//a:x", "//a:y").message
        == "output 'a/t/u/v' of '//a:y' must not stand below the output 'a/t'"
    )


def test_a_file_that_no_action_makes_is_told_as_input_and_as_file_of_a_target():
    @rule(attrs=ExportAttrs)
    def forgetful(ctx: RuleContext[ExportAttrs]) -> Sequence[Provider]:
        out = ctx.output("o")
        ctx.run("Use", argv=["use", ctx.output("gone"), out], outputs=(out,))
        return [DefaultInfo((out, ctx.output("lost")))]

    with pytest.raises(EtbuildError) as caught:
        analyze({"//a:x": (forgetful, {})}, "//a:x")
    assert [d.message for d in caught.value.diagnostics] == [
        "'a/gone', an input of Use of '//a:x', must be made by an action, is made by none",
        "'a/lost', a file of '//a:x', must be made by an action, is made by none",
    ]


def test_an_action_must_not_name_a_folder_of_this_machine():
    with pytest.raises(EtbuildError) as caught:
        rooted({"//a:x": (export, {"size": "--in=/home/space/a"})})
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.render() == (
        "error[absolute-path]: Export of '//a:x' must name no folder of this machine, "
        "names '/home/space' in '--in=/home/space/a'\n"
        " --> BUILD.toml:2:1"
    )


def rooted(targets):
    from etbuild.analysis.analyze import analyze as run  # noqa: PLC0415
    from etbuild.model.workspace import Workspace  # noqa: PLC0415
    from etbuild.testing import world  # noqa: PLC0415

    graph = Sample(targets).graph("//a:x")
    return run(graph, Workspace("/home/space", "sample", {}), ("host",), "fastbuild", world({}))


def test_a_rule_may_register_a_consumer_before_its_producer():
    @rule(attrs=ExportAttrs)
    def backwards(ctx: RuleContext[ExportAttrs]) -> Sequence[Provider]:
        made, last = ctx.output("made"), ctx.output("last")
        ctx.run("Last", argv=["last", made, last], outputs=(last,))
        ctx.run("First", argv=["first", made], outputs=(made,))
        return [DefaultInfo((last,))]

    found = analyze({"//a:x": (backwards, {}), "//a:y": (copy, {"srcs": (":x",)})}, "//a:y")
    assert [action.mnemonic for action in found.actions.actions] == ["First", "Last", "Copy"]
    assert target(found, "//a:x").actions == (1, 0)
    assert {str(output): index for output, index in found.actions.producers.items()} == {
        "a/made": 0,
        "a/last": 1,
        "a/out": 2,
    }


def test_actions_that_need_each_other_are_a_cycle():
    @rule(attrs=ExportAttrs)
    def ring(ctx: RuleContext[ExportAttrs]) -> Sequence[Provider]:
        one, other = ctx.output("one"), ctx.output("other")
        ctx.run("One", argv=["one", other, one], outputs=(one,))
        ctx.run("Other", argv=["other", one, other], outputs=(other,))
        return [DefaultInfo((one,))]

    found = message({"//a:x": (ring, {})}, "//a:x")
    assert found.code == "action-cycle"
    assert found.message == "actions of '//a:x' must not need their own outputs: 'a/one' -> 'a/other' -> 'a/one'"


@given(st.lists(st.lists(st.integers(0, 19), max_size=4), min_size=1, max_size=20), st.randoms())
def test_producers_stand_before_consumers_whatever_the_order_of_registration(needs, random):
    outputs = [Artifact(f"o{index}", "host") for index in range(len(needs))]
    actions = [
        Action("A", (str(index),), InputSet(outputs[n] for n in some if n < index), (outputs[index],))
        for index, some in enumerate(needs)
    ]
    random.shuffle(actions)
    register = ActionRegister()
    for action in actions:
        register.add(action)
    registered = register.finish(())
    graph, moved = registered.graph, registered.moved
    for index, action in enumerate(graph.actions):
        assert all(graph.producers[needed] < index for needed in action.inputs)
        assert graph.producers[action.outputs[0]] == index
    if moved is not None:
        assert [graph.actions[moved[index]] for index in range(len(actions))] == actions
