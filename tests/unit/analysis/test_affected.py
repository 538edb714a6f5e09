"""Affected targets: what differs, and why."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.analysis.affected import Revision, affected
from etbuild.api import Attrs, DefaultInfo, Mount, Provider, PythonEnvironmentInfo, Request, RuleContext, Src, rule
from etbuild.model.rule import Family
from tests.unit.analysis.sample import Sample, copy, filegroup, select


class EnvironmentAttrs(Attrs):
    lock: Src
    features: tuple[str, ...] = ()


def environment(digest):
    @rule(attrs=EnvironmentAttrs, toolchain_type="python_environment")
    def python_environment(_ctx: RuleContext[EnvironmentAttrs]) -> Sequence[Provider]:
        return [DefaultInfo(), PythonEnvironmentInfo(Mount("/env", digest, provenance="base.lock"), "/env/bin/python")]

    return python_environment


class StepAttrs(Attrs):
    src: Src
    option: str = "a"


def step(extra=()):
    @rule(attrs=StepAttrs, toolchains=lambda _attrs: (Request("python_environment"),))
    def step(ctx: RuleContext[StepAttrs]) -> Sequence[Provider]:
        python = ctx.toolchain("python_environment", PythonEnvironmentInfo)
        out = ctx.output(f"{ctx.label.name}.out")
        argv = [python.python, ctx.tool("step.py"), ctx.attrs.option, *extra, ctx.file(ctx.attrs.src), out]
        ctx.run("Step", argv=argv, outputs=(out,), mounts=(python.mount,))
        return [DefaultInfo((out,))]

    return step


TEXTS = {"/fam/et/tools/step.py": "import shared", "/fam/et/tools/shared.py": "", "a/src": "1", "a/other": "1"}


def revision(*, lock="1" * 64, extra=(), option="a", texts=(), more=(), code=""):
    from dataclasses import replace  # noqa: PLC0415

    rule_ = replace(step(extra), family="et")
    targets = {
        "//t:base": (environment(lock), {"lock": "base.lock"}),
        "//a:first": (rule_, {"src": "src", "option": option}),
        "//a:second": (rule_, {"src": ":first"}),
        "//a:apart": (copy, {"srcs": ("other",)}),
        **dict(more),
    }
    contents = {**TEXTS, **dict(texts)}
    sample = Sample(
        targets,
        frozenset({"//a:src", "//a:other", "//t:base.lock"}),
        toolchains=("//t:base",),
        texts=contents,
        families=(Family("et", 1, root="/fam/et"),),
    )
    analysis = sample.analyze("//a:second", "//a:apart", *(text for text, _ in more))

    def digest(path):
        return contents.get(path.removeprefix("/w/"), contents.get(path, "missing"))

    return Revision(analysis, digest, lambda spec: code if spec.rule.name == "step" else "")


def reasons(before, after):
    return {str(one.label[0]): list(one.reasons) for one in affected(before, after)}


def test_equal_revisions_affect_nothing():
    assert reasons(revision(), revision()) == {}


def test_a_changed_source_affects_what_reads_it_and_what_needs_that():
    assert reasons(revision(), revision(texts={"a/src": "2"}.items())) == {
        "//a:first": ["input a/src"],
        "//a:second": ["dependency //a:first"],
    }


def test_a_changed_attribute_is_named():
    assert reasons(revision(), revision(option="b")) == {
        "//a:first": ["attribute 'option'"],
        "//a:second": ["dependency //a:first"],
    }


def test_a_changed_import_of_a_tool_affects_all_that_run_it():
    found = reasons(revision(), revision(texts={"/fam/et/tools/shared.py": "x = 1"}.items()))
    assert found["//a:first"] == ["tool rules/et/tools/shared.py"]
    assert found["//a:second"] == ["tool rules/et/tools/shared.py", "dependency //a:first"]


def test_a_changed_lock_affects_what_uses_its_environment():
    assert reasons(revision(), revision(lock="2" * 64))["//a:first"] == ["toolchain base.lock"]


def test_changed_rule_code_affects_its_targets_even_where_commands_stay():
    assert reasons(revision(), revision(code="new")) == {
        "//a:first": ["rule step"],
        "//a:second": ["rule step", "dependency //a:first"],
    }


def test_a_rule_that_makes_another_command_affects_its_targets():
    assert reasons(revision(), revision(extra=("--new",)))["//a:first"] == ["command 1 (Step)"]


def test_a_new_target_is_new():
    assert reasons(revision(), revision(more={"//a:g": (filegroup, {})}.items())) == {"//a:g": ["new"]}


def test_a_file_without_any_action_counts_as_well():
    group = {"//a:g": (filegroup, {"srcs": ("other",)})}.items()
    found = reasons(revision(more=group), revision(more=group, texts={"a/other": "2"}.items()))
    assert found == {"//a:g": ["input a/other"], "//a:apart": ["input a/other"]}


def test_a_branch_for_another_platform_affects_nothing():
    def one(arm):
        return {"//a:w": (copy, {"word": select(armv7em=arm, default="x"), "out": "w"})}.items()

    assert reasons(revision(more=one("y")), revision(more=one("z"))) == {}
