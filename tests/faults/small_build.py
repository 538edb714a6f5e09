"""A build small enough to be killed at every step: the real store and keys, with files written in place of commands."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from etbuild.execution.action_key import action_identity, action_key
from etbuild.execution.disk import Disk
from etbuild.execution.file_digests import FileDigests
from etbuild.execution.input_tree import Files, InputTrees
from etbuild.execution.store import Store
from etbuild.model.action import Action, ActionResult, OutputFile
from etbuild.model.artifact import Artifact, InputSet


class DeadlyDisk(Disk):
    """Kills the process at the n-th touch."""

    def __init__(self, fatal: int) -> None:
        self.left = fatal

    def touch(self, _what: str) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def in_a_child(work: Callable[[], object]) -> int:
    """Do it in a forked child; return 0, or the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - pytest must not go on in the child.
            traceback.print_exc()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the child failed"
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


@dataclass
class SmallBuild:
    """Three actions in a row over one source, and a fourth that runs the second's output; the last is placed."""

    folder: Path
    disk: Disk = field(default_factory=Disk)
    between: Callable[[Store], object] = lambda _store: None
    """Called between any two steps."""
    linked: bool = False
    """Outputs have a second name, so that they are copied in."""
    runs: list[str] = field(default_factory=list)
    cache: Path | None = None

    def __post_init__(self) -> None:
        self.source = self.folder / "source.txt"
        self.work = self.folder / f"work{os.getpid()}"
        self.placed = self.folder / "placed"

    def run(self) -> bytes:
        """Build, and return what was placed."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        store = Store(self.cache or self.folder / "cache", self.disk)
        try:
            return self._place(store)
        finally:
            store.close()

    def _place(self, store: Store) -> bytes:
        digests = FileDigests(store)
        known: dict[str, OutputFile] = {}
        trees = InputTrees(_Known(digests, known))
        actions = self.actions()
        for action in actions:
            self._have(store, trees, action, known)
            self.between(store)
        if not self.placed.exists() or self.placed.read_bytes() != content_of(self.source):
            content = self._read(store, trees, "d", known, False)
            self.placed.write_bytes(content)
        return self.placed.read_bytes()

    def actions(self) -> list[Action]:
        source = Artifact("source.txt", location=str(self.source))
        outputs = {name: Artifact(name, "host") for name in "abcd"}
        inputs = {"a": [source], "b": [outputs["a"]], "c": [outputs["b"], source], "d": [outputs["c"], outputs["b"]]}
        return [Action("Make", ("make", name), InputSet(inputs[name]), (outputs[name],)) for name in "abcd"]

    def _have(self, store: Store, trees: InputTrees, action: Action, known: dict[str, OutputFile]) -> None:
        key = action_key(action, trees)
        result = store.result(key.key)
        if result is None:
            result = self._execute(store, trees, action, known)
            self.between(store)
            store.record(action_identity(action), key, result)
        else:
            store.reuse(action_identity(action), key, result)
        known.update(result.files)

    def _execute(self, store: Store, trees: InputTrees, action: Action, known: dict[str, OutputFile]) -> ActionResult:
        name = action.outputs[0].path
        content = name.encode()
        for artifact in action.inputs:
            if artifact.is_source:
                content += Path(artifact.location).read_bytes()
            else:
                is_program = artifact.path == "b" and name == "d"
                content += self._read(store, trees, artifact.path, known, is_program)
        made = self.work / f"{name}.{'pt2' if name == 'a' else 'pte'}"
        made.write_bytes(hashlib.sha256(content).hexdigest().encode() * 40)
        if self.linked:
            os.link(made, self.work / f"{name}.second")
        self.runs.append(name)
        self.between(store)
        return ActionResult({name: store.ingest(made, executable=False)}, store.put(content[:100]), wall_ms=5)

    def _read(self, store: Store, trees: InputTrees, name: str, known: dict[str, OutputFile], program: bool) -> bytes:
        while True:
            blob = store.blob(known[name].digest, executable=program)
            with contextlib.suppress(FileNotFoundError):
                if blob is not None:
                    return blob.read_bytes()
            self._again(store, trees, name, known)

    def _again(self, store: Store, trees: InputTrees, name: str, known: dict[str, OutputFile]) -> None:
        """Rewind: the blob is gone, so its action runs again."""
        [action] = [action for action in self.actions() if action.outputs[0].path == name]
        result = self._execute(store, trees, action, known)
        assert result.files[name] == known[name], "a result named another blob than its action makes"


@dataclass
class _Known:
    digests: FileDigests
    outputs: Mapping[str, OutputFile]

    def files(self, artifact: Artifact) -> Files:
        file = self.digests.digest(artifact.location) if artifact.is_source else self.outputs[artifact.path]
        return [(artifact.path, file)]


def content_of(source: Path) -> bytes:
    """What a build without any store would place."""

    def made(name: str, *inputs: bytes) -> bytes:
        return hashlib.sha256(name.encode() + b"".join(inputs)).hexdigest().encode() * 40

    text = source.read_bytes()
    b = made("b", made("a", text))
    return made("d", made("c", b, text), b)


def assert_every_blob_is_what_its_name_says(cache: Path) -> None:
    """No half-written file ever stands under a blob's name."""
    for path in (cache / "cas").glob("??/*"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name[:64], path
        assert path.stat().st_mode & 0o222 == 0, path
