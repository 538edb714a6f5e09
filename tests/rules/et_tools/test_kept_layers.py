"""Linear layers of portable programs: kept whole where the official runtime runs them so, with the model's answers."""

from __future__ import annotations

import json
import runpy

import pytest

pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

import torch
from executorch.runtime import Runtime
from workbench import Workbench

from lower import lower_portable

MODELS = """
import torch
class Layer(torch.nn.Module):
    def __init__(self, bias=True):
        super().__init__()
        self.linear = torch.nn.Linear(8, 5, bias)
class Rows(Layer):
    def forward(self, x):
        return self.linear(x)
class Turned(Layer):
    def forward(self, x):
        return self.linear(x.transpose(0, 1)) * 2
class Vector(Layer):
    def forward(self, x):
        return self.linear(x[0, 0])
class Both(Layer):
    def forward(self, x):
        return self.linear(x) + self.linear(x[0, 0])
class RowOfWeights(Layer):
    def forward(self, x):
        return torch.nn.functional.linear(x, self.linear.weight[0])
def make(kind, bias=True):
    torch.manual_seed(0)
    return kind(bias).eval()
def rows(): return make(Rows)
def without_bias(): return make(Rows, False)
def turned(): return make(Turned)
def vector(): return make(Vector)
def both(): return make(Both)
def row_of_weights(): return make(RowOfWeights)
"""
LINEAR = "aten::linear"
KEPT = {
    "rows": {LINEAR: 1},
    "without_bias": {LINEAR: 1},
    "turned": {LINEAR: 1},
    "vector": {"aten::addmm": 1},
    "both": {LINEAR: 1, "aten::addmm": 1},
    "row_of_weights": {"aten::sum": 1},
}
"""By model, how often its program calls what multiplies matrices."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = Workbench(tmp_path_factory.mktemp("kept"))
    bench.write("layers.py", MODELS)
    return bench


@pytest.mark.parametrize("name", KEPT)
def test_a_linear_layer_is_kept_where_the_official_runtime_runs_it(bench, name):
    flags = ["--kind", "torch_model", "--entry", f"layers.py:{name}", "--example-inputs", '[{"shape":[3,2,8]}]']
    bench.export_with(name, flags)
    program = bench.lower(lower_portable, name)
    report = json.loads((bench.folder / f"{name}.operators.json").read_text())
    counts = {call["operator"]: call["count"] for call in report["methods"]["forward"]["operators"]}
    assert {operator: count for operator, count in counts.items() if operator in {LINEAR, *KEPT[name]}} == KEPT[name]
    model = runpy.run_path(str(bench.folder / "layers.py"))[name]()
    values = torch.randn(3, 2, 8)
    [given] = Runtime.get().load_program(program).load_method("forward").execute([values])
    torch.testing.assert_close(given, model(values))
