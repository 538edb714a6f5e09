"""Fakes that tests share: a store in memory, a sandbox that calls functions, actions from a few words."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etbuild.execution.action_key import ActionKey
from etbuild.execution.input_tree import Files
from etbuild.execution.sandbox.protocol import SandboxCommand
from etbuild.execution.spawn import End
from etbuild.model.action import Action, ActionGraph, ActionResult, OutputFile
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.digest import Digest, digest_of
from etbuild.model.events import BuildEvent
from etbuild.model.label import Label


@dataclass
class MemoryStore:
    """Results in memory, blobs in a folder; `evict` loses them."""

    folder: Path
    results: dict[str, ActionResult] = field(default_factory=dict)
    timings: dict[str, tuple[int, int]] = field(default_factory=dict)
    weak: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def result(self, key: str) -> ActionResult | None:
        return self.results.get(key)

    def record(self, identity: str, key: ActionKey, result: ActionResult) -> None:
        self.results[key.key] = result
        self.timings[identity] = (result.wall_ms, result.peak_ram)

    def reuse(self, identity: str, key: ActionKey, result: ActionResult) -> None:
        pass

    def used(self, weak: str) -> bytes | None:
        return self.weak.get(weak)

    def remember_used(self, weak: str, content: bytes) -> None:
        self.weak[weak] = content

    def take_over(self, key: str, result: ActionResult) -> None:
        self.results[key] = result

    def blob(self, digest: Digest, executable: bool = False) -> Path | None:
        path = self._path(digest, executable)
        return path if path.exists() else None

    def ingest(self, path: Path | str, *, executable: bool) -> OutputFile:
        made = Path(path)
        digest = digest_of(made.read_bytes())
        made.chmod(0o555 if executable else 0o444)
        made.rename(self._path(digest, executable))
        return OutputFile(digest, executable)

    def read(self, digest: Digest) -> bytes | None:
        path = self.blob(digest)
        return path.read_bytes() if path else None

    def put(self, content: bytes) -> Digest:
        return digest_of(content)

    def timing(self, identity: str) -> tuple[int, int] | None:
        return self.timings.get(identity)

    def flush(self) -> None:
        pass

    def evict(self, *digests: Digest) -> None:
        """Lose these blobs, or all."""
        for path in list(self.folder.iterdir()):
            if not digests or any(path.name.startswith(digest.hash) for digest in digests):
                path.unlink()

    def _path(self, digest: Digest, executable: bool) -> Path:
        return self.folder / (digest.hash + (".x" if executable else ""))


class PlainDigests:
    """Digests of sources, made anew each time; `changed` are taken for changed."""

    def __init__(self) -> None:
        self.known: dict[str, OutputFile] = {}

    def digest(self, path: str) -> OutputFile:
        if path not in self.known:
            self.known[path] = OutputFile(digest_of(Path(path).read_bytes()), os.access(path, os.X_OK))
        return self.known[path]

    def tree(self, path: str) -> Files:
        found = sorted(each for each in Path(path).rglob("*") if each.is_file())
        return [(each.relative_to(path).as_posix(), self.digest(str(each))) for each in found]

    def look_up(self, paths: Iterable[str]) -> None:
        pass

    def changed(self, paths: Iterable[str]) -> list[str]:
        return [
            path for path in paths if OutputFile(digest_of(Path(path).read_bytes())).digest != self.known[path].digest
        ]


class FakeJob:
    """A command that has ended already."""

    def __init__(self, end: End) -> None:
        self._end = end
        self._read, self._write = os.pipe()
        os.write(self._write, b"\0")

    def fileno(self) -> int:
        return self._read

    def end(self) -> End:
        os.close(self._read)
        os.close(self._write)
        return self._end

    def kill(self, signal_number: int) -> None:
        pass

    def ram(self) -> int:
        return 0


Behaviour = Callable[[SandboxCommand, Path], int]


@dataclass
class FunctionSandbox:
    """Calls a function (command, execution root) -> exit code in place of running a command; remembers each argv."""

    behaviour: Behaviour
    ran: list[tuple[str, ...]] = field(default_factory=list)
    name: str = "function"
    binds: bool = False
    guards: bool = False

    def start(self, command: SandboxCommand, output: tuple[int, int]) -> FakeJob:
        assert len(output) == 2
        self.ran.append(command.argv)
        return FakeJob(End(self.behaviour(command, Path(command.root))))

    def close(self) -> None:
        pass

    def shell(self, command: SandboxCommand) -> str:
        return f"cd {command.root}"


class Recorder:
    """Keeps all events."""

    def __init__(self) -> None:
        self.events: list[BuildEvent] = []

    def __call__(self, event: BuildEvent) -> None:
        self.events.append(event)


def source(path: Path, below: Path) -> Artifact:
    """Return the source artifact of a file, named by its place below a folder."""
    return Artifact(path.relative_to(below).as_posix(), location=str(path), is_tree=path.is_dir())


def shell_action(script: str, inputs: Sequence[Artifact] = (), outputs: Sequence[str] = (), **rest: object) -> Action:
    """Return an action that runs `script`; outputs that end in a slash are trees."""
    made = tuple(Artifact(path.rstrip("/"), "host", is_tree=path.endswith("/")) for path in outputs)
    fields = {"owner": Label("", "p", outputs[0].rstrip("/") if outputs else "x"), "configuration": "host", **rest}
    return Action("Genrule", ("/bin/sh", "-c", script), InputSet(inputs), made, **fields)  # type: ignore[arg-type]


def graph_of(*actions: Action) -> ActionGraph:
    """Return the graph of these actions, producers first."""
    return ActionGraph(actions, {output: index for index, action in enumerate(actions) for output in action.outputs})


def alive(pid: int) -> bool:
    """Tell whether a process still runs."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False
