"""Dependencies on several platforms at once: an attribute whose targets another attribute says the platforms of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pytest

from etbuild.analysis.affected import Revision, affected
from etbuild.analysis.query import answer, configured_universe
from etbuild.analysis.query_language import parse_query
from etbuild.api import Attrs, DefaultInfo, Dep, Provider, RuleContext, per_platform, provides, rule
from etbuild.model.configured import Analysis
from etbuild.model.diagnostics import EtbuildError, Span
from etbuild.model.label import Label
from tests.unit.analysis.sample import Sample, WordInfo, copy, filegroup, platform, select, target

ARM, X86 = "//platforms:cortex_m7", "//platforms:linux_x86"


class BundleAttrs(Attrs):
    image: Annotated[Dep, provides(WordInfo), per_platform("platforms")]
    platforms: tuple[Dep, ...]


@rule(attrs=BundleAttrs)
def bundle(ctx: RuleContext[BundleAttrs]) -> Sequence[Provider]:
    """Join what an image says on each platform."""
    out = ctx.output("table")
    found = ctx.on_platforms(ctx.attrs.image, WordInfo)
    files = [file for _, files in ctx.on_platforms(ctx.attrs.image, DefaultInfo) for file in files.files]
    ctx.run("Join", argv=[*(f"{each.name}={info.word}" for each, info in found), *files, out], outputs=(out,))
    return [DefaultInfo((out,))]


def analyzed(image: Mapping[str, Any], on: Sequence[str] = (ARM, X86), **more: Any) -> Analysis:
    sample = Sample(
        {
            "//a:image": (copy, image),
            "//a:files": (filegroup, {}),
            "//a:all": (bundle, {"image": ":image", "platforms": on, **more.pop("attrs", {})}),
            "//p:cortex_m7": (platform, {}),
        },
        compatible=more.pop("compatible", {}),
    )
    return sample.analyze("//a:all", **more)


def refused(*words: Any, **more: Any) -> list[tuple[str, str, Span | None]]:
    with pytest.raises(EtbuildError) as caught:
        analyzed(*words, **more)
    return [(each.code, each.message, each.span) for each in caught.value.diagnostics]


AT = Span("BUILD.toml", 2, 1)


def test_an_image_is_built_for_each_platform_that_is_named_and_for_no_other() -> None:
    found = analyzed({"word": select(armv7em="small", default="large")})
    needs = target(found, "//a:all").dependencies
    assert [need for need in needs if need[0].name == "image"] == [
        (Label("", "a", "image"), "cortex_m7"),
        (Label("", "a", "image"), "linux_x86"),
    ]
    assert [configuration for label, configuration in found.targets if label.name == "image"] == [
        "cortex_m7",
        "linux_x86",
    ]
    [join] = (action for action in found.actions.actions if action.mnemonic == "Join")
    # Two files of one path: the second has a place of its own.
    assert join.argv == ("cortex_m7=small", "linux_x86=large", "a/out", "_cfg/linux_x86/a/out", "a/table")


def test_the_mode_is_kept() -> None:
    sample = Sample({"//a:image": (copy, {}), "//a:all": (bundle, {"image": ":image", "platforms": (ARM,)})})
    found = sample.analyze("//a:all", mode="size")
    assert (Label("", "a", "image"), "cortex_m7-size") in target(found, "//a:all", "host-size").dependencies


def test_what_an_image_cannot_be_for_is_named_with_its_platform() -> None:
    compatible = {"//a:image": ("//toolchains/os:linux",)}
    message = "'//a:image' can't be built for '//platforms:cortex_m7': os must be linux, is none"
    assert refused({}, compatible=compatible) == [("incompatible-target", message, AT)]
    # Whoever names platforms means them: below a pattern, too.
    assert refused({}, compatible=compatible, named=False) == [("incompatible-target", message, AT)]


def test_what_is_no_platform_is_refused_where_it_stands() -> None:
    message = "'//a:files' must be a platform: it is a filegroup"
    assert refused({}, (ARM, "//a:files")) == [("unknown-platform", message, AT)]


def test_two_platforms_of_one_name_are_refused() -> None:
    message = "platforms built at once must differ in name, '//p:cortex_m7' and '//platforms:cortex_m7' do not"
    assert refused({}, (ARM, "//p:cortex_m7")) == [("platform-clash", message, AT)]


def test_what_an_image_must_provide_is_said_once() -> None:
    message = (
        "'image' of '//a:all' must name a target that provides WordInfo; "
        "'//a:files' is of rule filegroup and provides DefaultInfo"
    )
    assert refused({}, attrs={"image": ":files"}) == [("wrong-provider", message, AT)]


def test_for_a_platform_of_its_own_it_is_nothing() -> None:
    found = analyzed({}, platforms=(ARM,), named=False)
    assert target(found, "//a:all", "cortex_m7").incompatible == "it names its platforms itself: leave --platform out"
    assert len(found.targets) == 1


def test_a_query_finds_it_on_all_of_them_and_a_change_of_it_is_told_once() -> None:
    before, after = analyzed({"word": "one"}), analyzed({"word": "two"})
    universe = configured_universe(after)
    assert answer(parse_query("rdeps(//a:all, //a:image)"), universe) == (
        (Label("", "a", "image"), "cortex_m7"),
        (Label("", "a", "image"), "linux_x86"),
        (Label("", "a", "all"), "host"),
    )
    changed = affected(Revision(before, str), Revision(after, str))
    assert [(each.label[0].name, each.label[1], each.reasons) for each in changed] == [
        ("image", "cortex_m7", ("attribute 'word'",)),
        ("image", "linux_x86", ("attribute 'word'",)),
        ("all", "host", ("dependency //a:image",)),
    ]
