"""Selects: every branch is checked when it is loaded, and all of their labels are dependencies."""

from __future__ import annotations

import pytest

from etbuild.api import as_tables, given
from etbuild.loading.configured_attrs import check_attrs
from etbuild.model.label import Label, parse_label
from etbuild.model.select import Branch, Select
from tests.unit.loading.conftest import Tree

ARM = parse_label("@etbuild//toolchains/cpu:arm")
X86 = parse_label("@etbuild//toolchains/cpu:x86")
CPU = "@etbuild//toolchains/cpu"


def test_a_select_is_kept_until_its_target_is_configured(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": f"""
            [thing.a]
            count = {{ select = {{ "{CPU}:arm" = 2, "{CPU}:arm & {CPU}:x86" = 3, default = 4 }} }}
            names = ["a", {{ select = {{ default = ["b"] }} }}]
        """
        }
    )
    spec = tree.target("a")
    assert spec.attrs is None
    assert spec.raw["count"] == Select((
        Branch(frozenset({ARM}), 2), Branch(frozenset({ARM, X86}), 3), Branch(frozenset(), 4),
    ))  # fmt: skip
    assert spec.raw["names"] == ("a", Select((Branch(frozenset(), ("b",)),)))


def test_all_labels_of_all_branches_and_conditions_are_dependencies(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": f"""
            [thing.a]
            srcs = ["s.txt", {{ select = {{ "{CPU}:arm" = [":b", "t.txt"], default = ":c" }} }}]
            base = {{ select = {{ "{CPU}:arm" = ":d", "{CPU}:x86" = ":b" }} }}
            [thing.b]
            [thing.c]
            [thing.d]
        """,
            "p/s.txt": "",
            "p/t.txt": "",
        }
    )
    graph = tree.load("//p:a")
    spec = graph.targets[Label("", "p", "a")]
    assert {label.name for label in spec.dependencies} == {"s.txt", "t.txt", "b", "c", "d", "arm", "x86"}
    assert {label.name for label in graph.files} == {"s.txt", "t.txt"}
    assert {label.name for label in graph.targets} == {"a", "b", "c", "d", "arm", "x86"}


def test_a_mistake_in_any_branch_is_found_and_shown_in_it(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": f"""
            [thing.a]
            count = {{ select = {{ "{CPU}:arm" = 1, "{CPU}:x86" = "2", default = 0 }} }}
            names = ["ok", {{ select = {{ "{CPU}:arm" = "x", default = ["y", 3] }} }}]
            kind = "blue"
        """
        }
    )
    texts = [text.splitlines() for text in tree.mistakes()]
    marked = [text[3][4:][text[4].index("^") - 4 : text[4].rindex("^") - 3] for text in texts]
    assert [(text[0].partition(": ")[2], mark) for text, mark in zip(texts, marked, strict=True)] == [
        ("'kind' of thing must be one of 'round', 'square' or 'flat', is the text \"blue\"", '"blue"'),
        ("'count' of thing must be a whole number from 1 to 8192, is the text \"2\"", '"2"'),
        ("'count' of thing must be a whole number from 1 to 8192, is 0", "0"),
        ("'names[2]' of thing must be text, is 3", "3"),
    ]


def test_what_a_schema_says_of_several_attributes_waits_until_they_are_configured(tree: Tree) -> None:
    text = (
        '[thing.a]\ncount = 2\nkind = { select = { "//p:arm" = "flat", default = "round" } }\n[constraint_value.arm]\n'
    )
    tree.write({"p/BUILD.toml": text})
    spec = tree.target("a")
    assert given(check_attrs(spec, {"count": 2, "kind": "round"})) == {"count", "kind"}
    with pytest.raises(Exception, match="must have one 'count' where 'kind' is flat"):
        check_attrs(spec, {"count": 2, "kind": "flat"})


def test_labels_of_the_workspaces_own_name_are_its_own_after_selection_too(tree: Tree) -> None:
    text = '[thing.a]\nbase = { select = { "@test//p:arm" = "@test//p:b", default = ":b" } }\n[thing.b]\n'
    tree.write({"p/BUILD.toml": text + "[constraint_value.arm]\n"})
    spec = tree.target("a")
    assert spec.raw["base"].branches[0].conditions == {Label("", "p", "arm")}
    assert as_tables(check_attrs(spec, {"base": "@test//p:b"}))["base"] == "//p:b"


REFUSED = {
    "count = { select = {} }": "bad-select",
    'count = { select = { "a b" = 1 } }': "bad-label",
    'count = { select = { "//p:arm" = 1, "//p:arm " = 2 } }': "bad-select",
    'count = { select = { "//p:arm & :arm" = 1 } }': "bad-select",
    "count = { select = { default = { select = { default = 1 } } } }": "bad-select",
    'parts = { x = { source = { select = { default = ":arm" } } } }': "bad-select",
    'base = { select = { default = ":nothing" } }': "unknown-target",
    'base = { select = { "//p:nothing" = ":arm" } }': "unknown-target",
    'srcs = [{ glob = ["*.nothing"] }]': "glob-matches-nothing",
    'srcs = { glob = ["*.nothing"], exclude = ["x"] }': "glob-matches-nothing",
    'srcs = { glob = "*" }': "wrong-type",
    'srcs = { glob = ["../*"] }': "bad-label",
}


@pytest.mark.parametrize("written", REFUSED)
def test_a_select_or_glob_that_makes_no_sense_is_refused(tree: Tree, written: str) -> None:
    tree.write({"p/BUILD.toml": f"[thing.a]\n{written}\n[constraint_value.arm]\n"})
    assert tree.codes() == [REFUSED[written]]


def test_a_file_whose_name_is_no_text_is_refused_where_a_glob_matches_it(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": '[thing.a]\nsrcs = { glob = ["*.txt"] }\n', "p/\udcff.txt": ""})
    [text] = tree.mistakes()
    assert "a file's name must be UTF-8, the glob matches b'\\xff.txt'" in text
    assert "hint: rename it, or exclude it" in text


WRONG_KEYS = {
    'base = { select = { "//p:nothing" = ":arm" } }': ("unknown-target", "//p:nothing"),
    'base = { select = { ":arm & //p:nothing" = ":arm" } }': ("unknown-target", "//p:nothing"),
    'count = { select = { "//p:arm & a b" = 1 } }': ("bad-label", "a b"),
    'base.select.":nothing" = ":arm"': ("unknown-target", ":nothing"),
}


@pytest.mark.parametrize("written", WRONG_KEYS)
def test_a_wrong_condition_of_a_select_is_marked_itself(tree: Tree, written: str) -> None:
    tree.write({"p/BUILD.toml": f"[thing.a]\n{written}\n[constraint_value.arm]\n"})
    [text] = tree.mistakes()
    code, marked = WRONG_KEYS[written]
    lines = text.splitlines()
    assert lines[0].startswith(f"error[{code}]")
    assert lines[3].partition("| ")[2][lines[4].index("^") - 4 :].startswith(marked)
    assert lines[4].count("^") == len(marked)


def test_a_glob_gives_labels_of_files_wherever_a_list_stands(tree: Tree) -> None:
    tree.write({
        "p/BUILD.toml": """
            [thing.a]
            srcs = { glob = ["*.txt"], exclude = ["b.*"] }
            [thing.b]
            srcs = ["c.md", { glob = ["*.txt"] }, ":a"]
            [thing.c]
            srcs = { select = { default = { glob = ["d/*"] } } }
        """,
        "p/a.txt": "", "p/b.txt": "", "p/c.md": "", "p/d/e.txt": "",
    })  # fmt: skip
    graph = tree.load()
    names = {target: [d.name for d in graph.targets[Label("", "p", target)].dependencies] for target in "abc"}
    assert names == {"a": ["a.txt"], "b": ["c.md", "a.txt", "b.txt", "a"], "c": ["d/e.txt"]}
    assert tree.target("b").span("srcs", 3).column == 39
    assert f"{tree.root}/p/d" in graph.probed
