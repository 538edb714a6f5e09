"""Dynamic actions, as a rule registers them and as they expand."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pytest

from etbuild.api import Attrs, DefaultInfo, DynamicContext, Provider, RuleContext, Src, rule
from etbuild.model.diagnostics import EtbuildError
from tests.unit.analysis.sample import Sample, paths


class PickAttrs(Attrs):
    wishes: Src
    parts: tuple[Src, ...] = ()


def made(expand, **bound):
    """Return the dynamic action of a rule that expands so."""

    @rule(attrs=PickAttrs)
    def pick(ctx: RuleContext[PickAttrs]) -> Sequence[Provider]:
        out, list_ = ctx.output("out"), ctx.output("list")
        ctx.run("List", argv=["list", *ctx.files([ctx.attrs.wishes]), list_], outputs=[list_])
        parts = ctx.files(ctx.attrs.parts)
        function = functools.partial(expand, **bound) if bound else expand
        ctx.dynamic("Pick", read=[list_], choose_from=parts, outputs=[out], expand=function)
        return [DefaultInfo((out,))]

    sample = Sample(
        {"//a:x": (pick, {"wishes": ":w", "parts": (":p", ":q")})}, frozenset({"//a:w", "//a:p", "//a:q", "//b:s"})
    )
    analysis = sample.analyze("//a:x")
    return next(action for action in analysis.actions.actions if action.expansion)


def expand_with(expand, content=b"p"):
    action = made(expand)
    [read] = action.expansion.read
    return action.expansion.expand({read: content})


def copy_part(ctx: DynamicContext, files, suffix=""):
    [(read, content)] = files.items()
    name = content.decode()
    middle, out = ctx.output(f"{name}.middle"), ctx.output("out")
    part = next(part for part in [read, *PARTS] if part.path == f"a/{name}")
    ctx.run("Copy", argv=["cp", part, middle], outputs=[middle])
    ctx.run("Join", argv=["join", middle, out, *([suffix] if suffix else [])], outputs=[out])


PARTS = [action for action in made(copy_part).inputs if action.is_source]


def test_a_dynamic_action_needs_all_it_may_choose_from():
    action = made(copy_part, suffix="!")
    assert sorted(paths(action.inputs)) == ["a/list", "a/p", "a/q"]
    assert paths(action.expansion.read) == ["a/list"]
    assert action.argv == ("expand", f"{__name__}.copy_part")


def test_an_expansion_is_ordinary_actions_of_what_was_named():
    copy, join = expand_with(copy_part)
    assert (copy.argv, join.argv) == (("cp", "a/p", "a/p.middle"), ("join", "a/p.middle", "a/out"))
    assert str(copy.owner) == "//a:x"
    assert expand_with(copy_part, b"q")[0].argv == ("cp", "a/q", "a/q.middle")


def test_an_expansion_uses_only_what_was_named():
    def steal(ctx, _files):
        out = ctx.output("out")
        ctx.run("Copy", argv=["cp", ctx.output("elsewhere"), out], outputs=[out])

    with pytest.raises(EtbuildError) as caught:
        expand_with(steal)
    [mistake] = caught.value.diagnostics
    assert mistake.code == "dynamic-inputs"
    assert mistake.message == "Pick of '//a:x' may use what it named, its Copy uses 'a/elsewhere'"


def test_an_expansion_makes_exactly_what_was_named():
    def nothing(_ctx, _files):
        pass

    def too_much(ctx, _files):
        for name in ("out", "more"):
            ctx.run("Touch", argv=["touch", ctx.output(name)], outputs=[ctx.output(name)])

    with pytest.raises(EtbuildError, match="must make 'a/out', and makes it not"):
        expand_with(nothing)
    with pytest.raises(EtbuildError, match="makes 'a/more', which nothing of it uses"):
        expand_with(too_much)


def test_an_expansion_may_refuse_what_it_reads():
    def refuse(ctx, files):
        [content] = files.values()
        raise ctx.mistake("no-kernel", f"no kernel for '{content.decode()}'", "wishes")

    with pytest.raises(EtbuildError, match="no kernel for 'aten::add'") as caught:
        expand_with(refuse, b"aten::add")
    assert caught.value.diagnostics[0].span.line == 2


def test_what_goes_wrong_in_an_expansion_says_where():
    def broken(_ctx, _files):
        raise KeyError("oops")

    with pytest.raises(KeyError) as caught:
        expand_with(broken)
    assert caught.value.__notes__ == ["in the expansion of Pick, for //a:x"]
