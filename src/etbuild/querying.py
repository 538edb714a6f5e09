"""query: an expression to what it means: targets, their actions or their toolchains. Runs no action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from etbuild.analysis.query import answer, configured_universe, loaded_universe
from etbuild.analysis.query_language import Query, parse_query, patterns_in
from etbuild.execution.store import Store
from etbuild.keys import known_keys, needed_actions
from etbuild.model.configured import Analysis, ConfiguredKey
from etbuild.model.label import Pattern
from etbuild.session import Session


@dataclass(frozen=True, slots=True)
class FoundTarget:
    """A node of the answer."""

    label: str
    kind: str
    """Its rule's name, or `source file`."""
    platform: str = ""
    """The name of its configuration; empty where targets are asked for as written."""
    needs: tuple[str, ...] = ()
    """Those of the answer that it depends on: the edges of a graph."""

    @property
    def name(self) -> str:
        """What tells it from all others of the answer."""
        return f"{self.label} ({self.platform})" if self.platform else self.label


@dataclass(frozen=True, slots=True)
class FoundAction:
    """An action of a target of the answer."""

    mnemonic: str
    target: str
    platform: str
    key: str
    """Empty while something that it reads has yet to be made."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    mounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundToolchain:
    """How a request of a target of the answer was resolved."""

    target: str
    platform: str
    request: str
    chosen: str
    refusals: tuple[tuple[str, str], ...]
    """Each toolchain that stood before it, and why it was not taken."""


def query_targets(session: Session, text: str) -> tuple[FoundTarget, ...]:
    """Return the targets and files that an expression means, as they are written."""
    query = parse_query(text, session.place.base)
    universe = loaded_universe(session.load(_patterns(session, query)))
    found = dict.fromkeys(answer(query, universe))
    kinds = {label: spec.rule.name if (spec := universe.spec(label)) else "source file" for label in found}
    return tuple(
        FoundTarget(str(label), kinds[label], "", tuple(str(n) for n in universe.edges[label] if n in found))
        for label in found
    )


def query_configured(session: Session, text: str) -> tuple[FoundTarget, ...]:
    """Return the targets that an expression means, for the platforms that they are built for."""
    analysis, keys = _configured(session, text)
    found = dict.fromkeys(keys)
    names = {key: f"{key[0]} ({key[1]})" for key in found}
    return tuple(
        FoundTarget(
            str(key[0]),
            analysis.targets[key].spec.rule.name,
            key[1],
            tuple(names[need] for need in analysis.targets[key].dependencies if need in found),
        )
        for key in found
    )


def query_actions(session: Session, text: str) -> tuple[FoundAction, ...]:
    """Return the actions of the targets that an expression means."""
    analysis, keys = _configured(session, text)
    graph = analysis.actions
    owners: Mapping[int, ConfiguredKey] = {i: key for key in reversed(keys) for i in analysis.targets[key].actions}
    store = Store.open(Path(session.settings.cache))
    try:
        known = known_keys(graph, needed_actions(graph, owners), store)
    finally:
        store.close()
    return tuple(
        FoundAction(
            graph.actions[index].mnemonic,
            str(owners[index][0]),
            owners[index][1],
            known[index].key if index in known else "",
            tuple(sorted(artifact.path for artifact in graph.actions[index].inputs)),
            tuple(artifact.path for artifact in graph.actions[index].outputs),
            graph.actions[index].argv,
            graph.actions[index].env,
            tuple(mount.path for mount in graph.actions[index].mounts),
        )
        for index in sorted(owners)
    )


def query_toolchains(session: Session, text: str) -> tuple[FoundToolchain, ...]:
    """Return which toolchains the targets that an expression means were given, and why not the others."""
    analysis, keys = _configured(session, text)
    return tuple(
        FoundToolchain(
            str(key[0]),
            key[1],
            str(resolution.request),
            str(resolution.chosen or ""),
            tuple((str(refusal.toolchain), refusal.reason) for refusal in resolution.refusals),
        )
        for key in keys
        for resolution in analysis.targets[key].resolutions
    )


def _configured(session: Session, text: str) -> tuple[Analysis, tuple[ConfiguredKey, ...]]:
    query = parse_query(text, session.place.base)
    analysis = session.analyze(session.load(_patterns(session, query)))
    return analysis, tuple(dict.fromkeys(answer(query, configured_universe(analysis))))


def _patterns(session: Session, query: Query) -> tuple[str, ...]:
    """Return what must be loaded: files are in the graph of those that name them, and are no targets to ask for."""
    patterns = tuple(dict.fromkeys(patterns_in(query)))
    targets = tuple(str(pattern) for pattern in patterns if not _is_file(session, pattern))
    return targets or tuple(f"{str(pattern).rpartition(':')[0]}:all" for pattern in patterns)


def _is_file(session: Session, pattern: Pattern) -> bool:
    if pattern.name is None:
        return False
    path = f"{pattern.package}/{pattern.name}".lstrip("/")
    if pattern.repository:
        return (session.provisions.repository_root(pattern.repository) / path).is_file()
    return session.file_label(path) is not None
