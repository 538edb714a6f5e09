"""Graph algorithms on plain mappings: order, cycle, reverse, reach, path. Knows nothing of what nodes are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)
Edges = Callable[[Node], Iterable[Node]]


class CycleError(Exception):
    """Nodes depend on each other in a ring."""

    def __init__(self, cycle: tuple[Hashable, ...]) -> None:
        self.cycle = cycle
        """The ring's nodes in order; the first stands at the end again."""
        super().__init__(" -> ".join(map(str, cycle)))


def topological_order(roots: Iterable[Node], edges: Edges[Node]) -> list[Node]:
    """Return what `roots` reach, dependencies before dependents, in an order fixed by `roots` and `edges`.

    Raises CycleError. Does not recurse: chains may be longer than Python's stack.
    """
    order: list[Node] = []
    done: set[Node] = set()
    path: dict[Node, None] = {}
    for root in roots:
        stack = [(root, iter(edges(root)))] if root not in done else []
        path.update(dict.fromkeys([root] if stack else []))
        while stack:
            node, children = stack[-1]
            child = next((c for c in children if c not in done), None)
            if child is None:
                stack.pop()
                del path[node]
                done.add(node)
                order.append(node)
            elif child in path:
                ring = list(path)
                raise CycleError((*ring[ring.index(child) :], child))
            else:
                path[child] = None
                stack.append((child, iter(edges(child))))
    return order


def reverse(graph: Mapping[Node, Iterable[Node]]) -> dict[Node, list[Node]]:
    """Return who depends on each node."""
    dependents: dict[Node, list[Node]] = {node: [] for node in graph}
    for node, children in graph.items():
        for child in children:
            dependents.setdefault(child, []).append(node)
    return dependents


def reachable(roots: Iterable[Node], edges: Edges[Node]) -> dict[Node, None]:
    """Return what `roots` reach, themselves included, in the order in which it was found."""
    found: dict[Node, None] = dict.fromkeys(roots)
    pending = list(found)
    while pending:
        for child in edges(pending.pop()):
            if child not in found:
                found[child] = None
                pending.append(child)
    return found


def some_path(start: Node, goal: Node, edges: Edges[Node]) -> list[Node]:
    """Return a shortest path from `start` to `goal`, both included, or nothing if there is none."""
    came_from: dict[Node, Node | None] = {start: None}
    frontier = [start]
    while frontier and goal not in came_from:
        following: list[Node] = []
        for node in frontier:
            for child in edges(node):
                if child not in came_from:
                    came_from[child] = node
                    following.append(child)
        frontier = following
    path: list[Node] = []
    step: Node | None = goal if goal in came_from else None
    while step is not None:
        path.append(step)
        step = came_from[step]
    return path[::-1]
