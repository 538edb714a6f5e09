"""Action: one command with declared inputs and outputs. Knows nothing of how or where it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.digest import Digest
from etbuild.model.frozen import field, frozen
from etbuild.model.label import Label

KEYED = frozenset({"argv", "inputs", "mounts", "outputs", "env", "depfile"})
NOT_KEYED = frozenset({"mnemonic", "progress", "owner", "configuration", "resources", "worker", "timeout"}) | {
    "headers",
    "expansion",
    "before",
    "warns",
}
"""Shown to people, or how it runs; headers are among the inputs."""
_NONE = InputSet()


LOCAL = "local_repository"
"""The kind of a mount of a folder of this machine that may change while an action runs."""
MISSING = "missing"
"""The kind of a mount of which a program is not installed: `source` names it, `provenance` says how to come by it."""


@frozen
class Mount:
    """A read-only folder that an action sees at `path`, keyed by `digest`."""

    path: str
    """Absolute, the same on every machine, such as /etbuild/environments/base."""
    digest: str
    """What it holds: a SHA-256 in hexadecimal."""
    kind: str = field(default="folder", compare=False)
    """Who makes it real: `python_environment`, `repository`, LOCAL, `system` or `folder`."""
    source: str = field(default="", compare=False)
    """For its maker: a lock file's absolute path, a repository's name, or a folder of this machine."""
    provenance: str = field(default="", compare=False)
    """For people: what it is, as `explain` shows it."""


@frozen
class Resources:
    """What an action needs at the same time; unkeyed."""

    cpu: int = 1
    ram: int = 0
    """In bytes; 0 if it does not matter."""


@frozen
class Expansion:
    """What makes an action dynamic: it has no command, other actions take its place once these files exist."""

    read: InputSet
    expand: Callable[[Mapping[Artifact, bytes]], tuple[Action, ...]]
    """Returns the actions that make the dynamic one's outputs, producers first. Raises EtbuildError."""


@frozen
class Action:
    """One command. The first output's path and configuration name it among the actions of a graph."""

    mnemonic: str
    argv: tuple[str, ...]
    """Paths in it are relative to the execution root."""
    inputs: InputSet
    outputs: tuple[Artifact, ...]
    env: tuple[tuple[str, str], ...] = ()
    """Sorted by name."""
    mounts: tuple[Mount, ...] = ()
    owner: Label | None = None
    """The target that registered it first: for messages only."""
    configuration: str = ""
    progress: str = ""
    resources: Resources = Resources()
    worker: str = ""
    """Modules that a warm worker which may run it has imported, such as "torch,executorch.exir"; empty for none."""
    timeout: int = 0
    """In seconds; 0 for none."""
    depfile: Artifact | None = None
    """Where it writes which headers it used, as make reads it; no output that others may read."""
    headers: InputSet = field(default=_NONE, compare=False)
    """Those of its inputs that it may or may not use."""
    expansion: Expansion | None = field(default=None, compare=False)
    """Set if it is dynamic; then it has no key."""
    before: str = ""
    """A file of the output tree, as it was placed last, that a failure may be worded by; what it makes may not be."""
    warns: bool = False
    """Whether people read what it writes to stderr though it succeeds, as a compiler's warnings."""

    @property
    def written(self) -> tuple[Artifact, ...]:
        """All that it makes."""
        return (*self.outputs, self.depfile) if self.depfile else self.outputs


@frozen
class OutputFile:
    """A file that an action made."""

    digest: Digest
    executable: bool = False


@frozen
class ActionResult:
    """What a successful action made. Failures are never kept."""

    files: Mapping[str, OutputFile]
    """By path below the execution root; the files of an output tree each by their own."""
    stdout: Digest | None = None
    stderr: Digest | None = None
    wall_ms: int = 0
    """How long it ran where it ran."""
    peak_ram: int = 0
    """In bytes; 0 if unknown."""
    sandbox: str = ""


@frozen
class ActionGraph:
    """The actions of a request, each once, producers before consumers."""

    actions: tuple[Action, ...]
    producers: Mapping[Artifact, int] = field(repr=False)
    """Each output's action, as an index into `actions`."""
