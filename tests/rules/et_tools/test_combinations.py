"""The table of what goes together: each cell lowers, runs and agrees with its graph; any other names the nearest."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

sys.path.append(str(Path(__file__).resolve().parents[3]))

from safetensors.torch import save_file
from torch.utils import _pytree as pytree
from workbench import EXPORTS, Workbench

from lower import lower_portable, lower_xnnpack
from quantize import quantize_pt2e
from rules.et.combinations import SUPPORTED, nearest_combination

BACKENDS = {"xnnpack": lower_xnnpack, "portable": lower_portable}
MODELS = {"text-generation": "llama", "feature-extraction": "bert", "image-classification": "vit", None: "cnn"}

OURS = {("portable", "8da4w"), ("portable", "gguf")}
"""What the official runtime lacks kernels for: see test_int4_layers.py, test_gguf_blocks.py and //tiny."""
TRIED = [cell for cell in SUPPORTED if cell[0] in BACKENDS and cell[:2] not in OURS]
"""Of microcontrollers see tests/rules/et_tools_arm."""
CELLS = TRIED if os.environ.get("ETBUILD_ALL_CELLS") else TRIED[:: len(MODELS) - 1]
"""A third of them, in which every backend, quantization and task occurs; all with ETBUILD_ALL_CELLS=1 (6 minutes)."""

LEAST_SQNR = 30.0
"""Of a program against its own graph, in dB: rounding of activations differs, nonsense is below 0."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Workbench(tmp_path_factory.mktemp("combinations"))


def inputs_for(model):
    generator = torch.Generator().manual_seed(5)
    tokens = torch.tensor([[5, 6, 7, 8, 9, 10]])
    images = torch.rand((1, 3, 32, 32), generator=generator)
    return {"llama": (tokens, torch.arange(6)), "bert": (tokens, torch.ones_like(tokens))}.get(model, (images,))


def quantized_graph(bench, model, scheme):
    name = f"{model}-{scheme}"
    graph = bench.folder / f"{name}.pt2"
    if graph.exists():
        return name
    if not scheme.startswith("pt2e_"):
        bench.export_with(name, [*EXPORTS[model], "--quantize", scheme])
        return name
    bench.export(model)
    facts = json.loads((bench.folder / f"{model}.json").read_text())
    names = [each["name"] for each in facts["inputs"]]
    save_file(dict(zip(names, inputs_for(model), strict=True)), bench.folder / "calls.safetensors")
    flags = ["--graph", f"{model}.pt2", "--scheme", scheme, "--output", graph.name]
    bench.run(quantize_pt2e.main, [*flags, "--calibration", "calls.safetensors"])
    (bench.folder / f"{name}.json").write_text((bench.folder / f"{model}.json").read_text())
    return name


@pytest.mark.parametrize(("backend", "quantize", "task"), CELLS)
def test_each_cell_gives_the_answers_of_its_graph(bench, backend, quantize, task):
    model = MODELS[task]
    name = quantized_graph(bench, model, quantize)
    program = bench.lower(BACKENDS[backend], name, extra=["--quantize", quantize])
    exported = torch.export.load(bench.folder / f"{name}.pt2")
    args, kwargs = pytree.tree_unflatten(list(inputs_for(model)), exported.call_spec.in_spec)
    with torch.no_grad():
        expected = pytree.tree_leaves(exported.module()(*args, **kwargs))[0]
    [actual] = bench.call(program, "forward", inputs_for(model))
    noise = (actual - expected).pow(2).sum() + 1e-20
    assert 10 * torch.log10(expected.pow(2).sum() / noise) > LEAST_SQNR


def test_the_cells_that_are_tried_show_every_backend_quantization_and_task():
    for part in range(3):
        assert {cell[part] for cell in CELLS} == {cell[part] for cell in TRIED}


@pytest.mark.parametrize("cell", SUPPORTED)
def test_a_combination_that_works_is_its_own_nearest(cell):
    assert nearest_combination(*cell) == cell


def test_another_combination_names_the_same_quantization_on_a_backend_that_has_it():
    assert nearest_combination("xnnpack", "gguf", "text-generation") == ("portable", "gguf", "text-generation")
