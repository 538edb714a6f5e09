"""What is in the key changes it, and nothing else does."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etbuild.execution.action_key import action_identity, action_key
from etbuild.execution.input_tree import InputTrees
from etbuild.model.action import KEYED, NOT_KEYED, Action, Mount, OutputFile, Resources
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.digest import digest_of
from etbuild.model.label import Label


class Content:
    """A DigestSource in memory: an artifact's content is its path, unless it was changed."""

    def __init__(self, changed=None) -> None:
        self.changed = changed or {}

    def files(self, artifact):
        content = self.changed.get(artifact.path, artifact.path)
        paths = content if isinstance(content, dict) else {"": content}
        return [
            (f"{artifact.path}/{below}" if below else artifact.path, OutputFile(digest_of(text.encode())))
            for below, text in paths.items()
        ]


def source(path):
    return Artifact(path, location=f"/elsewhere/{path}")


ACTION = Action(
    mnemonic="EtLower",
    argv=("python", "lower.py", "--max-seq-len", "128", "models/a.pt2"),
    inputs=InputSet([source("models/a.pt2")], [InputSet([source("_exec/lower.py"), source("_exec/common.py")])]),
    outputs=(Artifact("models/a.pte", "host"), Artifact("models/a.json", "host")),
    env=(("OMP_NUM_THREADS", "1"),),
    mounts=(Mount("/etbuild/environments/base", "ab" * 32),),
)


def key(action, content=None):
    return action_key(action, InputTrees(content or Content())).key


def test_each_field_of_an_action_is_keyed_or_is_said_not_to_be():
    assert {field.name for field in fields(Action)} == KEYED | NOT_KEYED
    assert not KEYED & NOT_KEYED


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
paths = st.from_regex(r"[a-z]{1,3}(/[a-z]{1,3}){0,2}\.x", fullmatch=True)
artifacts = st.builds(Artifact, paths, st.sampled_from(["host", "board"]), is_tree=st.booleans())
sources = st.builds(source, paths)
sets = st.builds(
    InputSet, st.lists(sources, max_size=3), st.lists(st.builds(InputSet, st.lists(sources, max_size=3)), max_size=2)
)
mounts = st.builds(Mount, paths.map("/".__add__), texts, texts, texts, texts)
changes = {
    "argv": st.lists(texts, max_size=4).map(tuple),
    "inputs": sets,
    "outputs": st.lists(artifacts, max_size=3, unique_by=lambda a: a.path).map(tuple),
    "env": st.dictionaries(texts.filter(bool), texts, max_size=3).map(lambda env: tuple(sorted(env.items()))),
    "mounts": st.lists(mounts, max_size=2, unique_by=lambda m: m.path).map(tuple),
    "mnemonic": texts,
    "progress": texts,
    "owner": st.builds(Label, texts, texts, texts),
    "configuration": texts,
    "resources": st.builds(Resources, st.integers(), st.integers()),
    "worker": texts,
    "timeout": st.integers(),
    "depfile": st.builds(Artifact, paths.map("d/".__add__)),
    "headers": sets,
}


def keyed_part(action):
    """What of an action's fields is meant to count."""
    return (
        action.argv,
        {artifact.path for artifact in action.inputs},
        {(output.path, output.is_tree) for output in action.outputs},
        action.depfile,
        action.env,
        {(mount.path, mount.digest) for mount in action.mounts},
    )


@given(st.sampled_from(sorted(changes)).flatmap(lambda name: changes[name].map(lambda value: {name: value})))
def test_a_change_of_what_is_keyed_changes_the_key_and_no_other_does(change):
    changed = replace(ACTION, **change)

    assert (key(changed) == key(ACTION)) == (keyed_part(changed) == keyed_part(ACTION))
    if change.keys() <= NOT_KEYED:
        assert key(changed) == key(ACTION)


@given(st.lists(texts, max_size=4), st.lists(texts, max_size=4))
def test_arguments_cannot_run_into_each_other(some, others):
    same = key(replace(ACTION, argv=tuple(some))) == key(replace(ACTION, argv=tuple(others)))
    assert same == (some == others)


@pytest.mark.parametrize(
    "changed",
    [
        {"models/a.pt2": "other bytes"},
        {"_exec/common.py": "# a changed tool"},
        {"models/a.pt2": {"weights": "1"}},
        {"models/a.pt2": {}},
    ],
    ids=["input", "tool", "a folder in place of a file", "an empty folder"],
)
def test_changed_content_changes_the_key(changed):
    assert key(ACTION, Content(changed)) != key(ACTION)


def test_an_executable_input_is_another_input():
    class Executable(Content):
        def files(self, artifact):
            return [(path, replace(file, executable=True)) for path, file in super().files(artifact)]

    assert key(ACTION, Executable()) != key(ACTION)


def test_neither_places_on_disk_nor_configurations_are_in_the_key():
    moved = replace(
        ACTION,
        inputs=InputSet([Artifact(a.path, "board", location="/another/checkout") for a in ACTION.inputs]),
        outputs=tuple(replace(output, configuration="board") for output in ACTION.outputs),
    )
    assert key(moved) == key(ACTION)


def test_the_order_of_inputs_environment_and_outputs_does_not_matter():
    turned = replace(
        ACTION,
        inputs=InputSet(list(ACTION.inputs)[::-1]),
        outputs=ACTION.outputs[::-1],
        env=(("A", "1"), *ACTION.env),
    )
    assert key(turned) == key(replace(ACTION, env=(*ACTION.env, ("A", "1"))))


def test_the_key_is_what_it_was_in_the_last_release():
    """A changed encoding would throw away every cache: change SALT instead, knowingly."""
    assert key(ACTION) == "801647fb3b65e93f2c22f2e411646336c9d4df69f1e536c0dd95915c42e41748"


def test_an_action_is_known_by_its_first_output_and_a_test_by_its_owner():
    test = replace(ACTION, mnemonic="Test", outputs=(), owner=Label("", "models", "t"), configuration="host")

    assert action_identity(ACTION) == action_identity(replace(ACTION, argv=("other",)))
    assert action_identity(test) != action_identity(replace(test, owner=Label("", "models", "u")))
    assert action_identity(ACTION) != action_identity(replace(ACTION, configuration="board"))
