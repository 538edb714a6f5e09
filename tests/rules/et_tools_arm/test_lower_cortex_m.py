"""Programs for Cortex-M: operators of int8, scratch memory by the processor's extensions, what nothing runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tosa_serializer", reason="needs //toolchains/python:arm")
pytestmark = pytest.mark.torch

from modules import cnn, images

from common.diagnostics import UserError
from export.canonical import save_program
from lower import lower_cortex_m
from pte.reader import read_program
from pte.summary import summarize
from quantize import quantize_pt2e

ROOT = Path(__file__).resolve().parents[3]
TOOLS, MODELS = ROOT / "rules" / "et" / "tools", ROOT / "model_specs" / "tiny"
FACTS = {"constant_methods": {}}
UNCALIBRATED = ["--graph", "float.pt2", "--scheme", "pt2e_static_int8", "--quantizer", "cortex_m", "--output", "it.pt2"]
QUANTIZE = [*UNCALIBRATED, "--calibration", "images.py:images"]
OUTPUTS = ["--output", "it.pte", "--operators", "it.operators.json", "--plan", "it.plan.json"]
LOWER = ["--method", "forward", "it.pt2", "--facts", "forward", "it.json", *OUTPUTS]
SCALAR = ["--profile", "cortex_m-scalar"]


class Kth(torch.nn.Module):
    def forward(self, image):
        return torch.kthvalue(image, 2)[0]


class Pooled(torch.nn.Module):
    """A pooling that rounds its size up, which `cortex_m` has not, between convolutions."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 4, 3)
        self.pool = torch.nn.MaxPool2d(2, ceil_mode=True)
        self.second = torch.nn.Conv2d(4, 4, 3)

    def forward(self, image):
        return self.second(self.pool(self.first(image)))


