"""RuleContext: what a rule can make of its dependencies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import pytest

from etbuild.api import EXEC, Artifact, Attrs, DefaultInfo, InputSet, Provider, Resources, RuleContext, Src, rule
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.frozen import replace
from etbuild.model.label import Label
from etbuild.model.target import TargetSpec
from tests.unit.analysis import sample
from tests.unit.analysis.sample import Sample, copy, filegroup, paths, target

ARM = "//platforms:cortex_m7"


class AnyAttrs(Attrs):
    srcs: tuple[Src, ...] = ()
    tools: Annotated[tuple[Src, ...], EXEC] = ()


def made(function: Callable[[RuleContext[AnyAttrs]], Any], attrs=None, others=None, platform="host", files=("//a:f",)):
    """Analyse //a:x, whose rule calls `function`; return the analysis."""

    @rule(attrs=AnyAttrs)
    def any_rule(ctx: RuleContext[AnyAttrs]) -> Sequence[Provider]:
        return function(ctx) or [DefaultInfo()]

    sample = Sample({"//a:x": (any_rule, attrs or {}), **(others or {})}, frozenset(files))
    return sample.analyze("//a:x", platforms=(platform,))


def only(analysis):
    [action] = analysis.actions.actions
    return action


def test_artifacts_in_argv_become_inputs_unless_they_are_outputs():
    def run(ctx):
        out, tree = ctx.output("o"), ctx.output_tree("t")
        ctx.run(
            "Run", argv=["run", *ctx.files(ctx.attrs.srcs), out, tree], outputs=(out, tree), env={"B": "2", "A": "1"}
        )

    action = only(made(run, {"srcs": (":f",)}))
    assert action.argv == ("run", "a/f", "a/o", "a/t")
    assert paths(action.inputs) == ["a/f"]
    assert [output.is_tree for output in action.outputs] == [False, True]
    assert action.env == (("A", "1"), ("B", "2"))
    assert action.owner == Label("", "a", "x")
    assert action.configuration == "host"


def test_artifacts_in_env_become_inputs_and_words_quoted_for_a_shell():
    def run(ctx):
        files = ctx.files(ctx.attrs.srcs)
        out = ctx.output("o")
        ctx.run("Run", argv=["run"], outputs=(out,), env={"ALL": [*files, "a b", out], "ONE": files[0]})

    action = only(made(run, {"srcs": (":f",)}))
    assert dict(action.env) == {"ALL": "a/f 'a b' a/o", "ONE": "a/f"}
    assert paths(action.inputs) == ["a/f"]


def test_a_set_that_is_handed_on_alone_is_not_copied():
    shared = InputSet([Artifact("a/f", location="/w/a/f")])
    action = only(made(lambda ctx: ctx.run("Run", argv=["run"], inputs=shared, outputs=(ctx.output("o"),))))
    assert action.inputs is shared


def test_outputs_may_stand_in_the_package_of_another_label():
    def run(ctx):
        ctx.run("Run", argv=["run"], outputs=(ctx.output("o", beside=Label("repo", "models", "m")),))

    assert only(made(run)).outputs[0].path == "external/repo/models/o"


@pytest.mark.parametrize("name", ["", "/o", "../o", "a/../../o"])
def test_an_output_stays_in_its_package(name):
    with pytest.raises(EtbuildError, match="must be a path below the package"):
        made(lambda ctx: ctx.output(name) and None)


def test_file_must_be_one():
    def run(ctx):
        ctx.file(ctx.attrs.srcs[0])

    others = {"//a:g": (filegroup, {"srcs": ("f", "h")})}
    with pytest.raises(EtbuildError) as caught:
        made(run, {"srcs": (":g",)}, others, files=("//a:f", "//a:h"))
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.message == "'//a:g' must be one file, is 2"
    assert diagnostic.span == target_span()


def target_span():
    return Sample({"//a:x": (filegroup, {"srcs": ()})}).graph().targets[Label("", "a", "x")].span("srcs")


def test_a_label_for_both_platforms_is_told_apart_and_the_second_gets_a_place_of_its_own():
    def run(ctx):
        out = ctx.output("o")
        [tool] = ctx.files(ctx.attrs.tools, for_exec=True)
        ctx.run("Run", argv=[tool, *ctx.files(ctx.attrs.srcs), out], outputs=(out,), env={"TOOL": [tool]})

    attrs = {"srcs": (":c",), "tools": (":c",)}
    found = made(run, attrs, {"//a:c": (copy, {"out": "c"})}, platform=ARM)
    place, action = found.actions.actions[-2:]
    assert action.argv == ("_cfg/host/a/c", "a/c", "a/o")
    assert dict(action.env) == {"TOOL": "_cfg/host/a/c"}
    assert (place.mnemonic, place.argv) == ("Place", ("/bin/cp", "-R", "a/c", "_cfg/host/a/c"))
    assert [a.configuration for a in place.inputs] == ["host"]
    assert {a.path: a.configuration for a in action.inputs} == {"_cfg/host/a/c": "cortex_m7", "a/c": "cortex_m7"}


