"""What one BUILD.toml means, and how each mistake in it is told."""

# ruff: noqa: E501, ISC004 - texts stand as they are written and told.

from __future__ import annotations

import pytest

from etbuild.model.label import Label, parse_label
from tests.unit.loading.conftest import Tree

# The attribute as written, and what is said of it.
REFUSED = {
    'count = "512"': "'count' of thing must be a whole number from 1 to 8192, is the text \"512\"",
    "count = 9000": "'count' of thing must be a whole number from 1 to 8192, is 9000",
    "count = 1.5": "'count' of thing must be a whole number from 1 to 8192, is 1.5",
    "count = true": "'count' of thing must be a whole number from 1 to 8192, is true",
    'ratio = "1"': "'ratio' of thing must be a number, is the text \"1\"",
    "fast = 1": "'fast' of thing must be true or false, is 1",
    'kind = "blue"': "'kind' of thing must be one of 'round', 'square' or 'flat', is the text \"blue\"",
    'word = "Ä"': "'word' of thing must be text of 1 character or more that matches ^[a-z]+$, is the text \"Ä\"",
    "word = []": "'word' of thing must be text of 1 character or more that matches ^[a-z]+$, is an empty list",
    "shape = [1]": "'shape' of thing must be a list of 2, is a list of 1",
    "shape = [1, 2, 3]": "'shape' of thing must be a list of 2, is a list of 3",
    'length = "x"': "'length' of thing must be a whole number or 'auto', is the text \"x\"",
    'names = "a"': "'names' of thing must be a list of texts of 0 to 2 elements, is the text \"a\"",
    'names = ["a", "b", "c"]': "'names' of thing must be a list of texts of 0 to 2 elements, is a list of 3",
    'names = ["a", 1]': "'names[1]' of thing must be text, is 1",
    "base = 1": "'base' of thing must be a label, is 1",
    "deps = 1979-05-27": "'deps' of thing must be a list of labels, is 1979-05-27",
    "parts = { a = 1 }": "'parts.a' of thing must be a table, is 1",
    'parts = { a = { size = "1" } }': "'parts.a.size' of thing must be a whole number, is the text \"1\"",
    "parts = { A = {} }": "the key 'parts.A' of thing must be text that matches ^[a-z]+$, is the text \"A\"",
    "examples = 5": "'examples' of thing must be a text such as \"file.py:function\" or a list of tables, is 5",
    'examples = "x.py"': '\'examples\' of thing must be a text such as "file.py:function" or a list of tables, is the text "x.py"',
    "examples = [1]": "'examples[0]' of thing must be a table, is 1",
    'examples = [{ size = "1" }]': "'examples[0].size' of thing must be a whole number, is the text \"1\"",
    "examples = [{ size = 1, sise = 2 }]": "'examples[0]' of thing has no attribute 'sise'",
    "manual = 1": "'manual' of thing must be true or false, is 1",
    'tags = "a"': "'tags' of thing must be a list of texts, is the text \"a\"",
    'ram = "4 gigs"': '\'ram\' of thing must be bytes or a text such as "4GiB", is the text "4 gigs"',
    "ram = -1": "'ram' of thing must not be negative, is -1",
    'kind = "flat"\ncount = 2': "thing: must have one 'count' where 'kind' is flat",
    'base = "a b"': "'base' of thing: 'a b' is no label: 'a b' is no name of a target or file: it must hold no white space and none of : \\ \" ' * ? [ ]",
    'visibility = ["//a b"]': "'//a b:all' is no label: 'a b' is no name of a package: it must be of letters, digits and _ @ % + = , ~ . -",
}


@pytest.mark.parametrize("written", REFUSED)
def test_a_refused_value_is_told_with_what_must_be_and_what_is(tree: Tree, written: str) -> None:
    tree.write({"p/BUILD.toml": f"[thing.a]\n{written}\n"})
    [text] = tree.mistakes()
    first, place = text.splitlines()[:2]
    assert first.partition(": ")[2] == REFUSED[written]
    assert place.strip().startswith("--> p/BUILD.toml:")


