"""Configurations: platforms, modes, exec dependencies, compatibility."""

from __future__ import annotations

import pytest

from etbuild.analysis.platforms import platform_label
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label
from etbuild.model.repository import Repository
from etbuild.model.workspace import Workspace
from tests.unit.analysis.sample import PLATFORMS, Sample, check, copy, filegroup, paths, platform, target

ARM = "//platforms:cortex_m7"


def codes(caught):
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


def test_a_dependency_keeps_the_platform_and_an_exec_dependency_moves_to_the_host():
    sample = Sample(
        {
            "//a:src": (copy, {"out": "s"}),
            "//a:tool": (copy, {"out": "t"}),
            "//a:a": (copy, {"srcs": (":src",), "tools": (":tool",), "out": "o"}),
        }
    )
    found = sample.analyze("//a:a", platforms=(ARM,))
    assert set(target(found, "//a:a", "cortex_m7").dependencies) == {
        (Label("", "a", "src"), "cortex_m7"),
        (Label("", "a", "tool"), "host"),
    }
    [action] = [a for a in found.actions.actions if a.outputs[0].path == "a/o"]
    assert action.argv == ("cp", "plain", "a/t", "a/s", "a/o")
    assert {(a.path, a.configuration) for a in action.inputs} == {("a/t", "host"), ("a/s", "cortex_m7")}


def test_a_platform_takes_over_its_parents_constraints_and_emulator():
    sample = Sample({"//a:t": (check, {"program": "f"})}, files=frozenset({"//a:f"}))
    found = sample.analyze("//a:t", platforms=(ARM,))
    configured = target(found, "//a:t", "cortex_m7")
    assert {v.name for v in configured.configuration.platform.constraints.values()} == {"armv7em", "none"}
    assert configured.test is not None
    assert configured.test.argv == ("qemu", "a/f", "check")


def test_two_platforms_are_analysed_side_by_side():
    sample = Sample({"//a:a": (copy, {})})
    found = sample.analyze("//a:a", platforms=("host", ARM))
    assert [configuration for _, configuration in found.requested] == ["host", "cortex_m7"]
    assert len(found.actions.actions) == 2


def test_the_nearer_value_of_a_setting_wins_over_a_parents():
    sample = Sample(
        {"//p:p": (platform, {"constraints": ("//toolchains/os:linux",), "parents": (ARM,)}), "//a:a": (copy, {})}
    )
    found = sample.analyze("//a:a", platforms=("//p:p",))
    values = target(found, "//a:a", "p").configuration.platform.constraints.values()
    assert {value.name for value in values} == {"linux", "armv7em"}


def test_two_values_of_one_setting_are_a_mistake():
    sample = Sample(
        {"//p:p": (platform, {"constraints": ("//toolchains/os:linux", "//toolchains/os:none")}), "//a:a": (copy, {})}
    )
    with pytest.raises(EtbuildError, match="'//p' must name one value of 'os', names 'linux' and 'none'"):
        sample.analyze("//a:a", platforms=("//p:p",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("//platforms:cortex_m77", "'//platforms:cortex_m77' must be a platform: there is no such target"),
        ("//toolchains/cpu:armv7em", "'//toolchains/cpu:armv7em' must be a platform: it is a constraint_value"),
    ],
)
def test_an_unknown_platform_is_named_with_the_nearest(text, message):
    with pytest.raises(EtbuildError) as caught:
        Sample({"//a:a": (copy, {})}).analyze("//a:a", platforms=(text,))
    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("unknown-platform", message)
    if text.endswith("m77"):
        assert diagnostic.hint == "did you mean '//platforms:cortex_m7'?"


def test_a_bare_name_is_a_platform_of_etbuild():
    own = Workspace("/w", "etbuild", {})
    users = Workspace("/w", "app", {}, repositories={"etbuild": Repository("etbuild", "local")})
    assert platform_label("cortex_m7", own) == Label("", "toolchains/platforms", "cortex_m7")
    assert platform_label("cortex_m7", users) == Label("etbuild", "toolchains/platforms", "cortex_m7")
    assert platform_label("host", users) is None


def test_an_incompatible_target_is_skipped_below_a_pattern_and_an_error_when_named():
    sample = Sample({"//a:a": (copy, {})}, compatible={"//a": ("//toolchains/cpu:armv7em", "//toolchains/os:linux")})
    assert target(sample.analyze("//a:a", platforms=(ARM,), named=False), "//a:a", "cortex_m7").incompatible == (
        "os must be linux, is none"
    )
    with pytest.raises(EtbuildError) as caught:
        sample.analyze("//a:a", platforms=(ARM,))
    assert codes(caught) == ["incompatible-target"]


def test_of_the_values_of_one_setting_a_platform_must_have_one():
    systems = ("//toolchains/os:linux", "//toolchains/os:none")
    sample = Sample(
        {"//a:any": (copy, {}), "//a:other": (copy, {})},
        compatible={"//a:any": systems, "//a:other": ("//toolchains/os:linux", "//toolchains/os:macos")},
    )
    found = sample.analyze("//a:any", "//a:other", platforms=(ARM,), named=False)
    assert not target(found, "//a:any", "cortex_m7").incompatible
    assert target(found, "//a:other", "cortex_m7").incompatible == "os must be linux or macos, is none"


def test_an_incompatible_exec_dependency_is_judged_on_the_host():
    sample = Sample(
        {"//a:tool": (copy, {"out": "t"}), "//a:a": (copy, {"tools": (":tool",)})},
        compatible={"//a:tool": ("//toolchains/cpu:armv7em",)},
    )
    with pytest.raises(EtbuildError, match="it needs '//a:tool', which can't be: cpu must be armv7em"):
        sample.analyze("//a:a", platforms=(ARM,))


def test_two_platforms_of_one_name_are_a_mistake():
    sample = Sample({"//p:cortex_m7": (platform, {}), "//a:a": (copy, {})})
    with pytest.raises(EtbuildError) as caught:
        sample.analyze("//a:a", platforms=(ARM, "//p:cortex_m7"))
    assert codes(caught) == ["platform-clash"]


def test_an_unknown_mode_is_a_mistake():
    from etbuild.analysis.platforms import check_mode  # noqa: PLC0415

    with pytest.raises(EtbuildError, match=r"mode must be one of fastbuild, dbg, .* is 'debug'"):
        check_mode("debug")


def test_every_sample_platform_is_a_target_that_can_be_built():
    found = Sample({}).analyze(*PLATFORMS)
    assert len(found.targets) == len(PLATFORMS)


def test_a_source_is_the_same_artifact_in_every_configuration():
    sample = Sample({"//a:g": (filegroup, {"srcs": ("f",)})}, files=frozenset({"//a:f"}))
    found = sample.analyze("//a:g", platforms=("host", ARM))
    files = {file for t in found.targets.values() for p in t.providers.values() for file in p.files}
    assert paths(files) == ["a/f"]
