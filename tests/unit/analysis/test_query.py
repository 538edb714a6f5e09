"""Queries: the language and its answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etbuild.analysis.query import answer, configured_universe, loaded_universe
from etbuild.analysis.query_language import parse_query, patterns_in
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label, parse_label
from etbuild.model.target import TargetGraph, TargetSpec
from tests.unit.analysis.sample import Sample, alias, copy, filegroup, select

EDGES = {
    "//a:top": ("//a:left", "//a:right"),
    "//a:left": ("//b:base",),
    "//a:right": ("//b:base", "//a:file.txt"),
    "//b:base": ("//b:base.txt",),
    "//c:alone": (),
}
RULES = {"//a:top": filegroup, "//a:left": copy, "//a:right": copy, "//b:base": alias, "//c:alone": copy}
RAW = {
    "//a:left": {"word": "xnnpack", "srcs": ("x", "y")},
    "//a:right": {"word": select(armv7em="xnnpack", default="portable")},
}


def graph():
    targets = {}
    for text, needs in EDGES.items():
        label = parse_label(text)
        targets[label] = TargetSpec(
            label, RULES[text], RAW.get(text, {}), None, tuple(map(parse_label, needs)), manual=text == "//c:alone"
        )
    return TargetGraph(targets, tuple(targets), frozenset())


def ask(text):
    return [label.full for label in answer(parse_query(text), loaded_universe(graph()))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("//a:top", ["//a:top"]),
        ("//a/...", ["//a:top", "//a:left", "//a:right"]),
        ("//a:all", ["//a:top", "//a:left", "//a:right"]),
        ("//a:file.txt", ["//a:file.txt"]),
        ("deps(//a:left)", ["//a:left", "//b:base", "//b:base.txt"]),
        ("deps(//a:top, 1)", ["//a:top", "//a:left", "//a:right"]),
        ("deps(//a:top, 0)", ["//a:top"]),
        ("rdeps(//..., //b:base)", ["//b:base", "//a:left", "//a:right", "//a:top"]),
        ("rdeps(//..., //b:base, 1)", ["//b:base", "//a:left", "//a:right"]),
        ("rdeps(//a:left, //b:base)", ["//b:base", "//a:left"]),
        ("rdeps(//..., //a:file.txt)", ["//a:file.txt", "//a:right", "//a:top"]),
        ("rdeps(//c:alone, //b:base)", []),
        ("somepath(//a:top, //b:base)", ["//a:top", "//a:left", "//b:base"]),
        ("somepath(//c:alone, //b:base)", []),
        ("somepath(//c:alone + //a:left, //b:base.txt)", ["//a:left", "//b:base", "//b:base.txt"]),
        ("kind(copy, //...)", ["//a:left", "//a:right", "//c:alone"]),
        ("kind('copy rule', //a/...)", ["//a:left", "//a:right"]),
        ("kind('source file', deps(//a:right))", ["//a:file.txt", "//b:base.txt"]),
        ("attr(word, '^xnnpack$', //...)", ["//a:left"]),
        ("attr(srcs, 'x, y', //...)", ["//a:left"]),
        ("attr(manual, true, //...)", ["//c:alone"]),
        ("attr(name, '^le', //...)", ["//a:left"]),
        ("attr(nothing, '', //...)", []),
        ("//a/... + //c:alone", ["//a:top", "//a:left", "//a:right", "//c:alone"]),
        ("//... - //a/...", ["//b:base", "//c:alone"]),
        ("//... -//a/... - //b:base", ["//c:alone"]),
        ("deps(//a:left) ^ deps(//a:right)", ["//b:base", "//b:base.txt"]),
        ("//... except //a/... intersect //b:base union //a:top", ["//b:base", "//a:top"]),
        ("//... - (//a/... + //b:base)", ["//c:alone"]),
        ('"//a:top"', ["//a:top"]),
    ],
)
def test_a_query_means_these_targets(text, expected):
    assert ask(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("", "here must be a pattern or a function, is the end", 1),
        ("deps(//a:top", "here must be ',' or ')', is the end", 13),
        ("kind(copy, //a:top", "here must be ')', is the end", 19),
        ("deps(//a:top))", "here must be an operator (+, -, ^) or the end, is ')'", 14),
        ("//a:top //b:base", "here must be an operator (+, -, ^) or the end, is '//b:base'", 9),
        ("//a:top +", "here must be a pattern or a function, is the end", 10),
        ("dep(//a:top)", "no function 'dep' in queries", 1),
        ("deps(//a:top, much)", "here must be a depth (a whole number), is 'much'", 15),
        ("kind(, //a:top)", "here must be a word, is ','", 6),
        ("deps('//a:top)", "a quote must be closed, is not", 6),
        ("a:top", "'a:top' is no label: a label starts with // or @", 1),
    ],
)
def test_a_bad_query_is_shown_where_it_is_bad(text, message, column):
    with pytest.raises(EtbuildError) as caught:
        parse_query(text)
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.message == message
    assert diagnostic.span.column == column


def test_a_bad_query_reads_like_any_mistake():
    with pytest.raises(EtbuildError) as caught:
        parse_query("rdep(//..., //a:top)")
    assert caught.value.diagnostics[0].render() == (
        "error[bad-query]: no function 'rdep' in queries\n"
        " --> query:1:1\n"
        "  |\n"
        "1 | rdep(//..., //a:top) \n"
        "  | ^^^^\n"
        "  hint: did you mean 'rdeps'?"
    ).replace("top) \n", "top)\n")


def test_a_bad_regular_expression_is_a_mistake():
    with pytest.raises(EtbuildError) as caught:
        ask("attr(name, '(', //...)")
    assert caught.value.diagnostics[0].render() == (
        "error[bad-query]: '(' must be a regular expression: missing ), unterminated subpattern\n"
        " --> query:1:12\n"
        "  |\n"
        "1 | attr(name, '(', //...)\n"
        "  |            ^^^"
    )


def test_an_unknown_target_is_a_mistake_with_the_nearest():
    with pytest.raises(EtbuildError) as caught:
        ask("//a:tpo")
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.message == "no target or file '//a:tpo' in the graph"
    assert diagnostic.hint == "did you mean '//a:top'?"


def test_a_query_says_what_to_load():
    query = parse_query("rdeps(//..., //b:base) + kind(x, deps(//a:top) - //c/...)")
    assert [str(pattern) for pattern in patterns_in(query)] == ["//...", "//b:base", "//a:top", "//c/..."]


def test_a_configured_query_follows_the_branches_that_were_chosen():
    sample = Sample(
        {
            "//a:a": (filegroup, {"srcs": select(armv7em=(":x",), default=(":y",))}),
            "//a:x": (copy, {"out": "x"}),
            "//a:y": (copy, {"out": "y", "word": "here"}),
        }
    )
    universe = configured_universe(sample.analyze("//a:a", platforms=("host", "//platforms:cortex_m7")))
    assert answer(parse_query("deps(//a:a) - //a:a"), universe) == (
        (Label("", "a", "y"), "host"),
        (Label("", "a", "x"), "cortex_m7"),
    )
    assert answer(parse_query("attr(word, here, //...)"), universe) == ((Label("", "a", "y"), "host"),)


@given(st.text(alphabet="abdeps(),+-^ '\"/:.0", max_size=30))
def test_any_text_parses_or_is_a_mistake(text):
    try:
        parse_query(text)
    except EtbuildError as error:
        assert {d.code for d in error.diagnostics} <= {"bad-query", "bad-label"}  # noqa: PT017
