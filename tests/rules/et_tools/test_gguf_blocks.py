"""Blocks of a GGUF file as weights: what the operators say they stand for, which layers get them, what is refused."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
gguf = pytest.importorskip("gguf")
pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

import numpy as np
from workbench import LLAMA, Workbench

from common.gguf_operators import TYPES, weights_of, width_of

BLOCKS = ["--kind", "hf_model", "--architecture", "LlamaForCausalLM", "--weights", "llama.gguf"]
BLOCKS += ["--task", "text-generation", "--max-seq-len", "64", "--quantize", "gguf"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = Workbench(tmp_path_factory.mktemp("blocks"))
    bench.write_gguf()
    return bench


@pytest.fixture(scope="module")
def program(bench):
    return torch.export.load(bench.export_with("blocks", BLOCKS))


@pytest.mark.parametrize("number", TYPES)
def test_blocks_stand_for_the_weights_that_gguf_reads(number):
    type_ = gguf.GGMLQuantizationType(number)
    rows = gguf.quantize(np.random.default_rng(0).standard_normal((3, 96), dtype=np.float32), type_)
    assert type_.name == TYPES[number].name
    assert torch.equal(weights_of(torch.from_numpy(rows), number), torch.from_numpy(gguf.dequantize(rows, type_)))
    assert width_of(torch.from_numpy(rows), number) == 96


def test_every_matrix_keeps_the_blocks_of_the_file(bench, program):
    calls = [node.target for node in program.graph.nodes if node.op == "call_function"]
    assert calls.count(torch.ops.gguf.linear.default) == 2 * 7 + 1
    assert calls.count(torch.ops.gguf.embedding.default) == 1
    assert torch.ops.aten.linear.default not in calls
    reader = gguf.GGUFReader(bench.folder / "llama.gguf")
    in_file = sorted(row.tobytes() for each in reader.tensors if int(each.tensor_type) in TYPES for row in each.data)
    kept = {id(tensor): tensor for tensor in program.state_dict.values() if tensor.dtype == torch.uint8}
    assert sorted(row.numpy().tobytes() for tensor in kept.values() for row in tensor) == in_file


def test_the_answers_are_those_of_the_float_model(bench, program):
    floats = torch.export.load(bench.export_with("floats", BLOCKS[:-2]))
    tokens, positions = torch.tensor([[5, 6, 7, 8]]), torch.arange(4)
    [ours], [wanted] = ([each.module()(input_ids=tokens, cache_position=positions)] for each in (program, floats))
    torch.testing.assert_close(ours, wanted, rtol=1e-5, atol=1e-6)


def test_weights_of_another_file_have_no_blocks(bench):
    diagnostic = bench.refused_export([*LLAMA, "--quantize", "gguf"])
    assert (diagnostic.code, diagnostic.attribute) == ("no-blocks", "quantize")
    assert diagnostic.message == "quantize = \"gguf\" keeps the blocks of a GGUF file, and 'weights' are none"


def test_blocks_are_of_float32(bench):
    diagnostic = bench.refused_export([*BLOCKS, "--dtype", "bfloat16"])
    assert (diagnostic.code, diagnostic.attribute) == ("no-blocks", "dtype")
    assert diagnostic.message == "quantize = \"gguf\" computes in float32, 'dtype' is bfloat16"


def test_a_file_without_such_blocks_says_what_it_has(bench, monkeypatch):
    monkeypatch.setattr("export.gguf_blocks.TYPES", {})
    diagnostic = bench.refused_export(BLOCKS)
    assert diagnostic.message.endswith("the file has F32, Q4_0, Q4_1, Q8_0")
