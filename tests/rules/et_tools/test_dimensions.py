"""Dimensions declared dynamic: what is refused before and after torch traces, and what a graph says of them."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch", reason="needs the export environment")
pytest.importorskip("executorch", reason="needs the export environment")
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

from workbench import Workbench

from export.capture import refusal

MODULES = """
from torch import nn

class Sums(nn.Module):
    def forward(self, values):
        return values.sum() + values

class Tied(nn.Module):
    def forward(self, left, right):
        return left + right

class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 8)

    def forward(self, values):
        return self.layer(values)
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    bench = Workbench(tmp_path_factory.mktemp("dimensions"))
    bench.write("sizes.py", MODULES)
    return bench


def model(name: str, shape: str) -> list[str]:
    return ["--kind", "torch_model", "--entry", f"sizes.py:{name}", "--example-inputs", f'[{{"shape":{shape}}}]']


RANGE = "must be [least, most], from 0 to 2147483647 and least below most, is"
MISFITS = {
    '{"values": {"0": [5, 9]}}': "dimension 0 of 'values' must be 5 to 9, is 4 in its example",
    '{"0": {"3": [1, 9]}}': "'dynamic_shapes' must name dimensions of 'values', whose example is [4]: 3 is none",
    '{"0": {"-1": [1, 9]}}': "'dynamic_shapes' must name dimensions of 'values' by their numbers, from 0, names '-1'",
    '{"0": {"row": [1, 9]}}': "'dynamic_shapes' must name dimensions of 'values' by their numbers, from 0, names 'row'",
    '{"0": {"0.0": [1, 9]}}': "'dynamic_shapes' must name dimensions of 'values' by their numbers, from 0, names '0.0'",
    '{"0": {"0": [1, 9]}, "values": {}}':
        "'dynamic_shapes' must name input 'values' once, names it '0' and 'values'",
    '{"0": {"0": [8, 1]}}': f"dimension 0 of 'values' {RANGE} [8, 1]",
    '{"0": {"0": [4, 4]}}': f"dimension 0 of 'values' {RANGE} [4, 4]",
    '{"0": {"0": [-3, 8]}}': f"dimension 0 of 'values' {RANGE} [-3, 8]",
    '{"0": {"0": [1, 1000000000000]}}': f"dimension 0 of 'values' {RANGE} [1, 1000000000000]",
}  # fmt: skip


@pytest.mark.parametrize("shapes", MISFITS)
def test_dimensions_that_the_example_does_not_have_are_refused(bench: Workbench, shapes: str) -> None:
    diagnostic = bench.refused_export([*model("Sums", "[4]"), "--dynamic-shapes", shapes])
    assert (diagnostic.code, diagnostic.attribute) == ("inputs-do-not-fit", "dynamic_shapes")
    assert diagnostic.message == MISFITS[shapes]


def test_a_dynamic_dimension_whose_example_is_one_is_told_before_anything_is_traced(bench: Workbench) -> None:
    given = model("Sums", "[1]")
    diagnostic = bench.refused_export([*given, "--dynamic-shapes", '{"0": {"0": [1, 9]}}'])
    assert (diagnostic.code, diagnostic.attribute) == ("fixed-dimension", "example_inputs")
    assert diagnostic.message == "dimension 0 of 'values' must be 2 or more in its example, is 1"
    assert diagnostic.hint == "give an example of 2 or more: 1 is still allowed then"


def test_facts_say_the_least_size_that_was_declared(bench: Workbench) -> None:
    for least in (0, 1, 2, 3):
        bench.export_with("Least", [*model("Layer", "[4,8]"), "--dynamic-shapes", f'{{"0":{{"0":[{least},9]}}}}'])
        facts = json.loads((bench.folder / "Least.json").read_text())
        assert facts["inputs"][0]["shape"] == [[least, 9], 8]


def test_a_graph_made_elsewhere_takes_one_row_where_torch_wrote_two(bench: Workbench) -> None:
    rows = {0: torch.export.Dim.AUTO(max=9)}
    torch.export.save(
        torch.export.export(torch.nn.Linear(8, 8), (torch.rand(4, 8),), dynamic_shapes=(rows,)),
        bench.folder / "elsewhere.pt2",
    )
    graph = torch.export.load(bench.export_with("taken", ["--kind", "pt2_model", "--pt2", "elsewhere.pt2"]))
    assert json.loads((bench.folder / "taken.json").read_text())["inputs"][0]["shape"] == [[0, 9], 8]
    assert graph.module()(torch.rand(1, 8)).shape == (1, 8)


def test_a_range_of_which_the_model_takes_a_part_is_refused(bench: Workbench) -> None:
    inputs = ["--kind", "torch_model", "--entry", "sizes.py:Tied", "--example-inputs", '[{"shape":[4]},{"shape":[4]}]']
    shapes = '{"left": {"0": [1, 8]}, "right": {"0": [3, 5]}}'
    diagnostic = bench.refused_export([*inputs, "--dynamic-shapes", shapes])
    said = "dimension 0 of 'left' must be 1 to 8 by 'dynamic_shapes', 3 to 5 by the model"
    assert (diagnostic.code, diagnostic.message, diagnostic.attribute) == ("fixed-dimension", said, "dynamic_shapes")
    bench.export_with("tied", [*inputs, "--dynamic-shapes", shapes.replace("[1, 8]", "[3, 5]")])


def test_a_dimension_that_the_model_fixes_is_named(bench: Workbench) -> None:
    diagnostic = bench.refused_export([*model("Layer", "[1,8]"), "--dynamic-shapes", '{"values": {"1": [1, 9]}}'])
    assert (diagnostic.code, diagnostic.attribute) == ("fixed-dimension", "dynamic_shapes")
    assert diagnostic.message == "dimension 1 of 'values' must be dynamic, the model takes it to be 8 always"
    assert diagnostic.notes == ()


TOLD = {
    "for dimension inputs['x'].shape[0].": (
        "- Received user-specified dim hint Dim.DYNAMIC(min=1, max=4), but export 0/1 specialized due to hint of 1 ",
        "dimension 0 of 'x' must be dynamic, is 1 in its example: torch.export fixes sizes of 0 and 1",
    ),
    "for dimension inputs['pair'][1].shape[0].": (
        "- Received user-specified dim hint Dim.DYNAMIC(min=1, max=4), but tracing inferred a static shape of 2 ",
        "dimension 0 of 'pair[1]' must be dynamic, the model takes it to be 2 always",
    ),
    "for inputs['y'].shape[0].": (
        "- Received user-specified min/max range of [6, 8], conflicting with the inferred min/max range of [2, 4], ",
        "dimension 0 of 'y' must be 6 to 8 by 'dynamic_shapes', 2 to 4 by the model",
    ),
}


@pytest.mark.parametrize("end", TOLD)
def test_what_torch_says_of_a_dimension_is_told_in_our_words(end: str) -> None:
    line, message = TOLD[end]
    head = "Found the following conflicts between user-specified ranges and inferred ranges from model tracing:\n"
    [diagnostic] = refusal(ValueError(f"{head}{line}{end}")).diagnostics
    assert (diagnostic.code, diagnostic.message) == ("fixed-dimension", message)
