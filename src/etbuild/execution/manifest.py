"""Manifest: what a key was made of, packed to be kept and read again. Knows nothing of where it is kept.

Small folders stand in the pack itself. A big one is a blob that all manifests share, so that an action that has 10,000
files in common with others costs no more than its own.
"""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Callable

from etbuild.execution.action_key import ActionKey
from etbuild.execution.reapi_encoding import Pairs
from etbuild.model.digest import Digest
from etbuild.model.frozen import field, frozen

_SHARED = 64
"""A folder with more files than this is a blob of its own."""
_SMALL = 4096
"""Bytes for which a window of 1 KiB does."""


@frozen
class Manifest:
    """A Command and an input root, by which two keys are compared."""

    key: str
    command: bytes
    root: str
    """The root Directory's hash."""
    provenance: Pairs
    folder: Callable[[str], bytes | None] = field(compare=False, repr=False)
    """Gives a Directory's message by its hash; None if it is no longer kept."""


def manifest_of(key: ActionKey) -> Manifest:
    """Return the manifest of a key that was made in this build."""
    folders: dict[str, bytes] = {}
    pending = [key.root]

    def folder(wanted: str) -> bytes | None:
        if not folders:
            while pending:
                current = pending.pop()
                folders[current.digest.hash] = current.message
                pending.extend(current.folders.values())
        return folders.get(wanted)

    return Manifest(key.key, key.command, key.root.digest.hash, key.provenance, folder)


def pack(key: ActionKey, put: Callable[[bytes], Digest]) -> bytes:
    """Return the manifest as bytes; `put` keeps the messages of big folders."""
    inline: dict[str, bytes] = {}
    pending = [key.root]
    while pending:
        folder = pending.pop()
        if folder.count <= _SHARED:
            inline[folder.digest.hash] = folder.message
        elif folder.kept:
            continue
        else:
            put(folder.message)
            folder.kept = True
        pending.extend(folder.folders.values())
    content = marshal.dumps((key.key, key.command, key.root.digest.hash, key.provenance, inline))
    # To clear a whole window takes longer than a small manifest does.
    return zlib.compress(content, 1, 10 if len(content) < _SMALL else 15)


def unpack(packed: bytes, read: Callable[[str], bytes | None]) -> Manifest:
    """Return a packed manifest; `read` gives the messages of big folders by hash."""
    # The cache is the user's own, and zlib's sum guards against bad bytes.
    key, command, root, provenance, inline = marshal.loads(zlib.decompress(packed))  # noqa: S302
    return Manifest(key, command, root, provenance, lambda wanted: inline[wanted] if wanted in inline else read(wanted))
