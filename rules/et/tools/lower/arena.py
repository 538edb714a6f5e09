"""Lays out blocks that live for a while in one arena, in as few bytes as can be found. Knows no tensors."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WORK = 3_000_000
"""How many comparisons of blocks a search may take: some seconds."""


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes that are needed from one step to another, both included."""

    nbytes: int
    first: int
    last: int


ORDERS: tuple[Callable[[Block], tuple[int, ...]], ...] = (
    lambda block: (-block.nbytes, block.first),
    lambda block: (-block.nbytes * (block.last - block.first + 1), block.first),
    lambda block: (block.first - block.last, -block.nbytes),
    lambda block: (block.first, -block.nbytes),
    lambda block: (-block.last, -block.nbytes),
)
"""What is placed first: the largest, what takes most bytes for most steps, the longest, the earliest, the latest."""


def most_alive(blocks: Sequence[Block]) -> int:
    """Return the most bytes that are needed at one step: no layout takes fewer."""
    steps: dict[int, int] = {}
    for block in blocks:
        steps[block.first] = steps.get(block.first, 0) + block.nbytes
        steps[block.last + 1] = steps.get(block.last + 1, 0) - block.nbytes
    alive = most = 0
    for step in sorted(steps):
        alive += steps[step]
        most = max(most, alive)
    return most


def lay_out(blocks: Sequence[Block]) -> tuple[int, ...]:
    """Return each block's offset; blocks that live at the same step share no byte. Equal blocks give equal offsets.

    Blocks are placed one after another, each as low as it can be; what matters is the order. A few orders are tried,
    and the best is improved by moving forward what ends highest, until no layout can be smaller or WORK is done.
    """
    neighbours = _neighbours(blocks)
    wanted = most_alive(blocks)
    tried = [_place(blocks, neighbours, sorted(range(len(blocks)), key=lambda at: key(blocks[at]))) for key in ORDERS]
    best = min(tried, key=lambda one: _height(blocks, one))
    cost = sum(map(len, neighbours)) + len(blocks)
    chance = random.Random(0)  # noqa: S311 -- no secret: the same layout each time is what is wanted
    for _ in range(WORK // max(cost, 1)):
        height = _height(blocks, best)
        if height == wanted:
            break
        order = sorted(range(len(blocks)), key=lambda at: (best[at], -blocks[at].nbytes, at))
        highest = [at for at in order if best[at] + blocks[at].nbytes == height]
        for at in (chance.choice(highest), chance.choice(order)):
            order.remove(at)
            order.insert(chance.randrange(len(order) + 1), at)
        found = _place(blocks, neighbours, order)
        if _height(blocks, found) <= height:
            best = found
    return tuple(best)


def _height(blocks: Sequence[Block], offsets: Sequence[int]) -> int:
    return max((offset + block.nbytes for offset, block in zip(offsets, blocks, strict=True)), default=0)


def _neighbours(blocks: Sequence[Block]) -> list[list[int]]:
    """Return for each block those that live at a step at which it does."""
    found: list[list[int]] = [[] for _ in blocks]
    alive: list[int] = []
    for at in sorted(range(len(blocks)), key=lambda at: blocks[at].first):
        alive = [other for other in alive if blocks[other].last >= blocks[at].first]
        for other in alive:
            found[at].append(other)
            found[other].append(at)
        alive.append(at)
    return found


def _place(blocks: Sequence[Block], neighbours: Sequence[Sequence[int]], order: Sequence[int]) -> list[int]:
    """Return offsets: each block in the lowest gap between those placed before it that is large enough."""
    offsets = [-1] * len(blocks)
    for at in order:
        lowest = 0
        for start, end in sorted(
            (offsets[other], offsets[other] + blocks[other].nbytes) for other in neighbours[at] if offsets[other] >= 0
        ):
            if start - lowest >= blocks[at].nbytes:
                break
            lowest = max(lowest, end)
        offsets[at] = lowest
    return offsets
