"""Graph algorithms, each held against what is obviously right."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etbuild.model.graph import CycleError, reachable, reverse, some_path, topological_order

NODES = range(8)
GRAPHS = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=4)).map(
    lambda edges: {node: edges.get(node, []) for node in NODES}
)
ACYCLIC = GRAPHS.map(lambda graph: {node: [child for child in graph[node] if child < node] for node in NODES})
Graph = dict[int, list[int]]


def closure(graph: Graph) -> set[tuple[int, int]]:
    """Return all pairs of which the first reaches the second by at least one edge (Warshall)."""
    pairs = {(node, child) for node in NODES for child in graph[node]}
    for middle, start, end in itertools.product(NODES, NODES, NODES):
        if (start, middle) in pairs and (middle, end) in pairs:
            pairs.add((start, end))
    return pairs


@given(ACYCLIC, st.lists(st.sampled_from(NODES)))
def test_an_order_holds_what_is_reached_once_and_dependencies_first(graph: Graph, roots: list[int]) -> None:
    order = topological_order(roots, graph.__getitem__)
    pairs = closure(graph)
    assert sorted(order) == sorted({*roots, *(end for start, end in pairs if start in roots)})
    assert all(order.index(child) < order.index(node) for node in order for child in graph[node])


@given(GRAPHS, st.lists(st.sampled_from(NODES)))
def test_a_cycle_is_found_exactly_where_there_is_one(graph: Graph, roots: list[int]) -> None:
    pairs = closure(graph)
    reached = {*roots, *(end for start, end in pairs if start in roots)}
    is_cyclic = any((node, node) in pairs for node in reached)
    cycle: tuple[int, ...] = ()
    try:
        topological_order(roots, graph.__getitem__)
    except CycleError as error:
        cycle = tuple(node for node in error.cycle if isinstance(node, int))
    assert bool(cycle) == is_cyclic
    assert cycle[:1] == cycle[-1:]
    assert all(end in graph[start] for start, end in itertools.pairwise(cycle))
    assert len(set(cycle)) == max(0, len(cycle) - 1)


@given(GRAPHS, st.lists(st.sampled_from(NODES)))
def test_what_is_reached_is_the_closure(graph: Graph, roots: list[int]) -> None:
    pairs = closure(graph)
    assert set(reachable(roots, graph.__getitem__)) == {*roots, *(end for start, end in pairs if start in roots)}


@given(GRAPHS)
def test_a_reversed_graph_has_each_edge_the_other_way(graph: Graph) -> None:
    turned = reverse(graph)
    assert sorted((child, node) for child, nodes in turned.items() for node in nodes) == sorted(
        (child, node) for node in NODES for child in graph[node]
    )


@given(GRAPHS, st.sampled_from(NODES), st.sampled_from(NODES))
def test_a_path_is_a_shortest_one(graph: Graph, start: int, goal: int) -> None:
    distance = {start: 0}
    for step in NODES:
        for node in [node for node, far in distance.items() if far == step]:
            for child in graph[node]:
                distance.setdefault(child, step + 1)
    path = some_path(start, goal, graph.__getitem__)
    assert len(path) == (distance[goal] + 1 if goal in distance else 0)
    assert all(end in graph[one] for one, end in itertools.pairwise(path))
    assert not path or (path[0], path[-1]) == (start, goal)


def test_a_chain_may_be_longer_than_pythons_stack() -> None:
    order = topological_order([50_000], lambda node: [node - 1] if node else [])
    assert order == list(range(50_001))


def test_the_error_of_a_cycle_shows_its_path() -> None:
    with pytest.raises(CycleError, match="1 -> 2 -> 1"):
        topological_order([1], {1: [2], 2: [1]}.__getitem__)
