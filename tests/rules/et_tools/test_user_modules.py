"""Modules as users write them: exported, lowered to portable kernels and proven as a target's are."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch", reason="needs the export environment")
pytest.importorskip("executorch", reason="needs the export environment")
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

from workbench import Workbench

from check.judge import main as judge
from check.measure import main as measure
from common.diagnostics import Diagnostic
from lower import lower_portable, lower_xnnpack
from pte.program import Tensor
from quantize.quantize_pt2e import main as quantize

MODULES = '''
import torch
from torch import nn


class Spectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("window", torch.hann_window(16))

    def forward(self, sound):
        return torch.stft(sound, 16, 8, window=self.window, return_complex=True).abs()


class Transform(nn.Module):
    def forward(self, sound):
        return torch.fft.rfft(sound)


class Nested(nn.Module):
    def forward(self, pair, named, count, scale, flag):
        total = pair[0] + pair[1] * count
        return [total * scale if flag else total, {"product": named["a"] * named["b"]}]


def nested_inputs():
    a, b, c, d = torch.rand(4, 3).unbind()
    return (a, b), {"a": c, "b": d}, 3, 0.5, True


class Started(nn.Module):
    """Begins at five, and with nothing remembered."""

    def __init__(self):
        super().__init__()
        self.register_buffer("count", torch.tensor([5.0]))
        self.register_buffer("sum", torch.zeros(4))

    def forward(self, values):
        self.count.add_(1)
        self.sum.add_(values)
        return values + self.count, self.sum * 2


class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 4, 3))

    def forward(self, values):
        return self.layer(values)


class Halves(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 8).half()

    def forward(self, values):
        return self.layer(values.half()).float()


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.MaxPool3d(2)

    def forward(self, values):
        return self.pool(values)


class Ring(nn.Module):
    """Remembers the last four columns."""

    def __init__(self):
        super().__init__()
        self.register_buffer("ring", torch.zeros(1, 4, 4))
        self.layer = nn.Conv1d(4, 4, 3)

    def forward(self, columns):
        self.ring.copy_(torch.cat([self.ring[:, :, 2:], columns], 2))
        return self.layer(self.ring)


def recorded():
    generator = torch.Generator().manual_seed(1)
    return [(torch.rand(1, 4, 2, generator=generator),) for _ in range(9)]


class Sums(nn.Module):
    def forward(self, values):
        return values.cumsum(0)


class Answered(nn.Module):
    """Answers with its state, with what it computed, twice, and with what it was given."""

    def __init__(self):
        super().__init__()
        self.register_buffer("count", torch.zeros(1))
        self.layer = nn.Linear(8, 8)

    def forward(self, values):
        self.count.add_(1)
        layer = self.layer(values)
        sine = torch.sin(values)
        return layer + self.count, self.count.clone(), layer, layer.clone().clone(), sine.clone() * 2, values.clone()
'''
SHAPES = {
    "Spectrum": "[1,160]",
    "Transform": "[1,64]",
    "Started": "[4]",
    "Normed": "[1,4,8]",
    "Halves": "[1,8]",
    "Pooled": "[1,1,4,4,4]",
    "Ring": "[1,4,2]",
    "Sums": "[4]",
    "Answered": "[1,8]",
}


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    bench = Workbench(tmp_path_factory.mktemp("modules"))
    bench.write("modules_of_users.py", MODULES)
    return bench


def flags(name: str, inputs: str = "") -> list[str]:
    given = inputs or f'[{{"shape":{SHAPES[name]}}}]'
    return ["--kind", "torch_model", "--entry", f"modules_of_users.py:{name}", "--example-inputs", given]


def prove(bench: Workbench, name: str, *more: str) -> dict[str, object]:
    """Measure the program called `name` against its graph, and judge it."""
    files = ["--pte", f"{name}.pte", "--graph", f"{name}.pt2", "--facts", f"{name}.json"]
    bench.run(measure, [*files, "--output", "measure.json", *more])
    bench.run(judge, ["--measure", "measure.json", "--output", "verdict.json"])
    found: dict[str, object] = json.loads((bench.folder / "measure.json").read_text())
    return found


@pytest.mark.parametrize(
    ("name", "inputs"),
    [("Spectrum", ""), ("Transform", ""), ("Nested", "modules_of_users.py:nested_inputs"), ("Started", "")],
    ids=["complex numbers", "complex answers", "nested inputs and numbers", "state that begins at five"],
)
def test_a_module_is_exported_lowered_and_proven(modules: Workbench, name: str, inputs: str) -> None:
    modules.export_with(name, flags(name, inputs))
    modules.lower(lower_portable, name)
    assert prove(modules, name)["first_divergence"] is None


def test_xnnpack_takes_a_module_that_answers_with_copies(modules: Workbench) -> None:
    modules.export_with("Answered", flags("Answered"))
    program = modules.read(modules.lower(lower_xnnpack, "Answered"))
    assert prove(modules, "Answered")["first_divergence"] is None
    [method] = [method for method in program.methods if method.instructions]
    assert len(method.delegates) == 1


def test_only_state_that_is_not_zero_is_stored(modules: Workbench) -> None:
    modules.export_with("Started", flags("Started"))
    program = modules.read(modules.lower(lower_portable, "Started"))
    [method] = [method for method in program.methods if method.instructions]
    planned = [value for value in method.values if isinstance(value, Tensor) and value.allocation is not None]
    assert [value.sizes for value in planned if value.data_index > 0] == [(1,)]


def test_what_a_parametrization_gives_is_a_parameter(modules: Workbench) -> None:
    graph = torch.export.load(modules.export_with("Normed", flags("Normed")))
    called = {str(node.target) for node in graph.graph.nodes if node.op == "call_function"}
    assert called == {"aten.conv1d.default"}


def test_inputs_that_are_no_tensors_are_refused(modules: Workbench) -> None:
    modules.write("odd.py", "def inputs():\n    return ('text',)\n")
    diagnostic = modules.refused_export(flags("Sums", "odd.py:inputs"))
    assert (diagnostic.code, diagnostic.attribute) == ("wrong-type", "example_inputs")
    assert diagnostic.message.endswith("or tuples, lists and dicts of them, gives 'text'")


HIGHS = {"int64": (-5, 2**63 - 1), "int32": (0, 2**31), "uint8": (300, 256), "bool": (3, 2)}


@pytest.mark.parametrize("dtype", HIGHS)
def test_whole_numbers_of_examples_are_below_what_their_dtype_holds(modules: Workbench, dtype: str) -> None:
    high, most = HIGHS[dtype]
    given = f'[{{"shape":[4],"dtype":"{dtype}","high":%s}}]'
    diagnostic = modules.refused_export(flags("Sums", given % high))
    assert (diagnostic.code, diagnostic.attribute, diagnostic.index) == ("wrong-value", "example_inputs", 0)
    assert diagnostic.message == (
        f"'high' of an example input of {dtype} must be 1 to {most}, as values are below it, is {high}"
    )
    assert modules.export_with("Sums", flags("Sums", given % most)).exists()


def test_inputs_that_forward_does_not_take_are_refused(modules: Workbench) -> None:
    diagnostic = modules.refused_export(flags("Sums", '[{"shape":[4]},{"shape":[4]}]'))
    assert (diagnostic.code, diagnostic.attribute) == ("inputs-do-not-fit", "example_inputs")
    assert (
        diagnostic.message
        == "'example_inputs' must be what forward(values) takes, are 2: too many positional arguments"
    )


def test_a_graph_that_does_not_run_says_why(modules: Workbench) -> None:
    modules.export_with("Halves", flags("Halves"))
    modules.lower(lower_portable, "Halves")
    files = ["--pte", "Halves.pte", "--graph", "Halves.pt2", "--facts", "Halves.json"]
    [diagnostic] = modules.refused(measure, [*files, "--output", "measure.json"])
    assert (diagnostic.code, diagnostic.attribute) == ("graph-fails", "model")
    assert "must have the same dtype" in diagnostic.message
    assert diagnostic.hint == "parameters and floats of the inputs are converted to 'dtype', whatever they were"


def test_an_operator_that_decomposition_made_is_placed_in_the_model(modules: Workbench) -> None:
    modules.export_with("Pooled", flags("Pooled"))
    [diagnostic] = modules.refused(lower_portable.main, modules.lower_flags("Pooled"))
    assert diagnostic.code == "missing-operator"
    [note] = diagnostic.notes
    assert note.startswith("aten::max_pool3d_with_indices.out is called by method 'forward' at modules_of_users.py:")


def quantize_flags(name: str, *more: str) -> list[str]:
    return ["--graph", f"{name}.pt2", "--scheme", "pt2e_static_int8", "--output", "quantized.pt2", *more]


def test_what_calibration_left_in_a_models_state_is_forgotten(modules: Workbench) -> None:
    modules.export_with("Ring", flags("Ring"))
    modules.run(quantize, quantize_flags("Ring", "--calibration", "modules_of_users.py:recorded"))
    buffers = torch.export.load(modules.folder / "quantized.pt2").state_dict
    assert not buffers["ring"].any()


def refused_quantization(bench: Workbench, name: str, *more: str) -> Diagnostic:
    bench.export_with(name, flags(name))
    [diagnostic] = bench.refused(quantize, quantize_flags(name, *more))
    return diagnostic


def test_a_model_without_a_layer_to_quantize_is_refused(modules: Workbench) -> None:
    modules.write("four.py", "import torch\n\ndef calls():\n    return [(torch.rand(4),)]\n")
    diagnostic = refused_quantization(modules, "Sums", "--calibration", "four.py:calls")
    assert (diagnostic.code, diagnostic.attribute) == ("nothing-to-quantize", "quantize")
    weights = modules.refused_export([*flags("Sums"), "--quantize", "8w"])
    assert weights.code == "nothing-to-quantize"


def test_infinity_is_told_where_a_quantizer_cannot_take_it(modules: Workbench) -> None:
    modules.write("inf.py", "import torch\n\ndef calls():\n    return [(torch.full((1, 4, 2), -torch.inf),)]\n")
    diagnostic = refused_quantization(modules, "Ring", "--calibration", "inf.py:calls")
    assert (diagnostic.code, diagnostic.attribute) == ("inputs-do-not-fit", "calibration")
    assert diagnostic.message == "the backend's quantizer needs finite numbers, input 'columns' is infinite"


def test_a_method_of_several_may_have_nothing_to_quantize(modules: Workbench) -> None:
    modules.write("four.py", "import torch\n\ndef calls():\n    return [(torch.rand(4),)]\n")
    modules.export_with("Sums", [*flags("Sums"), "--quantize", "8w", "--may-be-plain"])
    modules.run(quantize, quantize_flags("Sums", "--calibration", "four.py:calls", "--may-be-plain"))


def test_a_quantizer_that_fails_is_told_with_the_models_line(
    modules: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError('a pass failed\n  File "net.py", line 7, in forward') from KeyError("scale")

    monkeypatch.setattr("quantize.quantize_pt2e.convert_pt2e", fail)
    diagnostic = refused_quantization(modules, "Ring", "--calibration", "modules_of_users.py:recorded")
    message = "the backend's quantizer refuses the model at net.py:7: KeyError: 'scale'"
    assert (diagnostic.code, diagnostic.message) == ("quantization-failed", message)


def test_a_calibrated_program_is_proven_on_what_it_was_calibrated_for(modules: Workbench) -> None:
    modules.export_with("Ring", flags("Ring"))
    modules.lower(lower_portable, "Ring")
    found = prove(modules, "Ring", "--calibration", "modules_of_users.py:recorded")
    assert found["inputs"] == ["calibration 1", "calibration 3", "calibration 6", "calibration 9"]