def test_a_mistake_shows_its_line_and_marks_the_value(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": '# A comment.\n[thing.a]\nratio = 2\ncount   = "512"  # Not a number.\n'})
    assert tree.mistakes() == [
        "error[wrong-type]: 'count' of thing must be a whole number from 1 to 8192, is the text \"512\"\n"
        " --> p/BUILD.toml:4:11\n"
        "  |\n"
        '4 | count   = "512"  # Not a number.\n'
        "  |           ^^^^^"
    ]


def test_an_unknown_attribute_is_marked_and_the_closest_is_named(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": "[thing.a]\ncuont = 1\nvisiblity = []\nparts.x.sise = 1\n"})
    nested, first, second = tree.mistakes()
    assert "thing has no attribute 'cuont'\n --> p/BUILD.toml:2:1\n" in first
    assert first.endswith("2 | cuont = 1\n  | ^^^^^\n  hint: did you mean 'count'?")
    assert second.endswith("hint: did you mean 'visibility'?")
    assert "'parts.x' of thing has no attribute 'sise'" in nested
    assert nested.endswith("hint: did you mean 'size'?")


def test_a_missing_attribute_is_shown_at_the_target(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": "[needy.a]\n"})
    [text] = tree.mistakes()
    assert text.startswith("error[missing-attribute]: 'model' of needy must be given: a label\n --> p/BUILD.toml:1:1\n")


def test_an_unknown_rule_names_the_closest(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": "[thnig.a]\n"})
    [text] = tree.mistakes()
    assert text.startswith("error[unknown-rule]: no rule 'thnig'\n --> p/BUILD.toml:1:1\n")
    assert text.endswith("hint: did you mean 'thing'?")


def test_all_mistakes_of_all_packages_are_told_at_once(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": '[thing.a]\ncount = 0\nkind = "x"\n[needy.b]\n[nothing.c]\n[needy.d]\n',
            "q/BUILD.toml": "[thing\n",
            "r/BUILD.toml": '[thing.a]\ndeps = ["//nowhere:x", ":gone", "//p:a", "//q:any", "//p:c"]\n',
        }
    )
    assert sorted(tree.codes()) == [
        "missing-attribute", "missing-attribute", "toml-syntax", "unknown-package", "unknown-rule", "unknown-target", "wrong-type", "wrong-type",
    ]  # fmt: skip  # One and the same mistake of two targets is two.


def test_a_name_given_twice_shows_both_places(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": '[thing.a]\n\n[needy.a]\nmodel = "//p:b"\n', "q/BUILD.toml": "[thing.a]\n[thing.a]\n"})
    first, second = tree.mistakes()
    assert "'a' is given to a thing and a needy\n --> p/BUILD.toml:3:1\n" in first
    assert first.endswith("note: the first stands at p/BUILD.toml:1:1: [thing.a]")
    assert second.startswith("error[duplicate-target]: [thing.a] stands twice\n --> q/BUILD.toml:2:1")
    assert second.endswith("note: the first stands at q/BUILD.toml:1:1")


def test_an_unquoted_dot_in_a_name_is_told_with_the_right_spelling(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": "[thing.llama-3.2.x]\ncount = 1\n"})
    [text] = tree.mistakes()
    assert text == (
        "error[unquoted-dot]: a dot in a target's name must be quoted, is not in [thing.llama-3.2.x]\n"
        " --> p/BUILD.toml:1:1\n"
        "  |\n"
        "1 | [thing.llama-3.2.x]\n"
        "  | ^^^^^^^^^^^^^^^^^^^\n"
        '  hint: write [thing."llama-3.2.x"]'
    )


def test_a_quoted_dot_is_part_of_the_name(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": '[thing."llama-3.2"]\ncount = 2\n'})
    assert list(tree.load().targets) == [Label("", "p", "llama-3.2")]


def test_a_misspelt_table_of_an_attribute_is_no_unquoted_dot(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": "[thing.a.part.x]\nsize = 1\n"})
    assert tree.codes() == ["unknown-attribute"]


@pytest.mark.parametrize("text", ["thing = 1\n", "[thing]\ncount = 1\n", "[[thing]]\ncount = 1\n", "package = 1\n"])
def test_what_is_no_target_is_refused(tree: Tree, text: str) -> None:
    tree.write({"p/BUILD.toml": text})
    assert tree.codes() == ["wrong-type"]


def test_a_name_that_is_no_label_is_refused(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": '[thing."a b"]\n'})
    assert tree.codes() == ["bad-label"]


def test_common_attributes_are_kept_apart_from_the_rules_own(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": """
            [thing.a]
            tags = ["slow", "gpu"]
            manual = true
            ram = "1.5GiB"
            compatible_with = ["@etbuild//toolchains/cpu:arm"]
            visibility = ["//q", "//r/...", "//s:one", "//t:__pkg__", "//u:__subpackages__", "//visibility:private"]
        """
        }
    )
    spec = tree.target("a")
    assert spec.raw == {}
    assert spec.tags == {"slow", "gpu"}
    assert spec.manual
    assert spec.ram == 3 << 29
    assert spec.compatible_with == {parse_label("@etbuild//toolchains/cpu:arm")}
    assert spec.dependencies == (parse_label("@etbuild//toolchains/cpu:arm"),)
    assert [str(pattern) for pattern in spec.visibility] == ["//q:all", "//r/...", "//s:one", "//t:all", "//u/..."]


def test_defaults_of_the_package_serve_targets_that_do_not_say_otherwise(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": """
            [package]
            defaults.thing = { count = 7, tags = ["x"], srcs = ["s.txt"] }
            [thing.a]
            [thing.b]
            count = 8
        """,
            "p/s.txt": "",
        }
    )
    a, b = tree.target("a"), tree.target("b")
    assert (a.attrs.count, b.attrs.count, a.tags) == (7, 8, {"x"})
    assert a.span("srcs", 0).text == 'defaults.thing = { count = 7, tags = ["x"], srcs = ["s.txt"] }'


def test_a_mistake_in_defaults_is_shown_where_it_stands(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": """
            [package.defaults.thing]
            count = "x"
            [thing.a]
            [thing.b]
        """,
            "q/BUILD.toml": "[package]\ndefaults.thng = { count = 1 }\ndefaults.thing = { cont = 1 }\n[thing.a]\n",
        }
    )
    first, *others = tree.mistakes()
    assert "--> p/BUILD.toml:2:9" in first
    assert [other.splitlines()[0] for other in others] == [
        "error[unknown-rule]: no rule 'thng'",
        "error[unknown-attribute]: thing has no attribute 'cont'",
    ]


def test_each_attribute_and_part_of_one_has_a_span(tree: Tree) -> None:
    tree.write(
        {
            "p/BUILD.toml": '[thing.a]\nsrcs = ["x.txt",\n  "y.txt"]\n[thing.a.parts.one]\nsize = 3\n',
            "p/x.txt": "",
            "p/y.txt": "",
        }
    )
    spec = tree.target("a")
    assert (spec.span().line, spec.span("srcs").line, spec.span("srcs", 1).line) == (1, 2, 3)
    assert spec.spans["parts.one.size"].text == "size = 3"
    assert spec.span("kind") == spec.span()
    assert set(spec.spans) == {"", "srcs", "srcs[0]", "srcs[1]", "parts", "parts.one", "parts.one.size"}
