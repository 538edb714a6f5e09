"""The canonical bytes of REAPI messages (v2): Command, Directory, Action. Knows nothing of actions, files or stores.

Canonical: fields in the order of their numbers, defaults left out, what the protocol calls sorted is sorted. Hence
equal values have equal bytes, and a digest of ours is the digest that a server computes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from etbuild.model.digest import Digest
from etbuild.model.frozen import frozen

Pairs = tuple[tuple[str, str], ...]


def _length_prefix(length: int) -> bytes:
    """Return a base-128 varint."""
    if length < 128:
        return bytes((length,))
    groups = bytearray()
    while length >= 128:
        groups.append(length & 127 | 128)
        length >>= 7
    groups.append(length)
    return bytes(groups)


def _field(number: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes((number << 3 | 2, length)) + content
    return bytes((number << 3 | 2,)) + _length_prefix(length) + content


def _text(number: int, text: str) -> bytes:
    return _field(number, text.encode()) if text else b""


def _pair(number: int, pair: tuple[str, str]) -> bytes:
    """Encode an EnvironmentVariable or a Property: they have one shape."""
    return _field(number, _text(1, pair[0]) + _text(2, pair[1]))


def _digest(number: int, digest: Digest) -> bytes:
    size = b"\x10" + _length_prefix(digest.size) if digest.size else b""
    return _field(number, _text(1, digest.hash) + size)


def encode_file(name: str, digest: Digest, executable: bool) -> bytes:
    """Return a FileNode as a Directory holds it."""
    return _field(1, _text(1, name) + _digest(2, digest) + (b"\x20\x01" if executable else b""))


def encode_folder(name: str, digest: Digest) -> bytes:
    """Return a DirectoryNode as a Directory holds it."""
    return _field(2, _text(1, name) + _digest(2, digest))


def encode_command(
    argv: Sequence[str], env: Iterable[tuple[str, str]], outputs: Iterable[str], properties: Pairs
) -> bytes:
    """Return a Command: `env`, `outputs` and `properties` in any order, `argv` in its own."""
    parts = [_field(1, argument.encode()) for argument in argv]
    parts += [_pair(2, variable) for variable in sorted(env)]
    parts.append(encode_platform(5, properties))
    parts += [_field(7, path.encode()) for path in sorted(set(outputs))]
    return b"".join(parts)


def encode_platform(number: int, properties: Pairs) -> bytes:
    """Return a Platform as the field `number` of another message; nothing, if there are no properties."""
    return _field(number, b"".join([_pair(1, pair) for pair in sorted(properties)])) if properties else b""


def encode_action(command: Digest, root: Digest, salt: bytes, properties: Pairs) -> bytes:
    """Return an Action. Since v2.2 the properties stand in it too."""
    return _digest(1, command) + _digest(2, root) + (_field(9, salt) if salt else b"") + encode_platform(10, properties)


@frozen
class CommandMessage:
    """A Command that was read again."""

    argv: tuple[str, ...]
    env: Pairs
    outputs: tuple[str, ...]
    properties: Pairs


def decode_command(message: bytes) -> CommandMessage:
    """Return what `encode_command` was given."""
    fields = list(_fields(message))
    return CommandMessage(
        tuple(content.decode() for number, content in fields if number == 1),
        tuple(_decode_pair(content) for number, content in fields if number == 2),
        tuple(content.decode() for number, content in fields if number == 7),
        tuple(_decode_pair(pair) for number, content in fields if number == 5 for _, pair in _fields(content)),
    )


@frozen
class Node:
    """A file or folder of a Directory that was read again."""

    hash: str
    executable: bool
    is_folder: bool


def decode_directory(message: bytes) -> dict[str, Node]:
    """Return the nodes of a Directory by name."""
    nodes = {}
    for number, content in _fields(message):
        parts = dict(_fields(content))
        digest = dict(_fields(parts[2]))
        nodes[parts[1].decode()] = Node(digest[1].decode(), 4 in parts, number == 2)
    return nodes


def _decode_pair(content: bytes) -> tuple[str, str]:
    parts = dict(_fields(content))
    return parts.get(1, b"").decode(), parts.get(2, b"").decode()


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each field's number and content; a number's content is its varint."""
    at = 0
    while at < len(message):
        tag = message[at]
        length, start = _read_varint(message, at + 1)
        at = start + length if tag & 7 == 2 else start
        yield tag >> 3, message[start:at]


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
        shift += 7
