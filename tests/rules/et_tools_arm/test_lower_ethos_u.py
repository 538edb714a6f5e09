"""Programs for Ethos-U: all in one command stream for the accelerator asked for, or a mistake that says why not."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("ethosu.vela", reason="needs //toolchains/python:arm")
pytestmark = pytest.mark.torch

from modules import cnn, images

from common.diagnostics import UserError
from export.canonical import save_program
from lower import lower_ethos_u
from lower.lower_ethos_u import check_vela, checked_streams
from quantize import quantize_pt2e

QUANTIZE = ["--graph", "float.pt2", "--scheme", "pt2e_static_int8", "--quantizer", "ethos_u", "--output", "it.pt2"]
OUTPUTS = ["--output", "it.pte", "--operators", "it.operators.json", "--plan", "it.plan.json"]
LOWER = ["--method", "forward", "it.pt2", "--facts", "forward", "it.json", *OUTPUTS]


class Sort(torch.nn.Module):
    """Nothing for an accelerator."""

    def forward(self, image):
        return torch.sort(image)[0]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that is the working one, with calibration data. What runs on the processor is not looked for here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ETBUILD_OPERATORS", raising=False)
    monkeypatch.setattr("lower.lowering.missing_kernels", lambda _report: ())
    (tmp_path / "images.py").write_text("from modules import images\n")
    (tmp_path / "it.json").write_text(json.dumps({"constant_methods": {}}))
    return tmp_path


def lowered(folder, model, accelerator):
    save_program(torch.export.export(model.eval(), images()[0]), folder / "float.pt2")
    quantize_pt2e.main([*QUANTIZE, "--calibration", "images.py:images", "--accelerator", accelerator])
    lower_ethos_u.main([*LOWER, "--profile", f"ethos_u-{accelerator}"])
    return json.loads((folder / "it.operators.json").read_text())


@pytest.mark.parametrize("accelerator", ["ethos-u55-128", "ethos-u85-256"])
def test_all_but_the_borders_is_one_command_stream(folder, accelerator):
    report = lowered(folder, cnn(), accelerator)
    [stream] = report["command_streams"]
    assert stream["accelerator"] == accelerator
    assert (stream["operations"]["conv2d"], stream["operations"]["depthwise_conv2d"]) == (3, 1)
    assert stream["weights_bytes"] > 1000
    assert stream["scratch_bytes"] > 3 * 32 * 32
    assert report["delegates"] == {"EthosUBackend": 1}
    outside = [each["operator"] for each in report["methods"]["forward"]["operators"]]
    assert outside == ["cortex_m::dequantize_per_tensor", "cortex_m::quantize_per_tensor"]


def test_a_program_is_the_same_bytes_again(folder):
    made = []
    for _ in range(2):
        lowered(folder, cnn(), "ethos-u55-128")
        made.append((folder / "it.pte").read_bytes())
    assert made[0] == made[1]


def test_a_program_without_anything_for_the_accelerator_is_refused(folder):
    with pytest.raises(UserError) as raised:
        lowered(folder, Sort(), "ethos-u55-128")
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.hint) == ("nothing-delegated", 'backend = "cortex_m"')
    wanted = "'ethos-u55-128' takes none of the program's operators: the processor would run them all"
    assert diagnostic.message == wanted


def test_a_stream_for_another_accelerator_is_refused(folder):
    lowered(folder, cnn(), "ethos-u55-128")
    with pytest.raises(UserError) as raised:
        checked_streams(folder / "it.pte", "ethos-u55-256")
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "bad-command-stream"
    assert diagnostic.message == "a command stream must be for 'ethos-u55-256', is for 'ethos-u55-128'"


def test_another_vela_than_executorchs_own_is_refused():
    pinned = ["numpy>=2", 'ethos-u-vela==5.1.0; extra == "ethos-u"']
    check_vela(pinned, "5.1.0")
    check_vela(["numpy>=2"], "5.2.0")
    with pytest.raises(UserError) as raised:
        check_vela(pinned, "5.2.0")
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "wrong-vela"
    assert diagnostic.message == "ethos-u-vela must be 5.1.0, which executorch is for, is 5.2.0"
