"""Our canonical bytes are protobuf's, and read back as they were."""

from __future__ import annotations

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st

from etbuild.execution.input_tree import folder_of
from etbuild.execution.reapi_encoding import (
    Node,
    decode_command,
    decode_directory,
    encode_action,
    encode_command,
)
from etbuild.model.action import OutputFile
from etbuild.model.digest import Digest, digest_of

TEXT, BYTES, NUMBER, FLAG, MESSAGE = 9, 12, 3, 8, 11
"""Types of fields, as protobuf numbers them."""
MESSAGES = {
    "Digest": [("hash", 1, TEXT), ("size_bytes", 2, NUMBER)],
    "Property": [("name", 1, TEXT), ("value", 2, TEXT)],
    "Platform": [("properties", 1, "*Property")],
    "Command": [
        ("arguments", 1, "*"),
        ("environment_variables", 2, "*Property"),
        ("platform", 5, "Platform"),
        ("working_directory", 6, TEXT),
        ("output_paths", 7, "*"),
    ],
    "FileNode": [("name", 1, TEXT), ("digest", 2, "Digest"), ("is_executable", 4, FLAG)],
    "DirectoryNode": [("name", 1, TEXT), ("digest", 2, "Digest")],
    "SymlinkNode": [("name", 1, TEXT), ("target", 2, TEXT)],
    "Directory": [("files", 1, "*FileNode"), ("directories", 2, "*DirectoryNode"), ("symlinks", 3, "*SymlinkNode")],
    "Action": [
        ("command_digest", 1, "Digest"),
        ("input_root_digest", 2, "Digest"),
        ("do_not_cache", 7, FLAG),
        ("salt", 9, BYTES),
        ("platform", 10, "Platform"),
    ],
}


def reapi():
    file = descriptor_pb2.FileDescriptorProto(name="reapi.proto", package="reapi", syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            repeated = isinstance(kind, str) and kind.startswith("*")
            wanted = kind.removeprefix("*") if isinstance(kind, str) else kind
            added = message.field.add(name=field, number=number, label=3 if repeated else 1)
            added.type = MESSAGE if isinstance(wanted, str) and wanted else wanted or TEXT
            if added.type == MESSAGE:
                added.type_name = f".reapi.{wanted}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"reapi.{name}")) for name in MESSAGES}


PROTO = reapi()
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=20)
pairs = st.lists(st.tuples(names, words), unique_by=lambda pair: pair[0], max_size=5).map(tuple)
digests = st.builds(
    lambda content, size: Digest(digest_of(content).hash, size), st.binary(max_size=4), st.integers(0, 2**62)
)
files = st.builds(OutputFile, digests, st.booleans())


def proto_pairs(values):
    return [PROTO["Property"](name=name, value=value) for name, value in sorted(values)]


def proto_digest(digest):
    return PROTO["Digest"](hash=digest.hash, size_bytes=digest.size)


def platform(values):
    return {"platform": PROTO["Platform"](properties=proto_pairs(values))} if values else {}


@given(st.lists(words, max_size=5), pairs, st.lists(names, max_size=4), pairs)
def test_a_command_is_encoded_as_protobuf_does_and_reads_back(argv, env, outputs, properties):
    ours = encode_command(argv, env, outputs, properties)

    theirs = PROTO["Command"](
        arguments=argv,
        environment_variables=proto_pairs(env),
        output_paths=sorted(set(outputs)),
        **platform(properties),
    )
    assert ours == theirs.SerializeToString(deterministic=True)
    read = decode_command(ours)
    assert read.argv == tuple(argv)
    assert read.env == tuple(sorted(env))
    assert read.outputs == tuple(sorted(set(outputs)))
    assert read.properties == tuple(sorted(properties))


@given(digests, digests, st.binary(max_size=200), pairs)
def test_an_action_is_encoded_as_protobuf_does(command, root, salt, properties):
    theirs = PROTO["Action"](
        command_digest=proto_digest(command), input_root_digest=proto_digest(root), salt=salt, **platform(properties)
    )
    assert encode_action(command, root, salt, properties) == theirs.SerializeToString(deterministic=True)


@given(st.dictionaries(names, files, max_size=6), st.dictionaries(names, files, max_size=3))
def test_a_directory_is_encoded_as_protobuf_does_and_reads_back(top, below):
    below = {name: file for name, file in below.items() if name not in top}
    tree = folder_of([*top.items(), *((f"{name}/leaf", file) for name, file in below.items())])

    def node(name, file):
        return PROTO["FileNode"](name=name, digest=proto_digest(file.digest), is_executable=file.executable)

    def folder(name, file):
        content = PROTO["Directory"](files=[node("leaf", file)]).SerializeToString(deterministic=True)
        return PROTO["DirectoryNode"](name=name, digest=proto_digest(digest_of(content)))

    theirs = PROTO["Directory"](
        files=[node(*item) for item in sorted(top.items())],
        directories=[folder(*item) for item in sorted(below.items())],
    )
    assert tree.message == theirs.SerializeToString(deterministic=True)
    read = decode_directory(tree.message)
    assert read == {name: Node(file.digest.hash, file.executable, False) for name, file in top.items()} | {
        name: Node(tree.folders[name].digest.hash, False, True) for name in below
    }


def test_an_empty_directory_has_the_digest_of_no_bytes():
    assert folder_of([]).digest == digest_of(b"")
