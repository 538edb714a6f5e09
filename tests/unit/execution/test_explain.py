"""explain names what differs, and is empty exactly when keys agree."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etbuild.execution.action_key import action_key
from etbuild.execution.explain import explain
from etbuild.execution.input_tree import InputTrees
from etbuild.execution.manifest import Manifest, manifest_of, pack, unpack
from etbuild.model.action import Action, Mount, OutputFile
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.digest import digest_of

FILES = {"models/lowered.pte": "1", "models/a.json": "{}", "_exec/lower.py": "code"}
ACTION = Action(
    mnemonic="EtLower",
    argv=("python", "lower.py", "--max-seq-len", "128", "--backend", "xnnpack"),
    inputs=InputSet(),
    outputs=(Artifact("models/a.pte"),),
    env=(("OMP_NUM_THREADS", "1"),),
    mounts=(Mount("/etbuild/environments/base", "ab" * 32, provenance="base.lock, 61 packages"),),
)


class Content:
    def __init__(self, files) -> None:
        self.content = files

    def files(self, artifact):
        return [(artifact.path, OutputFile(digest_of(self.content[artifact.path].encode())))]


def action_key_of(action, files):
    inputs = InputSet([Artifact(path) for path in files])
    return action_key(replace(action, inputs=inputs), InputTrees(Content(files)))


def manifest(action=ACTION, files=None):
    return manifest_of(action_key_of(action, FILES if files is None else files))


def lines(old, new):
    return [str(difference) for difference in explain(old, new)]


def argv(*words: str):
    return manifest(replace(ACTION, argv=words))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (("t", "--max-seq-len", "128", "x"), ("t", "--max-seq-len", "256", "x"), ["argv: --max-seq-len 128 → 256"]),
        (("t", "x"), ("t", "--strict", "x"), ["argv: --strict is new"]),
        (("t", "-k", "1", "x"), ("t", "x"), ["argv: -k 1 is gone"]),
        (("t", "-k", "1", "-j", "2"), ("t", "-k", "3", "-j", "4"), ["argv: -k 1 → 3", "argv: -j 2 → 4"]),
        (("t", "-k", "1"), ("t", "-j", "2"), ["argv: -k → -j", "argv: -j 1 → 2"]),
        (("t",), (), ["argv: t is gone"]),
        (("a", "b"), ("b", "a"), ["argv: b is new", "argv: b is gone"]),
    ],
)
def test_arguments_are_compared_in_sequence(old, new, expected):
    assert lines(argv(*old), argv(*new)) == expected


def test_an_input_is_named_with_both_digests():
    changed = manifest(files=FILES | {"models/lowered.pte": "2"})
    assert lines(manifest(), changed) == ["input models/lowered.pte 6b86… → d473…"]


def test_inputs_that_came_and_went_are_named_in_order():
    others = {"models/b.json": "{}", "models/lowered.pte": "1", "_exec/lower.py": "code"}
    assert lines(manifest(), manifest(files=others)) == [
        "input models/a.json 4413… is gone".replace("4413", digest_of(b"{}").hash[:4]),
        "input models/b.json 4413… is new".replace("4413", digest_of(b"{}").hash[:4]),
    ]


def test_variables_outputs_and_mounts_are_named():
    changed = replace(
        ACTION,
        env=(("LC_ALL", "C"), ("OMP_NUM_THREADS", "2")),
        outputs=(Artifact("models/b.pte", is_tree=True),),
        mounts=(Mount("/etbuild/environments/base", "cd" * 32, provenance="base.lock, 62 packages"),),
    )
    assert lines(manifest(), manifest(changed)) == [
        "env LC_ALL C is new",
        "env OMP_NUM_THREADS 1 → 2",
        "mount /etbuild/environments/base abab… → cdcd… (base.lock, 61 packages → base.lock, 62 packages)",
        "output models/a.pte file is gone",
        "output models/b.pte folder is new",
    ]


def test_another_version_of_the_engine_is_named_where_nothing_else_differs():
    assert lines(manifest(), replace(manifest(), key="0" * 64)) == ["engine another version of etbuild → this one"]


words = st.lists(st.sampled_from(["a", "b", "--c", "d"]), max_size=5).map(tuple)
contents = st.dictionaries(st.sampled_from(["a/b", "a/c/d", "e", "f/g"]), st.sampled_from(["1", "2"]))
actions = st.builds(
    replace,
    st.just(ACTION),
    argv=words,
    env=st.sampled_from([(), (("A", "1"),), (("A", "2"),)]),
    outputs=st.lists(st.builds(Artifact, words.map("".join), is_tree=st.booleans()), max_size=2).map(tuple),
    mounts=st.sampled_from([(), ACTION.mounts, (Mount("/etbuild/environments/base", "cd" * 32),)]),
)


@given(actions, contents, actions, contents)
def test_it_is_empty_exactly_when_the_keys_agree(old, old_files, new, new_files):
    before, after = manifest(old, old_files), manifest(new, new_files)
    differences = explain(before, after)

    assert (differences == ()) == (before.key == after.key)
    assert all(difference.kind != "engine" for difference in differences)


def kept(key):
    shared = {}

    def put(content):
        shared[digest_of(content).hash] = content
        return digest_of(content)

    return unpack(pack(key, put), shared.get), shared


@given(contents, contents)
def test_a_packed_manifest_explains_as_the_fresh_one_does(old, new):
    unpacked, _ = kept(action_key_of(ACTION, old))
    assert explain(unpacked, manifest(files=new)) == explain(manifest(files=old), manifest(files=new))


def test_big_folders_are_kept_apart_and_once():
    files = {f"library/part{i % 10}/{i}": str(i) for i in range(1000)}
    key = action_key_of(ACTION, files | {"leaf": "1"})
    unpacked, shared = kept(key)
    packed = pack(key, lambda _content: pytest.fail("kept twice"))

    assert len(shared) == 12
    assert len(packed) < 600
    changed = manifest(files=files | {"leaf": "2", "library/part3/3": "x"})
    assert [difference.name for difference in explain(unpacked, changed)] == ["leaf", "library/part3/3"]


def test_a_folder_whose_listing_was_collected_is_named_as_a_whole():
    files = {f"library/{i}": str(i) for i in range(100)}
    key = action_key_of(ACTION, files)
    unpacked = unpack(pack(key, digest_of), lambda _hash: None)

    [difference] = explain(unpacked, manifest(files=files | {"library/3": "x"}))
    assert (difference.kind, difference.name) == ("input", "")


def test_manifests_are_values():
    assert isinstance(manifest(), Manifest)
    assert manifest() == manifest()
