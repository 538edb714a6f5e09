"""Selects: the most specific branch wins."""

from __future__ import annotations

import pytest

from etbuild.model.diagnostics import EtbuildError
from tests.unit.analysis.sample import Sample, copy, filegroup, select, target

ARM = "//platforms:cortex_m7"


def word(branches, platform):
    sample = Sample({"//a:a": (copy, {"word": branches})})
    found = sample.analyze("//a:a", platforms=(platform,))
    return target(found, "//a:a", platform.rpartition(":")[2]).spec.attrs.word


@pytest.mark.parametrize(
    ("branches", "expected"),
    [
        ({"armv7em": "arm", "default": "other"}, "arm"),
        ({"x86_64": "x86", "default": "other"}, "other"),
        ({"armv7em": "arm", "armv7em+none": "bare arm", "default": "other"}, "bare arm"),
        ({"armv7em+none": "bare arm", "none": "bare"}, "bare arm"),
        ({"armv7em+none": "bare arm", "cortex_m7": "this very one"}, "this very one"),
        ({"armv7em": select(none="nested", default="no"), "default": "other"}, "nested"),
    ],
)
def test_the_most_specific_branch_that_holds_wins(branches, expected):
    assert word(select(**branches), ARM) == expected


def test_two_branches_of_which_none_is_more_specific_are_ambiguous():
    with pytest.raises(EtbuildError) as caught:
        word(select(armv7em="arm", none="bare", default="other"), ARM)
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.render() == (
        "error[ambiguous-select]: 'word' of '//a' must have one most specific branch on '//platforms:cortex_m7',"
        " has '//toolchains/cpu:armv7em' and '//toolchains/os:none'\n"
        " --> BUILD.toml:2:1\n"
        "  hint: add a branch with the conditions of both"
    )


def test_no_branch_and_no_default_makes_a_named_target_an_error():
    with pytest.raises(EtbuildError) as caught:
        word(select(x86_64="x86"), ARM)
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "incompatible-target"
    assert diagnostic.message == "'//a' can't be built for '//platforms:cortex_m7': no branch of 'word' is for it"


def test_no_branch_and_no_default_skips_what_a_pattern_found_and_what_needs_it():
    between = {f"//a:{name}": (filegroup, {"srcs": (f":{needed}",)}) for name, needed in ("ba", "cb")}
    sample = Sample({"//a:a": (copy, {"word": select(x86_64="x")}), **between})
    found = sample.analyze("//a:a", *between, platforms=(ARM,), named=False)
    for label in between:
        said = target(found, label, "cortex_m7").incompatible
        assert said == "it needs '//a', which can't be: no branch of 'word' is for it"
    assert found.actions.actions == ()


def test_a_select_for_an_element_of_a_list_is_spliced():
    srcs = ("a", select(armv7em=("b", "c"), default=()), select(none="d"))
    sample = Sample({"//a:a": (filegroup, {"srcs": srcs})}, files=frozenset({"//a:a", "//a:b", "//a:c", "//a:d"}))
    sample = Sample({"//a:g": (filegroup, {"srcs": srcs})}, files=sample.files)
    found = sample.analyze("//a:g", platforms=(ARM,))
    assert [str(label.name) for label in target(found, "//a:g", "cortex_m7").spec.attrs.srcs] == ["a", "b", "c", "d"]


def test_a_value_that_only_one_platform_selects_is_checked_for_that_platform():
    with pytest.raises(EtbuildError, match=r"error\[wrong-type\]"):
        word(select(armv7em=3, default="x"), ARM)
