"""8da4w as one operator a layer: what it computes is torchao's own graph; which layers get it, what is refused."""

from __future__ import annotations

import copy

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

from workbench import LLAMA, VIT, Workbench

from common.int4_operators import packed, unpacked
from export.quantize_weights import Linear8da4, quantize_weights

WHOLE = ["--quantize", "8da4w", "--whole-layers"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Workbench(tmp_path_factory.mktemp("int4"))


def layers_of(*, bias, group_size):
    torch.manual_seed(3)
    ours = torch.nn.Sequential(torch.nn.Linear(128, 48, bias=bias))
    torchaos = copy.deepcopy(ours)
    quantize_weights(ours, "8da4w", group_size, whole_layers=True)
    quantize_weights(torchaos, "8da4w", group_size)
    return ours, torchaos


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("group_size", [None, 64, 128])
def test_the_operator_gives_torchaos_bits(bias, group_size):
    ours, torchaos = layers_of(bias=bias, group_size=group_size)
    assert type(ours[0]) is Linear8da4
    values = torch.randn((2, 5, 128))
    rows = (values, values.abs() + 3, -values.abs() * 1e-30, torch.zeros_like(values), torch.full_like(values, 7e20))
    with torch.no_grad():
        for each in rows:
            assert torch.equal(ours(each), torchaos(each))


def test_weights_are_packed_by_blocks_of_32():
    numbers = torch.arange(128).reshape(2, 64) % 16 - 8
    bytes_ = packed(numbers)
    assert bytes_.dtype == torch.uint8
    assert bytes_.shape == (2, 32)
    assert (int(bytes_[0, 1]) & 15, int(bytes_[0, 1]) >> 4) == (int(numbers[0, 1]) + 8, int(numbers[0, 17]) + 8)
    assert torch.equal(unpacked(bytes_), numbers.float())


@pytest.mark.parametrize(("name", "model", "count"), [("llama", LLAMA, 2 * 7 + 1), ("vit", VIT, 2 * 6 + 1)])
def test_every_linear_layer_is_one_operator_with_the_answers_of_torchaos_graph(bench, name, model, count):
    ours = torch.export.load(bench.export_with(f"{name}-whole", [*model, *WHOLE]))
    torchaos = torch.export.load(bench.export_with(f"{name}-parts", [*model, "--quantize", "8da4w"]))
    calls = [node.target for node in ours.graph.nodes if node.op == "call_function"]
    assert calls.count(torch.ops.int4.linear_8da4w.default) == count
    assert torch.ops.aten.linear.default not in calls
    tokens = {"input_ids": torch.tensor([[5, 6, 7, 8]]), "cache_position": torch.arange(4)}
    given = tokens if name == "llama" else {"pixel_values": torch.rand((1, 3, 32, 32))}
    with torch.no_grad():
        one, other = (each.module()(**given) for each in (ours, torchaos))
    torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_layers_of_half_precision_keep_their_dtype(bench):
    program = torch.export.load(bench.export_with("half", [*VIT, *WHOLE, "--dtype", "bfloat16"]))
    assert program.module()(pixel_values=torch.rand((1, 3, 32, 32)).bfloat16()).dtype == torch.bfloat16


def test_groups_are_whole_blocks(bench):
    diagnostic = bench.refused_export([*LLAMA, *WHOLE, "--group-size", "16"])
    assert (diagnostic.code, diagnostic.attribute) == ("odd-group", "group_size")
    assert diagnostic.message == "'group_size' of 8da4w must be a multiple of 32 for portable kernels, is 16"
