"""query: an expression to what it means: targets, their actions or their toolchains. Runs no action."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from etbuild.analysis.query import Node, Universe, answer, configured_universe, loaded_universe
from etbuild.analysis.query_language import Query, parse_query, patterns_in
from etbuild.execution.store import Store
from etbuild.keys import known_graph, known_keys, needed_actions
from etbuild.model.action import LOCAL, Action, ActionGraph
from etbuild.model.configured import Analysis, ConfiguredKey
from etbuild.model.frozen import frozen, replace
from etbuild.model.label import Pattern
from etbuild.model.target import TargetGraph
from etbuild.session import Session


@frozen
class FoundTarget:
    """A node of the answer."""

    name: str
    """Its label; with its platform where targets are asked for as they are built."""
    kind: str
    """Its rule's name, or `source file`."""
    needs: tuple[str, ...]
    """Those of the answer that it depends on: the edges of a graph."""


@frozen
class FoundAction:
    """An action of a target of the answer."""

    mnemonic: str
    target: str
    key: str
    """Empty while something that it reads has yet to be made."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    mounts: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    """Where sources and repositories are that do not stand in the workspace at the path by which it knows them."""


@frozen
class FoundToolchain:
    """How a request of a target of the answer was resolved."""

    target: str
    request: str
    chosen: str
    refusals: tuple[tuple[str, str], ...]
    """Each toolchain that stood before it, and why it was not taken."""


def query_targets(session: Session, text: str, *, configured: bool) -> tuple[FoundTarget, ...]:
    """Return the targets that an expression means: as written, with files, or `configured` for their platforms."""
    if configured:
        analysis, keys = _configured(session, text)
        return _targets(configured_universe(analysis), keys, _name)
    query = parse_query(text, session.base)
    universe = loaded_universe(session.load(_patterns(session, query)))
    return _targets(universe, answer(query, universe), str)


def query_actions(session: Session, text: str) -> tuple[FoundAction, ...]:
    """Return the actions of the targets that an expression means."""
    analysis, keys = _configured(session, text)
    known = analysis.actions
    tests = (analysis.targets[key].test for key in keys)
    wanted = replace(known, actions=(*known.actions, *(test for test in tests if test)))
    # By identity: a test has no output to be known by.
    owners = {id(action): key for key in reversed(keys) for action in _actions_of(analysis, key)}
    roots = [index for index, action in enumerate(wanted.actions) if id(action) in owners]
    store = Store.open(Path(session.settings.cache))
    try:
        graph = known_graph(wanted, needed_actions(wanted, roots), store)
        owners |= _owners_of_chosen(wanted, graph, frozenset(keys))
        shown = [index for index, action in enumerate(graph.actions) if id(action) in owners]
        keys_of = known_keys(graph, needed_actions(graph, shown), store)
    finally:
        store.close()
    return tuple(
        FoundAction(
            mnemonic=action.mnemonic,
            target=_name(owners[id(action)]),
            key=keys_of[index].key if index in keys_of else "",
            inputs=tuple(sorted(artifact.path for artifact in action.inputs)),
            outputs=tuple(artifact.path for artifact in action.outputs),
            argv=action.argv,
            env=action.env,
            mounts=tuple(mount.path for mount in action.mounts),
            places=tuple(_places(session, action)),
        )
        for index in shown
        for action in [graph.actions[index]]
    )


def _actions_of(analysis: Analysis, key: ConfiguredKey) -> Iterator[Action]:
    target = analysis.targets[key]
    yield from (analysis.actions.actions[index] for index in target.actions)
    if target.test:
        yield target.test


def _owners_of_chosen(
    before: ActionGraph, graph: ActionGraph, keys: frozenset[ConfiguredKey]
) -> Mapping[int, ConfiguredKey]:
    """Return what dynamic actions of these targets came to, by identity, with its target."""
    known = frozenset(map(id, before.actions))
    owned = ((action, (action.owner, action.configuration)) for action in graph.actions if id(action) not in known)
    return {id(action): key for action, key in owned if key in keys}


def _places(session: Session, action: Action) -> Iterator[tuple[str, str]]:
    for artifact in action.inputs:
        place = artifact.location.removeprefix(f"{session.root}/")
        if artifact.is_source and place != artifact.path:
            yield artifact.path, place
    for mount in action.mounts:
        if mount.kind in ("repository", LOCAL):
            yield mount.path, str(session.provisions.repository_root(mount.source))


def query_toolchains(session: Session, text: str) -> tuple[FoundToolchain, ...]:
    """Return which toolchains the targets that an expression means were given, and why not the others."""
    analysis, keys = _configured(session, text, session.analyze_all)
    return tuple(
        FoundToolchain(_name(key), str(each.request), str(each.chosen or ""), refusals)
        for key in keys
        for each in analysis.targets[key].resolutions
        for refusals in [tuple((str(refusal.toolchain), refusal.reason) for refusal in each.refusals)]
    )


def _targets(universe: Universe[Node], nodes: tuple[Node, ...], name: Callable[[Node], str]) -> tuple[FoundTarget, ...]:
    found = dict.fromkeys(nodes)
    kinds = {node: spec.rule.name if (spec := universe.spec(node)) else "source file" for node in found}
    edges = {node: tuple(name(need) for need in universe.edges[node] if need in found) for node in found}
    return tuple(FoundTarget(name(node), kinds[node], edges[node]) for node in found)


def _configured(
    session: Session, text: str, analyze: Callable[[TargetGraph], Analysis] | None = None
) -> tuple[Analysis, tuple[ConfiguredKey, ...]]:
    query = parse_query(text, session.base)
    analysis = (analyze or session.analyze)(session.load(_patterns(session, query)))
    return analysis, tuple(dict.fromkeys(answer(query, configured_universe(analysis))))


def _name(key: ConfiguredKey) -> str:
    return f"{key[0]} ({key[1]})"


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