class Clipped(torch.nn.Module):
    """A convolution most of whose values ReLU6 cuts off: their range is a thousand, what it leaves of them 6."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Conv2d(3, 4, 3)
        self.layer.weight.data *= 1000

    def forward(self, image):
        return torch.nn.functional.relu6(self.layer(image))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that is the working one, with calibration data."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ETBUILD_OPERATORS", raising=False)
    (tmp_path / "images.py").write_text("from modules import images\n")
    (tmp_path / "it.json").write_text(json.dumps(FACTS))
    # What the host's kernels are for is the rule's to say: here none is loaded, and none is missing.
    monkeypatch.setattr("lower.lowering.missing_kernels", lambda report: tuple(sorted(missing(report))))
    return tmp_path


def missing(report):
    known = ("cortex_m::", "aten::max_pool2d", "aten::permute", "aten::view", "executorch_prim::")
    calls = [f"{one['operator']}.{one['overload']}" for one in report["methods"]["forward"]["operators"]]
    return {call for call in calls if not call.startswith(known)}


def lowered(folder, model, profile="cortex_m-scalar", *flags):
    save_program(torch.export.export(model.eval(), images()[0]), folder / "float.pt2")
    quantize_pt2e.main(QUANTIZE)
    lower_cortex_m.main([*LOWER, "--profile", profile, *flags])
    return read_program(folder / "it.pte")


def operators(folder):
    report = json.loads((folder / "it.operators.json").read_text())
    return [each["operator"] for each in report["methods"]["forward"]["operators"]]


def scratch_bytes(program):
    """Return the bytes of tensors that a method plans beside what its operators compute: scratch is uint8."""
    [forward] = [method for method in program.methods if method.instructions]
    return sum(getattr(value, "nbytes", 0) for value in forward.values if getattr(value, "dtype", "") == "uint8")


def test_all_between_the_borders_is_int8_and_the_program_names_its_profile(folder):
    program = lowered(folder, cnn())
    assert operators(folder) == [
        "cortex_m::dequantize_per_tensor",
        "cortex_m::quantize_per_tensor",
        "cortex_m::quantized_avg_pool2d_nhwc",
        "cortex_m::quantized_conv2d_nhwc",
        "cortex_m::quantized_depthwise_conv2d_nhwc",
        "cortex_m::quantized_linear",
        "cortex_m::transpose",
    ]
    assert summarize(program)["constant_methods"] == {"et_profile": "cortex_m-scalar"}


def test_scratch_memory_is_what_the_processors_extensions_want(folder):
    sizes = {name: scratch_bytes(lowered(folder, cnn(), f"cortex_m-{name}")) for name in ("scalar", "dsp", "mve")}
    assert sizes == {"scalar": 112, "dsp": 240, "mve": 4592}
    assert scratch_bytes(lowered(folder, cnn(), "cortex_m-mve", "--no-scratch")) == 0


def test_a_program_holds_no_weights_that_no_operator_reads(folder):
    [forward] = [method for method in lowered(folder, cnn()).methods if method.instructions]
    read = {index for step in forward.instructions for index in step.args}
    weights = {index for index, value in enumerate(forward.values) if getattr(value, "constant", False)}
    assert weights
    assert weights <= read


def test_with_int8_inputs_and_outputs_nothing_quantizes(folder):
    program = lowered(folder, cnn(), "cortex_m-scalar", "--quantized-io")
    assert not [name for name in operators(folder) if name.endswith("quantize_per_tensor")]
    constants = summarize(program)["constant_methods"]
    assert {f"forward_{which}0_{what}" for which in ("input", "output") for what in ("scale", "zp")} <= set(constants)
    [given] = summarize(program)["methods"]["forward"]["inputs"]
    assert given["dtype"] == "int8"


def test_what_has_no_operator_of_int8_is_left_to_portable_kernels(folder):
    lowered(folder, Pooled())
    assert operators(folder).count("aten::max_pool2d_with_indices") == 1
    assert "cortex_m::quantized_conv2d_nhwc" in operators(folder)


def test_a_convolution_has_its_eight_bits_for_what_relu6_leaves_of_it(folder):
    lowered(folder, Clipped())
    assert operators(folder) == [
        "cortex_m::dequantize_per_tensor",
        "cortex_m::quantize_per_tensor",
        "cortex_m::quantized_conv2d_nhwc",
        "cortex_m::transpose",
    ]
    [(scale, lowest)] = scales_behind(folder / "it.pt2", "aten.hardtanh.default")
    assert (round(scale, 4), lowest) == (round(6 / 255, 4), -128)


def scales_behind(graph, operator):
    """Return scale and zero point of each quantization of what `operator` gives."""
    nodes = torch.export.load(graph).graph.nodes
    quantized = [node for node in nodes if str(node.target) == "quantized_decomposed.quantize_per_tensor.default"]
    return [node.args[1:3] for node in quantized if str(node.args[0].target) == operator]


def test_an_operator_without_a_kernel_is_named_with_its_place(folder):
    with pytest.raises(UserError) as raised:
        lowered(folder, Kth())
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.attribute) == ("missing-operator", "backend")
    assert "aten::kthvalue" in diagnostic.message.replace("aten.", "aten::")
    assert "which cortex_m leaves to it" in diagnostic.message
    assert "test_lower_cortex_m.py" in diagnostic.notes[0]


def test_calibration_data_must_be_given(folder):
    save_program(torch.export.export(cnn(), images()[0]), folder / "float.pt2")
    with pytest.raises(UserError) as raised:
        quantize_pt2e.main(UNCALIBRATED)
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.attribute) == ("missing-calibration", "calibration")


def test_graphs_and_programs_are_the_same_bytes_from_another_folder(folder):
    save_program(torch.export.export(cnn(), images()[0]), folder / "float.pt2")
    one, other = (spawned(folder, name) for name in ("one", "an/other"))
    assert one == other


def spawned(folder, name):
    """Quantize and lower in processes of their own; return the bytes of graph and program."""
    root = folder / name
    root.mkdir(parents=True)
    for each in ("images.py", "it.json", "float.pt2"):
        shutil.copy(folder / each, root)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(MODELS), "PYTHONHASHSEED": "0"}
    for tool, flags in (("quantize/quantize_pt2e.py", QUANTIZE), ("lower/lower_cortex_m.py", [*LOWER, *SCALAR])):
        # The lowering finds no kernels for what it has written: none is loaded.
        subprocess.run([sys.executable, str(TOOLS / tool), *flags], cwd=root, env=environment, check=False)
    return (root / "it.pt2").read_bytes(), (root / "it.pte").read_bytes()
