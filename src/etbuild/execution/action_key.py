"""ActionKey: the digest of an action's REAPI encoding. Knows nothing of stores.

Offline too it is what a server computes, so that a local result can be uploaded as it is.
"""

from __future__ import annotations

import hashlib

from etbuild.execution.input_tree import Folder, InputTrees
from etbuild.execution.reapi_encoding import Pairs, encode_action, encode_command
from etbuild.model.action import Action
from etbuild.model.digest import digest_of
from etbuild.model.frozen import frozen

SALT = b"etbuild 1"
"""Counts up when what every action gets without declaring it changes: the fixed environment, the paths of a sandbox."""
MOUNT_PROPERTY = "mount "
TREE_PROPERTY = "output-tree"


@frozen
class ActionKey:
    """The key, and all that it was made of: what `explain` walks."""

    key: str
    """64 lower-case hexadecimal digits."""
    command: bytes
    """The Command's message."""
    root: Folder
    """The input root."""
    provenance: Pairs = ()
    """What each mount is, by its path: for people."""


def action_key(action: Action, trees: InputTrees) -> ActionKey:
    """Return the action's key; `trees` says what its inputs hold."""
    command = action_command(action)
    root = trees.tree(action.inputs)
    message = encode_action(digest_of(command), root.digest, SALT, _properties(action))
    provenance = tuple((mount.path, mount.provenance) for mount in action.mounts)
    return ActionKey(hashlib.sha256(message).hexdigest(), command, root, provenance)


def action_command(action: Action) -> bytes:
    """Return the Command's message: what of the key is known before the inputs are."""
    return encode_command(action.argv, action.env, [output.path for output in action.written], _properties(action))


def action_identity(action: Action) -> str:
    """Return what stays when its key changes: by this its last run, its time and its memory are found."""
    if action.outputs:
        return f"{action.mnemonic} {action.outputs[0].path} {action.configuration}"
    return f"{action.mnemonic} {action.owner} {action.configuration}"


def _properties(action: Action) -> Pairs:
    mounts = tuple((MOUNT_PROPERTY + mount.path, mount.digest) for mount in action.mounts)
    trees = dict.fromkeys(output.path for output in action.outputs if output.is_tree)
    return mounts + tuple((TREE_PROPERTY, path) for path in trees)
