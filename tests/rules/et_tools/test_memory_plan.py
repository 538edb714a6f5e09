"""Planned memory: blocks laid out without sharing bytes, programs whose arenas are as small as what lives in them."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lower.arena import ORDERS, Block, lay_out, most_alive

LIVES = st.tuples(st.integers(0, 30), st.integers(0, 8))
BLOCKS = st.lists(
    st.builds(lambda size, life: Block(size, life[0], sum(life)), st.integers(0, 100), LIVES), max_size=25
)


def height(blocks, offsets):
    """Return how many bytes a layout takes."""
    return max((at + one.nbytes for at, one in zip(offsets, blocks, strict=True)), default=0)


def height_by(blocks, order):
    """Return how many bytes blocks take that are placed in one order, each as low as it can be."""
    placed = []
    for block in sorted(blocks, key=order):
        beside = [each for each in placed if block.first <= each[1].last and each[1].first <= block.last]
        starts = [0, *(at + one.nbytes for at, one in beside)]
        lowest = min(
            start
            for start in starts
            if all(start + block.nbytes <= at or at + one.nbytes <= start for at, one in beside)
        )
        placed.append((lowest, block))
    return max(at + one.nbytes for at, one in placed)


@given(BLOCKS)
@settings(deadline=None, max_examples=60)
def test_blocks_that_live_at_once_share_no_byte(blocks):
    offsets = lay_out(blocks)
    assert all(offset >= 0 for offset in offsets)
    for (at, one), (start, other) in combinations(zip(offsets, blocks, strict=True), 2):
        at_once = one.first <= other.last and other.first <= one.last
        assert not at_once or at + one.nbytes <= start or start + other.nbytes <= at


@given(BLOCKS)
@settings(deadline=None, max_examples=60)
def test_no_layout_takes_less_than_what_lives_at_once(blocks):
    taken = height(blocks, lay_out(blocks))
    at_steps = [sum(one.nbytes for one in blocks if one.first <= step <= one.last) for step in range(40)]
    assert most_alive(blocks) == max(at_steps)
    assert taken >= most_alive(blocks)


def test_a_gap_that_every_simple_order_leaves_is_closed():
    lives = [(4, 3, 5), (3, 0, 0), (8, 3, 3), (7, 2, 5), (1, 1, 3), (7, 4, 7), (4, 4, 4)]
    blocks = [Block(*life) for life in lives]
    assert [height_by(blocks, order) for order in ORDERS] == [23, 26, 26, 24, 26]
    assert height(blocks, lay_out(blocks)) == most_alive(blocks) == 22


def test_nothing_takes_nothing():
    assert lay_out([]) == ()
    assert most_alive([]) == 0


@pytest.mark.torch
@pytest.mark.parametrize("name", ["mlp", "cnn", "llama", "bert", "vit"])
def test_an_arena_is_hardly_larger_than_what_lives_in_it(name, tmp_path):
    pytest.importorskip("executorch.exir")
    from workbench import Workbench  # noqa: PLC0415  Imports torch.

    from lower import lower_portable  # noqa: PLC0415  So does this.

    bench = Workbench(tmp_path)
    bench.export(name)
    bench.lower(lower_portable, name)
    plan = json.loads((bench.folder / f"{name}.plan.json").read_text())
    for method in plan["methods"].values():
        for buffer in method["buffers"]:
            assert buffer["bytes"] <= 1.02 * buffer["most_alive"]
