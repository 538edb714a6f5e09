"""Tests and programs of a platform run under its emulator, which is keyed and need not be there to build."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.analysis.plan import plan_build, plan_run, plan_tests
from etbuild.api import Attrs, DefaultInfo, InputSet, Provider, RuleContext, RunInfo, TestInfo, rule
from etbuild.model.frozen import replace
from etbuild.testing import SYSTEM
from tests.unit.analysis import sample
from tests.unit.analysis.sample import Sample, paths, platform, target


class ProgramAttrs(Attrs):
    program: str = ""


@rule(attrs=ProgramAttrs)
def program_test(ctx: RuleContext[ProgramAttrs]) -> Sequence[Provider]:
    """Test a program that was built, or one of this machine."""
    built = ctx.output("app")
    ctx.run("Link", argv=["ld", built], outputs=(built,))
    words = (ctx.attrs.program or built, "--quick")
    return [DefaultInfo((built,)), TestInfo(words, InputSet((built,))), RunInfo(words)]


BOARD = {
    "//a:board": (
        platform,
        {"run_under": ("qemu", ":flash.sh"), "files": (":flash.sh",), "programs": ("qemu",), "hint": "get it"},
    ),
    "//a:built": (program_test, {}),
    "//a:script": (program_test, {"program": "/usr/bin/python3"}),
}


def board(*requested):
    return Sample(BOARD, frozenset({"//a:flash.sh"})).analyze(*requested, platforms=("//a:board",))


def test_a_test_runs_under_its_platforms_emulator_which_is_keyed():
    test = target(board("//a:built"), "//a:built", "board").test
    assert test.argv == ("qemu", "a/flash.sh", "a/app", "--quick")
    assert sorted(paths(test.inputs)) == ["a/app", "a/flash.sh"]
    assert [mount.provenance for mount in test.mounts] == ["qemu"]
    _, info = plan_run(board("//a:built"), "//a:built")
    assert [str(word) for word in info.argv] == ["qemu", "a/flash.sh", "a/app", "--quick"]


def test_a_program_of_this_machine_runs_under_no_emulator():
    test = target(board("//a:script"), "//a:script", "board").test
    assert test.argv == ("/usr/bin/python3", "--quick")
    assert test.mounts == ()


def test_only_who_runs_tests_needs_the_emulator(monkeypatch):
    def nothing_installed(programs, _packages):
        if programs:
            raise LookupError(programs[0])
        return SYSTEM

    whole = sample.world
    monkeypatch.setattr(sample, "world", lambda texts: replace(whole(texts), system_mount=nothing_installed))
    analysis = board("//a:built", "//a:script")
    assert len(plan_build(analysis).targets) == 2
    plan = plan_tests(analysis)
    assert [target.test is None for target in plan.targets] == [True, False], "one is only built"
    [mistake] = plan.mistakes
    assert (mistake.code, mistake.hint) == ("missing-program", "get it")
    assert mistake.message == "'//a:built' needs 'qemu' to run programs for 'board', which is not installed"
