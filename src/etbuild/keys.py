"""The keys of actions as far as they are known without running any. Writes no result, places nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from etbuild.execution.action_key import ActionKey, action_key
from etbuild.execution.critical_path import producers_of, sources_of
from etbuild.execution.expansion import actions_of, ordered
from etbuild.execution.file_digests import FileDigests
from etbuild.execution.frontier import spliced
from etbuild.execution.input_tree import Files, InputTrees, files_of
from etbuild.execution.store import Store
from etbuild.execution.used_headers import UsedHeaders
from etbuild.model.action import ActionGraph
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.frozen import field, frozen
from etbuild.model.graph import reachable


@frozen
class _Known:
    """What artifacts hold, where that is known: the DigestSource of keys."""

    digests: FileDigests
    made: dict[Artifact, Files] = field(default_factory=dict)

    def files(self, artifact: Artifact) -> Files:
        if not artifact.is_source:
            return self.made[artifact]
        if artifact.is_tree:
            return [(f"{artifact.path}/{path}", file) for path, file in self.digests.tree(artifact.location)]
        return ((artifact.path, self.digests.digest(artifact.location)),)


def needed_actions(graph: ActionGraph, roots: Iterable[int]) -> list[int]:
    """Return the indices of `roots` and of all that they need, producers first."""
    producers = producers_of(graph)
    return sorted(reachable(roots, lambda index: producers[index]))


def known_keys(graph: ActionGraph, needed: Iterable[int], store: Store) -> Mapping[int, ActionKey]:
    """Return the key of each needed action; without those that read what has yet to be made, or is gone."""
    return _look_up(graph, sorted(needed), store)[0]


def known_graph(graph: ActionGraph, needed: Iterable[int], store: Store) -> ActionGraph:
    """Return a graph with the actions that needed dynamic ones come to, as far as what these read is known."""
    dynamic = [index for index in needed if graph.actions[index].expansion]
    if not dynamic:
        return graph
    _, known = _look_up(graph, sorted(needed), store)
    present = set(needed)
    for index in dynamic:
        with suppress(KeyError, FileNotFoundError, EtbuildError):
            actions, missing = actions_of(graph.actions[index], known.files, store)
            if not missing:
                graph, places = spliced(graph, index, actions, present)
                present.update(places)
    return ordered(graph)[0]


def _look_up(graph: ActionGraph, indices: Sequence[int], store: Store) -> tuple[dict[int, ActionKey], _Known]:
    known = _Known(FileDigests(store))
    known.digests.look_up(sources_of(graph.actions[index] for index in indices))
    trees, used = InputTrees(known), UsedHeaders(known, store)
    keys: dict[int, ActionKey] = {}
    for index in indices:
        action = graph.actions[index]
        if action.expansion:
            continue
        try:
            keys[index] = action_key(action, trees)
        except (KeyError, FileNotFoundError):
            continue
        result = store.result(keys[index].key)
        if result is None and action.depfile:
            result = used.result(action, keys[index])
        if result is not None:
            known.made.update({output: files_of(output, result) for output in action.outputs})
    return keys, known
