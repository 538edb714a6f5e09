"""Artifact: a file or folder that actions read or write, by its path below the execution root. Knows no content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etbuild.model.frozen import field, frozen


@frozen
class Artifact:
    """A source or an output.

    The path carries neither the consumer's name nor the configuration, so that two configurations whose actions are
    equal share one result; `configuration` tells the outputs of two configurations apart.
    """

    path: str
    """Below the execution root, with forward slashes: `<package>/<file>`, `external/<repository>/…`, `_exec/<tool>`."""
    configuration: str = ""
    """Empty for sources."""
    location: str = field(default="", compare=False)
    """A source's absolute place on disk; empty for outputs."""
    is_tree: bool = False
    """A folder whose files are known only once it exists."""

    @property
    def is_source(self) -> bool:
        """True for what the user wrote or a repository brought."""
        return self.location != ""

    def __str__(self) -> str:
        return self.path


class InputSet:
    """A set of artifacts with shared sub-sets: nothing flattens 10,000 files an action.

    Compared by identity: a set is built once and handed on.
    """

    __slots__ = ("configurations", "direct", "transitive")

    def __init__(self, direct: Iterable[Artifact] = (), transitive: Iterable[InputSet] = ()) -> None:
        self.direct = tuple(dict.fromkeys(direct))
        self.transitive: tuple[InputSet, ...] = ()
        configurations: set[str] = {artifact.configuration for artifact in self.direct}
        if transitive:
            self.transitive = tuple(s for s in dict.fromkeys(transitive) if s.direct or s.transitive)
            configurations.update(*(s.configurations for s in self.transitive))
        configurations.discard("")
        self.configurations: frozenset[str] = frozenset(configurations)
        """Those of its outputs: only where there are several can one path mean two artifacts."""

    def __iter__(self) -> Iterator[Artifact]:
        """Yield each artifact once, the set's own first, then of its sub-sets in order."""
        if not self.transitive:
            yield from self.direct
            return
        seen_sets: set[int] = set()
        seen: set[Artifact] = set()
        pending = [self]
        while pending:
            current = pending.pop()
            if id(current) in seen_sets:
                continue
            seen_sets.add(id(current))
            for artifact in current.direct:
                if artifact not in seen:
                    seen.add(artifact)
                    yield artifact
            pending.extend(reversed(current.transitive))

    def __bool__(self) -> bool:
        return bool(self.direct or self.transitive)
