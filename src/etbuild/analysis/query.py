"""Queries answered on graphs: loaded targets, or configured ones. Pure functions; knows nothing of text or printing."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from etbuild.analysis.query_language import Call, Combination, Query, Targets
from etbuild.model.attrs_schema import attributes_of
from etbuild.model.configured import Analysis, ConfiguredKey
from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean
from etbuild.model.frozen import frozen
from etbuild.model.graph import reverse, some_path
from etbuild.model.label import Label, Pattern
from etbuild.model.target import TargetGraph, TargetSpec

Node = TypeVar("Node", bound=Hashable)
Found = dict[Node, None]


@frozen
class Universe(Generic[Node]):
    """A graph that can be asked."""

    edges: Mapping[Node, tuple[Node, ...]]
    """Every node, with what it depends on."""
    label: Callable[[Node], Label]
    spec: Callable[[Node], TargetSpec | None]
    """The target of a node; None for a source file."""


def loaded_universe(graph: TargetGraph) -> Universe[Label]:
    """Return the targets as written, with every branch of their selects, and their source files."""
    edges = {label: spec.dependencies for label, spec in graph.targets.items()}
    files = {label: () for needs in edges.values() for label in needs if label not in edges}
    return Universe({**edges, **files}, lambda label: label, graph.targets.get)


def configured_universe(analysis: Analysis) -> Universe[ConfiguredKey]:
    """Return the targets as they are built: by platform, selects resolved, with toolchains."""
    edges = {key: target.dependencies for key, target in analysis.targets.items()}
    return Universe(edges, lambda key: key[0], lambda key: analysis.targets[key].spec)


def answer(query: Query, universe: Universe[Node]) -> tuple[Node, ...]:
    """Return the nodes that `query` means, in the order they were found. Raises `unknown-target`, `bad-query`."""
    return tuple(_Answer(universe).of(query))


class _Answer(Generic[Node]):
    def __init__(self, universe: Universe[Node]) -> None:
        self._universe = universe

    def of(self, query: Query) -> Found[Node]:
        if isinstance(query, Targets):
            return self._matching(query.pattern)
        if isinstance(query, Combination):
            left, right = self.of(query.left), self.of(query.right)
            if query.operator == "+":
                return {**left, **right}
            return {node: None for node in left if (node in right) == (query.operator == "^")}
        return self._call(query)

    def _matching(self, pattern: Pattern) -> Found[Node]:
        universe = self._universe
        one = pattern.name is not None
        found = {
            node: None
            for node in universe.edges
            if pattern.matches(universe.label(node)) and (one or universe.spec(node) is not None)
        }
        if one and not found:
            hint = did_you_mean(str(pattern), (universe.label(node).full for node in universe.edges))
            raise EtbuildError(Diagnostic("unknown-target", f"no target or file '{pattern}' in the graph", hint=hint))
        return found

    def _call(self, call: Call) -> Found[Node]:
        sets = [self.of(query) for query in call.sets]
        edges = self._universe.edges
        if call.function == "deps":
            return _within(sets[0], edges, call.depth)
        if call.function == "rdeps":
            inside = _within(sets[0], edges, -1)
            dependents = reverse({node: edges[node] for node in inside})
            return _within((node for node in sets[1] if node in inside), dependents, call.depth)
        if call.function == "somepath":
            paths = (some_path(start, goal, edges.__getitem__) for start in sets[0] for goal in sets[1])
            return dict.fromkeys(next((path for path in paths if path), ()))
        test = self._kind(call.words[0]) if call.function == "kind" else self._attribute(*call.words)
        return {node: None for node in sets[0] if test(node)}

    def _kind(self, pattern: str) -> Callable[[Node], bool]:
        expression = re.compile(pattern)

        def test(node: Node) -> bool:
            spec = self._universe.spec(node)
            return expression.search(f"{spec.rule.name} rule" if spec else "source file") is not None

        return test

    def _attribute(self, name: str, pattern: str) -> Callable[[Node], bool]:
        expression = re.compile(pattern)

        def test(node: Node) -> bool:
            spec = self._universe.spec(node)
            text = attribute_text(spec, name) if spec else None
            return text is not None and expression.search(text) is not None

        return test


def attribute_text(spec: TargetSpec, name: str) -> str | None:
    """Return an attribute as `attr` compares it, defaults included; None if the target has none of this name."""
    checked = spec.attrs is not None and name in attributes_of(spec.rule.attrs)
    own = getattr(spec.attrs, name) if checked else spec.raw.get(name)
    if own is None and name in ("tags", "visibility", "manual", "compatible_with", "ram"):
        own = getattr(spec, name)
    return _text(spec.label.name if name == "name" else own)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, frozenset)) and not hasattr(value, "_fields"):
        texts = [str(_text(element)) for element in value]
        return f"[{', '.join(sorted(texts) if isinstance(value, frozenset) else texts)}]"
    return str(value)


def _within(roots: Iterable[Node], edges: Mapping[Node, Iterable[Node]], depth: int) -> Found[Node]:
    """Return what `roots` reach in at most `depth` steps (-1: any number), nearest first."""
    found: Found[Node] = dict.fromkeys(roots)
    frontier = list(found)
    while frontier and depth != 0:
        frontier = list(dict.fromkeys(n for node in frontier for n in edges[node] if n not in found))
        found.update(dict.fromkeys(frontier))
        depth -= 1
    return found
