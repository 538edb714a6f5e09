"""What source transforms add to a module: exported for inference, of the dtype that the target names."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="needs the export environment")
pytest.importorskip("executorch", reason="needs the export environment")
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

from workbench import Workbench

TRANSFORMS = """
import torch
from torch import nn

class Mode(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, values):
        return self.inner(values) * (2 if self.training else 1)

class Scaled(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.register_buffer("weight", torch.ones(4, 4, dtype=torch.int8))
        self.register_buffer("scales", torch.ones(4))

    def forward(self, values):
        return self.inner(values) * (self.weight * self.scales).to(values.dtype).mean()

def make():
    return nn.Linear(8, 4)

def dropped(module):
    return nn.Sequential(module, nn.Dropout(0.5))

def normed(module):
    return nn.Sequential(module, nn.BatchNorm1d(4))

def headed(module):
    return nn.Sequential(module, nn.Linear(4, 4))

def a_graph(module):
    graph = torch.export.export(module, (torch.rand(4, 8).to(module.weight.dtype),)).module()
    return nn.Sequential(graph, nn.Dropout(0.5))
"""
MODEL = ["--kind", "torch_model", "--entry", "adds.py:make", "--example-inputs", '[{"shape":[4,8]}]']


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    bench = Workbench(tmp_path_factory.mktemp("transforms"))
    bench.write("adds.py", TRANSFORMS)
    return bench


@pytest.mark.parametrize("name", ["Mode", "dropped", "normed", "headed", "a_graph"])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_what_a_transform_adds_infers_and_has_the_dtype(bench: Workbench, name: str, dtype: str) -> None:
    given = [*MODEL, "--dtype", dtype]
    plain = torch.export.load(bench.export_with("plain", given)).module()
    graph = torch.export.load(bench.export_with("added", [*given, "--source-transform", f"adds.py:{name}"]))
    values = torch.rand(4, 8).to(getattr(torch, dtype))
    answer = graph.module()(values)
    assert answer.dtype == values.dtype
    if name != "headed":
        torch.testing.assert_close(answer, plain(values), rtol=1e-3, atol=1e-3)


def test_scales_that_a_transform_adds_beside_quantized_weights_stay(bench: Workbench) -> None:
    flagged = [*MODEL, "--dtype", "float16", "--source-transform", "adds.py:Scaled"]
    state = torch.export.load(bench.export_with("scaled", flagged)).state_dict
    assert {key: value.dtype for key, value in state.items() if key in ("scales", "inner.bias")} == {
        "scales": torch.float32,
        "inner.bias": torch.float16,
    }
