"""explain: why two keys differ, found in what they were made of. Knows nothing of targets or terminals."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from etbuild.execution.action_key import MOUNT_PROPERTY, TREE_PROPERTY
from etbuild.execution.manifest import Manifest
from etbuild.execution.reapi_encoding import CommandMessage, Node, Pairs, decode_command, decode_directory
from etbuild.model.frozen import frozen, replace


@frozen
class Difference:
    """One thing that differs. None stands for not there."""

    kind: str
    """`argv`, `env`, `input`, `mount`, `output`, or `engine` (etbuild itself)."""
    name: str
    """The flag before an argument, a variable, or a path."""
    old: str | None
    new: str | None
    note: str = ""

    def __str__(self) -> str:
        old, new = self.old, self.new
        if self.kind in {"input", "mount"}:
            old, new = (value and value.replace(value[:64], value[:4] + "…") for value in (old, new))
        change = f"{old} → {new}"
        if old is None or new is None:
            change = f"{new} is new" if old is None else f"{old} is gone"
        subject = f"{self.kind}:" if self.kind == "argv" else self.kind
        return " ".join(filter(None, (subject, self.name, change, self.note and f"({self.note})")))


def explain(old: Manifest, new: Manifest) -> tuple[Difference, ...]:
    """Return all that differs between what two keys were made of; empty exactly when the keys agree."""
    if old.key == new.key:
        return ()
    before, after = decode_command(old.command), decode_command(new.command)
    found = [
        *_argv(before.argv, after.argv),
        *_by_name("env", dict(before.env), dict(after.env)),
        *_mounts(old.provenance, new.provenance, before.properties, after.properties),
        *_by_name("output", _outputs(before), _outputs(after)),
        *_inputs(old, new),
    ]
    # Something else is in the key: the salt, or how it is encoded.
    return tuple(found) or (Difference("engine", "", "another version of etbuild", "this one"),)


def _argv(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Difference]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        before, after = old[start:end], new[new_start:new_end]
        flag = new[new_start - 1] if new_start and new[new_start - 1].startswith("-") else ""
        if len(before) != len(after):
            yield Difference("argv", flag, " ".join(before) or None, " ".join(after) or None)
            continue
        for was, now in zip(before, after, strict=True):
            yield Difference("argv", flag, was, now)
            flag = now if now.startswith("-") else ""


def _by_name(kind: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield Difference(kind, name, old.get(name), new.get(name))


def _mounts(was: Pairs, now: Pairs, before: Pairs, after: Pairs) -> Iterator[Difference]:
    for difference in _by_name("mount", _mounted(before), _mounted(after)):
        notes = dict.fromkeys(text for path, text in (*was, *now) if path == difference.name and text)
        yield replace(difference, note=" → ".join(notes))


def _mounted(properties: Pairs) -> dict[str, str]:
    mounts: dict[str, str] = {}
    for name, digest in properties:
        if name.startswith(MOUNT_PROPERTY):  # A compiler and an emulator are both at /usr.
            path = name.removeprefix(MOUNT_PROPERTY)
            mounts[path] = f"{mounts[path]} {digest}" if path in mounts else digest
    return mounts


def _outputs(command: CommandMessage) -> dict[str, str]:
    folders = {path: "folder" for name, path in command.properties if name == TREE_PROPERTY}
    return dict.fromkeys(command.outputs, "file") | folders


def _inputs(old: Manifest, new: Manifest) -> Iterator[Difference]:
    pending: list[tuple[str, Node | None, Node | None]] = [
        ("", Node(old.root, False, True), Node(new.root, False, True))
    ]
    while pending:
        path, was, now = pending.pop()
        if was == now:
            continue
        before, after = _nodes(old, was), _nodes(new, now)
        if before is None or after is None:
            # A file on one side at least, or a folder whose listing was collected as garbage.
            yield Difference("input", path, _text(was), _text(now))
            continue
        names = sorted(before.keys() | after.keys(), reverse=True)
        pending += [(f"{path}/{name}" if path else name, before.get(name), after.get(name)) for name in names]


def _nodes(manifest: Manifest, node: Node | None) -> Mapping[str, Node] | None:
    if node is None:
        return {}
    message = manifest.folder(node.hash) if node.is_folder else None
    return None if message is None else decode_directory(message)


def _text(node: Node | None) -> str | None:
    return None if node is None else node.hash + (" executable" if node.executable else "")