def test_on_the_host_a_label_for_both_platforms_is_one_file():
    def run(ctx):
        out = ctx.output("o")
        ctx.run("Run", argv=[*ctx.files(ctx.attrs.tools, for_exec=True), *ctx.files(ctx.attrs.srcs)], outputs=(out,))

    found = made(run, {"srcs": (":c",), "tools": (":c",)}, {"//a:c": (copy, {"out": "c"})})
    assert [action.argv for action in found.actions.actions][-1] == ("a/c", "a/c")


def test_an_input_of_two_configurations_that_no_word_names_is_a_mistake():
    def run(ctx):
        files = (*ctx.files(ctx.attrs.tools, for_exec=True), *ctx.files(ctx.attrs.srcs))
        ctx.run("Run", argv=["run"], inputs=files, outputs=(ctx.output("o"),))

    with pytest.raises(EtbuildError, match="'a/c' is an input for 'cortex_m7' and for 'host'"):
        made(run, {"srcs": (":c",), "tools": (":c",)}, {"//a:c": (copy, {"out": "c"})}, platform=ARM)


def test_a_targets_ram_is_the_least_that_its_actions_get():
    @rule(attrs=AnyAttrs)
    def heavy(ctx: RuleContext[AnyAttrs]) -> Sequence[Provider]:
        for name, ram in (("a", 1 << 20), ("b", 1 << 40)):
            ctx.run("Run", argv=[name], outputs=(ctx.output(name),), resources=Resources(2, ram))
        return [DefaultInfo()]

    sample = Sample({"//a:x": (heavy, {})})
    spec = sample.graph("//a:x").targets[Label("", "a", "x")]
    assert isinstance(spec, TargetSpec)
    assert resources_with(spec, sample) == [Resources(2, 1 << 30), Resources(2, 1 << 40)]


def resources_with(spec, sample):
    from dataclasses import replace  # noqa: PLC0415

    from etbuild.analysis.analyze import analyze  # noqa: PLC0415
    from etbuild.model.workspace import Workspace  # noqa: PLC0415
    from etbuild.testing import world  # noqa: PLC0415

    graph = sample.graph("//a:x")
    graph = replace(graph, targets={**graph.targets, spec.label: replace(spec, ram=1 << 30)})
    found = analyze(graph, Workspace("/w", "sample", {}), ("host",), "fastbuild", world({}))
    return [action.resources for action in found.actions.actions]


def test_a_lock_is_recorded_as_read_and_must_be_a_source():
    found = made(lambda ctx: ctx.python_environment(ctx.file(ctx.attrs.srcs[0])) and None, {"srcs": (":f",)})
    assert found.read == ("/w/a/f",)
    with pytest.raises(EtbuildError, match="must be a source file, is made by an action"):
        made(lambda ctx: ctx.python_environment(ctx.output("lock")))


def test_a_label_that_is_in_no_attribute_is_a_bug_of_the_rule():
    with pytest.raises(LookupError, match="//b is in no attribute of //a:x"):
        made(lambda ctx: ctx.files([Label("", "b", "b")]))


def test_an_action_without_outputs_is_a_bug_of_the_rule():
    with pytest.raises(ValueError, match="has no outputs"):
        made(lambda ctx: ctx.run("Run", argv=["run"], outputs=()))


def test_find_says_none_where_provider_raises():
    from tests.unit.analysis.sample import WordInfo  # noqa: PLC0415

    def run(ctx):
        assert ctx.find(ctx.attrs.srcs[0], WordInfo) is None
        assert ctx.find(ctx.attrs.srcs[1], WordInfo) == WordInfo("plain")
        ctx.provider(ctx.attrs.srcs[0], WordInfo)

    with pytest.raises(EtbuildError, match="'//a:f' must provide WordInfo, and does not"):
        made(run, {"srcs": (":f", ":c")}, {"//a:c": (copy, {})})


def test_the_platform_is_the_targets():
    seen = []
    found = made(lambda ctx: seen.append(ctx.platform.name), platform=ARM)
    assert seen == ["cortex_m7"]
    assert target(found, "//a:x", "cortex_m7").configuration.name == "cortex_m7"


def test_a_program_that_is_not_installed_is_named_with_who_brings_it(monkeypatch):
    def no_compiler(programs, _packages):
        raise LookupError(programs[0])

    world = sample.world
    monkeypatch.setattr(sample, "world", lambda texts: replace(world(texts), system_mount=no_compiler))
    with pytest.raises(EtbuildError) as caught:
        made(lambda ctx: ctx.system(programs=("arm-gcc",), hint="apt install gcc-arm"))
    [mistake] = caught.value.diagnostics
    assert (mistake.code, mistake.hint) == ("missing-program", "apt install gcc-arm")
    assert mistake.message == "'//a:x' needs 'arm-gcc', which is not installed"


def test_a_repository_is_a_mount_by_name_or_by_a_label_of_it():
    found = []
    made(lambda ctx: found.extend([ctx.repository("zig"), ctx.repository(Label("zig", "", "all"))]))
    assert found[0] == found[1]
    assert found[0].path == "/etbuild/repositories/zig"
