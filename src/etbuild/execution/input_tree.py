"""Folder and InputTrees: an action's input root as a Merkle tree with shared parts. Knows nothing of files on disk.

Folders never change: two trees are merged by sharing every folder that only one of them has. So what a thousand actions
share is encoded and hashed once, and an action that adds a leaf hashes the path to that leaf.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from etbuild.execution.reapi_encoding import encode_file, encode_folder
from etbuild.model.action import ActionResult, OutputFile
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.digest import Digest, digest_of
from etbuild.model.graph import topological_order

Files = Sequence[tuple[str, OutputFile]]


class DigestSource(Protocol):
    """Whoever knows what artifacts hold."""

    def files(self, artifact: Artifact) -> Files:
        """Return the artifact's files by path below the execution root: one, or those of a tree."""


class Folder:
    """A REAPI Directory. `files` holds each file's encoding by name; nobody changes either once it is handed out."""

    __slots__ = ("_count", "_digest", "_message", "files", "folders", "kept")

    def __init__(self, files: dict[str, bytes], folders: dict[str, Folder]) -> None:
        self.files = files
        self.folders = folders
        self.kept = False
        """The store has its messages, at any depth."""
        self._message: bytes | None = None
        self._digest: Digest | None = None
        self._count = -1

    @property
    def count(self) -> int:
        """How many files it holds, at any depth."""
        if self._count < 0:
            self._count = len(self.files) + sum(folder.count for folder in self.folders.values())
        return self._count

    @property
    def message(self) -> bytes:
        """Its canonical bytes."""
        if self._message is None:
            files, folders = self.files, self.folders
            nodes = [files[name] for name in sorted(files)]
            nodes += [encode_folder(name, folders[name].digest) for name in sorted(folders)]
            self._message = b"".join(nodes)
        return self._message

    @property
    def digest(self) -> Digest:
        """The digest of its message."""
        if self._digest is None:
            self._digest = digest_of(self.message)
        return self._digest


class InputTrees:
    """The trees of input sets, each made once. For one build: it believes that content does not change."""

    def __init__(self, digests: DigestSource) -> None:
        self._digests = digests
        self._trees: dict[InputSet, Folder] = {}

    def tree(self, inputs: InputSet) -> Folder:
        """Return the root folder with all files of `inputs`."""
        if not inputs.transitive:
            return self._own(inputs)
        known = self._trees
        if inputs not in known:
            # Sets may be nested deeper than Python's stack; most often all but the outermost one are known.
            known_below = all(child in known for child in inputs.transitive)
            parts = (
                [inputs] if known_below else topological_order([inputs], lambda s: () if s in known else s.transitive)
            )
            for part in parts:
                if part not in known:
                    known[part] = merge([self._own(part), *[known[child] for child in part.transitive]])
        return known[inputs]

    def forget(self) -> None:
        """Drop all trees: an action ran again and made other bytes than before."""
        self._trees.clear()

    def _own(self, inputs: InputSet) -> Folder:
        tree = self._trees.get(inputs)
        if tree is None or inputs.transitive:
            files = [(a, self._digests.files(a)) for a in inputs.direct]
            tree = folder_of((f for _, some in files for f in some), (a.path for a, some in files if not some))
            if not inputs.transitive:
                self._trees[inputs] = tree
        return tree


def files_of(artifact: Artifact, result: ActionResult) -> Files:
    """Return what an action's output holds."""
    if artifact.is_tree:
        return tuple((path, file) for path, file in result.files.items() if path.startswith(artifact.path + "/"))
    return ((artifact.path, result.files[artifact.path]),)


def folder_of(files: Iterable[tuple[str, OutputFile]], empty: Iterable[str] = ()) -> Folder:
    """Return the tree of these files, and of `empty` folders."""
    root = Folder({}, {})
    folders = {"": root}
    for path, file in files:
        parent, _, name = path.rpartition("/")
        folder = folders.get(parent) or _folder(folders, parent)
        folder.files[name] = encode_file(name, file.digest, file.executable)
    for path in empty:
        _folder(folders, path)
    return root


def _folder(folders: dict[str, Folder], path: str) -> Folder:
    folder = folders.get(path)
    if folder is None:
        parent, _, name = path.rpartition("/")
        folder = folders[path] = _folder(folders, parent).folders.setdefault(name, Folder({}, {}))
    return folder


def merge(trees: Sequence[Folder]) -> Folder:
    """Return the tree that has the files of all; each path must be the same file in all of them."""
    merged = trees[0]
    for tree in trees[1:]:
        merged = _merge(merged, tree)
    return merged


def _merge(first: Folder, second: Folder) -> Folder:
    if first is second or not (second.files or second.folders):
        return first
    if not (first.files or first.folders):
        return second
    files = first.files | second.files
    folders = dict(first.folders)
    for name, folder in second.folders.items():
        folders[name] = _merge(folders[name], folder) if name in folders else folder
    if len(files) != len(first.files) + len(second.files) or not files.keys().isdisjoint(folders):
        _check_agreement(first, second, files, folders)
    return Folder(files, folders)


def _check_agreement(first: Folder, second: Folder, files: dict[str, bytes], folders: dict[str, Folder]) -> None:
    """Analysis keeps two files apart that would have one path; if it did not, no key may be made of it."""
    for name in (first.files.keys() & second.files.keys()) | (files.keys() & folders.keys()):
        if name in folders or first.files[name] != second.files[name]:
            raise ValueError(f"two inputs of an action have one path that ends in '{name}'")
