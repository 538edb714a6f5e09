"""Matrices: real targets, and a group that stands for them."""

from __future__ import annotations

import pytest

from tests.unit.loading.conftest import Tree

MATRIX = """
    [thing.m]
    count = 3
    [thing.m.matrix]
    name = "m_{kind}_{fast}"
    kind = ["round", "square"]
    fast = [true, false]
    exclude = [{ kind = "square", fast = false }]
"""
REFUSED = {
    'name = "m_{kind}"': 'a matrix must have an axis, such as backend = ["xnnpack", "portable"]',
    'kind = ["round"]': "a matrix must have a 'name'",
    'name = "m_{kynd}"\nkind = ["round"]': "'name' asks for the axis 'kynd', the matrix has none such",
    'name = "m_{kind:>9}"\nkind = ["round"]': "'name' asks for the axis 'kind', the matrix has none such",
    'name = "m_{kind"\nkind = ["round"]': "a brace in 'name' must have a partner",
    'name = "m"\nkind = ["round", "square"]': "each target's name must differ, 'm' is given twice",
    'name = "x"\nkind = ["round", "square"]': "each target's name must differ, 'x' is given twice",
    'name = "m_{kind}"\nkind = "round"': "axis 'kind' must be a list of one value or more",
    'name = "m_{kind}"\nkind = []': "axis 'kind' must be a list of one value or more",
    'name = "m_{kind}"\nkind = ["a b"]': "'m_a b' is no name of a target",
    'name = "m_{srcs}"\nsrcs = [["a"]]': "a value in 'name' must be a text or a number, 'srcs' has another",
    'name = "m_{count}"\ncount = [1]': "'count' must stand in the table or in its matrix, stands in both",
    'name = "m_{kind}"\nkind = ["round"]\nexclude = [{ kind = "flat" }]':
        "'exclude' names kind = 'flat', the matrix has none such",
    'name = "m_{kind}"\nkind = ["round"]\nexclude = [{ kind = "round" }]': "'exclude' must leave a target, leaves none",
    'name = "m_{kind}"\nkind = ["round"]\nexclude = "round"':
        "'exclude' must be a list of tables such as { backend = \"xnnpack\" }",
}  # fmt: skip


def test_each_point_that_is_not_excluded_is_a_target(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": MATRIX})
    graph = tree.load()
    assert sorted(label.name for label in graph.targets) == ["m", "m_round_false", "m_round_true", "m_square_true"]
    attrs = tree.target("m_square_true").attrs
    assert (attrs.kind, attrs.fast, attrs.count) == ("square", True, 3)


def test_the_tables_own_name_is_a_group_of_them(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": MATRIX.replace("count = 3", 'visibility = ["//q"]')})
    group = tree.target("m")
    assert group.rule.name == "alias_group"
    assert [label.name for label in group.dependencies] == ["m_round_true", "m_round_false", "m_square_true"]
    assert [str(pattern) for pattern in group.visibility] == ["//q:all"]


def test_a_mistake_in_an_axis_is_shown_at_the_value(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": MATRIX.replace('"square"]', '"squire"]').replace('kind = "square", ', "")})
    [text] = tree.mistakes()
    assert "'kind' of thing must be one of 'round', 'square' or 'flat', is the text \"squire\"" in text
    assert " --> p/BUILD.toml:5:18\n" in text


@pytest.mark.parametrize("matrix", REFUSED)
def test_a_matrix_that_makes_no_sense_is_refused(tree: Tree, matrix: str) -> None:
    tree.write({"p/BUILD.toml": f"[thing.m]\ncount = 3\n[thing.m.matrix]\n{matrix}\n"})
    texts = [text.partition("\n")[0] for text in tree.mistakes()]
    assert texts == [f"error[bad-matrix]: {REFUSED[matrix]}"]


def test_a_target_of_a_matrix_and_another_of_its_name_clash(tree: Tree) -> None:
    tree.write({"p/BUILD.toml": MATRIX + '    [needy.m_round_true]\n    model = ":m"\n'})
    assert tree.codes() == ["duplicate-target"]


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        (MATRIX, {"count"}),
        ("[package.defaults.thing]\ncount = 3\n[thing.m_round_true]\nkind = 'round'", {"count"}),
        ("[package.defaults.thing]\ncount = 3\n[thing.m_round_true]\ncount = 2", set()),
        ("[thing.m_round_true]\ncount = 3\nkind = { select = { default = 'round' } }", {"count", "kind"}),
    ],
    ids=["beside a matrix", "in defaults", "over defaults", "beside a select"],
)
def test_what_is_written_for_others_too_is_known(tree: Tree, text: str, shared: set[str]) -> None:
    tree.write({"p/BUILD.toml": text})
    [spec] = [spec for spec in tree.load("//p:m_round_true").targets.values() if spec.label.name == "m_round_true"]
    assert spec.shared == shared
