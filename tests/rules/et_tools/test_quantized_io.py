"""Programs that take and give int8: lowered, measured as if they took floats, and what is kept of it for devices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the export environment")
pytest.importorskip("executorch", reason="needs the export environment")

from safetensors.torch import load_file

from check.judge import main as judge
from check.measure import main as measure
from common.diagnostics import UserError
from lower import lower_portable
from pte.reader import read_program
from pte.summary import summarize
from quantize import quantize_pt2e

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

LOWER = ["--method", "forward", "it.pt2", "--facts", "forward", "it.json", "--output", "it.pte", "--quantized-io"]
REPORTS = ["--operators", "it.operators.json", "--plan", "it.plan.json"]


class Net(torch.nn.Module):
    def __init__(self, *, ends_in_floats: bool = False) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(8, 4)
        self.ends_in_floats = ends_in_floats

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        given = self.layer(x)
        return torch.special.expm1(given) if self.ends_in_floats else given


def lowered(folder: Path, monkeypatch: pytest.MonkeyPatch, net: torch.nn.Module) -> dict[str, Any]:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("ETBUILD_OPERATORS", raising=False)
    (folder / "data.py").write_text("import torch\n\ndef calls():\n    return [(torch.linspace(-1, 3, 8)[None],)]\n")
    (folder / "it.json").write_text(json.dumps({"dtype": "float32", "constant_methods": {}}))
    torch.export.save(torch.export.export(net.eval(), (torch.ones(1, 8),)), folder / "float.pt2")
    quantize = ["--graph", "float.pt2", "--scheme", "pt2e_static_int8", "--calibration", "data.py:calls"]
    quantize_pt2e.main([*quantize, "--output", "it.pt2"])
    lower_portable.main([*LOWER, *REPORTS])
    return summarize(read_program(folder / "it.pte"))


def test_inputs_and_outputs_are_int8_and_their_scales_are_constant_methods(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = lowered(tmp_path, monkeypatch, Net())
    forward, constants = summary["methods"]["forward"], summary["constant_methods"]
    assert [each["dtype"] for each in (*forward["inputs"], *forward["outputs"])] == ["int8", "int8"]
    assert constants["forward_input0_scale"] == pytest.approx(4 / 255, rel=0.01)
    assert constants["forward_input0_zp"] == -64
    assert {"forward_output0_scale", "forward_output0_zp"} <= set(constants)


def test_the_proof_compares_floats_and_keeps_int8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = Net()
    constants = lowered(tmp_path, monkeypatch, net)["constant_methods"]
    flags = ["--pte", "it.pte", "--graph", "it.pt2", "--float", "float.pt2", "--facts", "it.json"]
    kept = ["--inputs-output", "inputs", "--expected-output", "expected"]
    measure([*flags, "--output", "measure.json", "--inputs", "data.py:calls", *kept])
    judge(["--measure", "measure.json", "--output", "verdict.json"])
    report = json.loads(Path("measure.json").read_text())
    assert report["against_graph"]["max_abs_error"] == 0
    assert report["against_float"]["max_abs_error"] < 0.05
    [given] = load_file("inputs").values()
    expected = load_file("expected")
    assert given.tolist()[0][0] == -128
    assert given.tolist()[0][-1] == 127
    assert torch.equal(expected["0/graph/0"], expected["0/program/0"])
    assert expected["0/program/0"].dtype == torch.int8
    floats = (expected["0/program/0"].float() - constants["forward_output0_zp"]) * constants["forward_output0_scale"]
    assert torch.allclose(floats, net(torch.linspace(-1, 3, 8)[None]), atol=0.05)


def test_what_ends_in_floats_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError) as raised:
        lowered(tmp_path, monkeypatch, Net(ends_in_floats=True))
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.attribute) == ("no-quantized-io", "quantized_io")
    assert diagnostic.message == "output 0 of 'forward' must be what is dequantized last to be whole numbers, is not"
