"""Input trees share what they have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etbuild.execution import input_tree
from etbuild.execution.input_tree import InputTrees, folder_of
from etbuild.model.action import OutputFile
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.digest import digest_of


class Named:
    """Each artifact holds its own path."""

    def __init__(self) -> None:
        self.asked = 0

    def files(self, artifact):
        self.asked += 1
        return [(artifact.path, OutputFile(digest_of(artifact.path.encode())))]


def inputs(*paths: str):
    return InputSet([Artifact(path) for path in paths])


def flat(paths):
    return folder_of([(path, OutputFile(digest_of(path.encode()))) for path in paths])


path_lists = st.lists(st.from_regex(r"[ab](/[ab]){0,3}/[cd]", fullmatch=True), max_size=6)


@given(st.lists(path_lists, min_size=1, max_size=4))
def test_a_tree_of_nested_sets_is_the_tree_of_all_their_files(lists):
    nested = InputSet()
    for paths in lists:
        nested = InputSet([Artifact(path) for path in paths], [nested, inputs(*paths[:2])])

    assert InputTrees(Named()).tree(nested).digest == flat({path for paths in lists for path in paths}).digest


@pytest.fixture
def hashed(monkeypatch):
    """Sizes of the messages that were hashed."""
    sizes = []

    def count(content):
        sizes.append(len(content))
        return digest_of(content)

    monkeypatch.setattr(input_tree, "digest_of", count)
    return sizes


def test_one_more_leaf_hashes_the_path_to_it_alone(hashed):
    common = inputs(*(f"library/part{i % 100}/file{i}" for i in range(10_000)))
    source = Named()
    trees = InputTrees(source)
    assert trees.tree(common).digest
    hashed.clear()
    source.asked = 0

    for i in range(5):
        assert trees.tree(InputSet([Artifact(f"library/part7/leaf{i}")], [common])).digest

    assert source.asked == 5
    assert len(hashed) == 5 * 3  # The root, library, part7.


def test_a_set_that_thousands_share_is_asked_for_once():
    source = Named()
    trees = InputTrees(source)
    common = inputs("a/b", "a/c")

    for i in range(1000):
        trees.tree(InputSet([Artifact(f"leaf{i}")], [common]))

    assert source.asked == 1002


def test_sets_may_be_nested_deeper_than_the_stack():
    nested = InputSet()
    for i in range(3000):
        nested = InputSet([Artifact(f"p/{i % 10}")], [nested])

    assert InputTrees(Named()).tree(nested).count == 10


def test_two_files_of_one_path_are_a_bug_that_makes_no_key():
    class Two(Named):
        def files(self, artifact):
            return [(artifact.path, OutputFile(digest_of(artifact.configuration.encode())))]

    clash = InputSet([Artifact("a/b", "host")], [InputSet([Artifact("a/b", "board")])])
    with pytest.raises(ValueError, match="two inputs of an action have one path that ends in 'b'"):
        InputTrees(Two()).tree(clash)


def test_a_file_and_a_folder_of_one_path_are_a_bug_that_makes_no_key():
    with pytest.raises(ValueError, match="ends in 'a'"):
        InputTrees(Named()).tree(InputSet([Artifact("a")], [inputs("a/b")]))


def test_forgotten_trees_are_made_again():
    source = Named()
    trees = InputTrees(source)
    common = inputs("a")
    trees.tree(common)
    trees.forget()
    trees.tree(common)

    assert source.asked == 2
