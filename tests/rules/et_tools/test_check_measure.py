from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the export environment")
pytest.importorskip("executorch", reason="needs the export environment")

from safetensors.torch import load_file, save_file
from toy_programs import export, lower, scaled

from check.judge import main as judge
from check.measure import main as measure
from common.diagnostics import UserError
from pte.flatbuffer import InvalidProgram
from pte.reader import parse_program, read_program

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]


class Measured:
    """What a measurement left."""

    def __init__(self, folder: Path) -> None:
        self.report: dict[str, Any] = json.loads((folder / "measure.json").read_text())
        self.inputs, self.expected = load_file(folder / "inputs"), load_file(folder / "expected")

    @property
    def divergence(self) -> dict[str, Any]:
        return self.report["first_divergence"] or {}


def run(toys: Path, folder: Path, program: str, graph: str, *flags: str) -> Measured:
    return run_paths(toys / f"{program}.pte", toys / f"{graph}.pt2", toys, folder, *flags)


def run_paths(program: Path, graph: Path, toys: Path, folder: Path, *flags: str) -> Measured:
    measure([
        "--pte", str(program), "--graph", str(graph), "--facts", str(toys / "facts.json"),
        "--output", str(folder / "measure.json"), "--inputs-output", str(folder / "inputs"),
        "--expected-output", str(folder / "expected"), *flags,
    ])  # fmt: skip
    return Measured(folder)


def verdict(folder: Path, *flags: str) -> None:
    judge(["--measure", str(folder / "measure.json"), "--output", str(folder / "verdict.json"), *flags])


@pytest.mark.parametrize("program", ["classifier", "classifier_xnnpack"])
def test_a_faithful_program_passes_with_small_figures(toys: Path, tmp_path: Path, program: str) -> None:
    measured = run(toys, tmp_path, program, "classifier")
    assert 0 < measured.report["against_graph"]["max_abs_error"] < 1e-6
    assert measured.report["first_divergence"] is None
    assert measured.report["inputs"] == ["example", "seeded"]
    verdict(tmp_path)


def test_inputs_and_expected_outputs_are_kept(toys: Path, tmp_path: Path) -> None:
    measured = run(toys, tmp_path, "classifier", "classifier")
    assert set(measured.inputs) == {"0/pixels", "1/pixels"}
    assert set(measured.expected) == {f"{index}/{who}/0" for index in (0, 1) for who in ("graph", "program")}
    graph = torch.export.load(toys / "classifier.pt2").module()
    assert torch.equal(graph(measured.inputs["0/pixels"]), measured.expected["0/graph/0"])


@pytest.mark.parametrize("program", ["decoder", "decoder_xnnpack"])
def test_a_decoder_is_compared_token_by_token(toys: Path, tmp_path: Path, program: str) -> None:
    measured = run(toys, tmp_path, program, "decoder", "--task", "text-generation", "--tokens", "12")
    figures = measured.report["against_graph"]
    assert (figures["tokens_equal"], figures["tokens"]) == (12, 12)
    assert len(set(measured.expected["0/tokens"].tolist())) > 1
    verdict(tmp_path)


def test_tokens_end_where_the_cache_does(toys: Path, tmp_path: Path) -> None:
    measured = run(toys, tmp_path, "decoder", "decoder", "--task", "text-generation", "--tokens", "100")
    # 8 seeded tokens leave 16 places of 24; the last place is still read for a 17th token.
    assert measured.report["against_graph"]["tokens"] == 17


PICTURES = """
import torch


def pictures():
    yield torch.ones(1, 3, 16, 16) / 7
    yield (torch.rand(1, 3, 16, 16),)
"""
TAMPERED = {
    "classifier_body": ("classifier", (), {"operator": "aten::convolution.out", "module": "body"}),
    "decoder_tanh": (
        "decoder",
        ("--task", "text-generation"),
        {"operator": "aten::sigmoid.out", "node_operator": "aten.tanh"},
    ),
    "decoder_key": ("decoder", ("--task", "text-generation"), {"node_operator": "aten.linear", "module": "key"}),
    "classifier_head_xnnpack": ("classifier", (), {"module": "head", "delegate_nodes": ["fully_connected"]}),
}


@pytest.mark.parametrize("program", TAMPERED)
def test_a_tampered_program_fails_and_the_operator_is_named(toys: Path, tmp_path: Path, program: str) -> None:
    graph, flags, place = TAMPERED[program]
    measured = run(toys, tmp_path, program, graph, *flags)
    assert {key: measured.divergence[key] for key in place} == place
    with pytest.raises(UserError) as caught:
        verdict(tmp_path)
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "gate-failed"
    assert any(note.startswith("first to diverge: ") for note in diagnostic.notes)


class Detector(torch.nn.Module):
    """Boxes in pixels, scores, a scale that is always the same, and the place of the best box."""

    def __init__(self) -> None:
        super().__init__()
        self.box, self.score = torch.nn.Linear(8, 4), torch.nn.Linear(8, 1)
        self.register_buffer("scale", torch.tensor([4.0, 4.0]))

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, ...]:
        scores = torch.sigmoid(self.score(features)) / 1000
        return self.box(features) * 600, scores, self.scale * 1, scores.argmax(0)


@pytest.mark.parametrize(("weight", "factor", "output"), [("score.weight", 0.9, 1), ("scale", 0.5, 2)])
def test_each_output_is_held_to_the_tolerances_by_itself(
    tmp_path: Path, weight: str, factor: float, output: int
) -> None:
    torch.manual_seed(5)
    graph = export(Detector(), (torch.randn(6, 8),), tmp_path / "detector.pt2")
    (tmp_path / "facts.json").write_text('{"dtype": "float32"}')
    whole, spoiled = tmp_path / "whole.pte", tmp_path / "spoiled.pte"
    lower(graph, whole)
    run_paths(whole, graph, tmp_path, tmp_path)
    verdict(tmp_path)

    lower(graph, spoiled, change=scaled(weight, factor))
    run_paths(spoiled, graph, tmp_path, tmp_path)
    with pytest.raises(UserError) as caught:
        verdict(tmp_path)
    [diagnostic] = caught.value.diagnostics
    assert any(note.startswith(f"largest error: output {output} of ") for note in diagnostic.notes)


def test_a_constant_reference_is_refused(toys: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="its output is constant: agreeing with it would prove nothing"):
        run(toys, tmp_path, "constant", "constant")


def test_a_program_of_another_graph_is_refused(toys: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        run(toys, tmp_path, "constant", "classifier")
    assert caught.value.diagnostics[0].code in {"outputs-differ", "program-fails"}


def test_a_program_that_plans_more_than_there_is_says_how_much(
    toys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_runner: object) -> None:
        raise MemoryError("std::bad_alloc")

    monkeypatch.setattr("run.program_runner.ProgramRunner._load", fail)
    with pytest.raises(UserError) as caught:
        run(toys, tmp_path, "classifier", "classifier")
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "program-does-not-load"
    sizes = next(each.buffer_sizes for each in read_program(toys / "classifier.pte").methods if each.instructions)
    assert f"must find the {sum(sizes)} bytes here that are planned for it" in diagnostic.message


def test_recorded_inputs_come_from_files_and_functions(toys: Path, tmp_path: Path) -> None:
    save_file({"pixels": torch.randn(1, 3, 16, 16)}, tmp_path / "one.safetensors")
    (tmp_path / "more.py").write_text(PICTURES)
    flags = ("--inputs", str(tmp_path / "one.safetensors"), "--inputs", f"{tmp_path / 'more.py'}:pictures")
    measured = run(toys, tmp_path, "classifier", "classifier", *flags, "--task", "image-classification")
    assert measured.report["inputs"] == ["one.safetensors", "pictures 0", "pictures 1"]
    assert (measured.report["against_graph"]["top1_equal"], measured.report["against_graph"]["top1"]) == (3, 3)


def test_inputs_that_do_not_fit_name_the_attribute(toys: Path, tmp_path: Path) -> None:
    save_file({"pixels": torch.randn(1, 3, 8, 8)}, tmp_path / "small.safetensors")
    with pytest.raises(UserError) as caught:
        run(toys, tmp_path, "classifier", "classifier", "--inputs", str(tmp_path / "small.safetensors"))
    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.attribute, diagnostic.index) == ("inputs-do-not-fit", "inputs", 0)
    assert diagnostic.message.endswith("must give float32[1, 3, 16, 16] for 'pixels', gives float32[1, 3, 8, 8]")


def test_a_quantized_program_is_compared_with_the_float_graph(toys: Path, tmp_path: Path) -> None:
    """Here the "quantized" graph is one whose head is wrong: the program keeps it, and the model's answers are lost."""
    exported = torch.export.load(toys / "decoder.pt2")
    scaled("mix.weight", -2.0)(exported)
    torch.export.save(exported, tmp_path / "quantized.pt2")
    lower(tmp_path / "quantized.pt2", tmp_path / "quantized.pte", get_max_seq_len=24, get_vocab_size=32)
    flags = ("--task", "text-generation", "--float", str(toys / "decoder.pt2"))
    measured = run_paths(tmp_path / "quantized.pte", tmp_path / "quantized.pt2", toys, tmp_path, *flags)
    assert measured.report["against_graph"]["tokens_equal"] == 17
    against = measured.report["against_float"]
    assert against["tokens_equal"] < against["tokens"]
    assert against["perplexity"] > against["float_perplexity"]
    assert measured.divergence["against"] == "float"
    assert measured.divergence["module"] == "mix"
    with pytest.raises(UserError, match="does not keep the model's answers"):
        verdict(tmp_path)


def test_two_measurements_have_the_same_bytes(toys: Path, tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        run(toys, folder, "decoder_xnnpack", "decoder", "--task", "text-generation")
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]


def test_every_truncation_of_a_real_program_is_refused(toys: Path) -> None:
    for name in ("classifier", "classifier_xnnpack", "decoder"):
        whole = (toys / f"{name}.pte").read_bytes()
        assert parse_program(whole).file_bytes == len(whole)
        step = max(1, len(whole) // 3000)
        for length in [*range(0, len(whole), step), len(whole) - 1]:
            with pytest.raises(InvalidProgram):
                parse_program(whole[:length])


def test_a_folded_normalization_is_not_blamed(tmp_path: Path) -> None:
    """Quantization folds a normalization into the convolution before it, whose own values then differ."""
    from check.graph_runner import load_graph  # noqa: PLC0415
    from check.quantization_loss import first_loss  # noqa: PLC0415

    stem, norm, head = torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Conv2d(4, 2, 3)
    norm.running_mean.fill_(2.0)
    picture = torch.randn(1, 3, 8, 8)
    export(torch.nn.Sequential(stem, norm, head), (picture,), tmp_path / "float.pt2")
    folded = torch.nn.utils.fuse_conv_bn_eval(stem.eval(), norm.eval())
    worse = torch.nn.Conv2d(4, 2, 3)
    worse.load_state_dict({name: -value for name, value in head.state_dict().items()})
    export(torch.nn.Sequential(folded, torch.nn.Identity(), worse), (picture,), tmp_path / "quantized.pt2")
    graphs = load_graph(tmp_path / "quantized.pt2"), load_graph(tmp_path / "float.pt2")
    found = first_loss(*graphs, [(picture,)])
    assert found is not None
    assert (found["node_operator"], found["module"]) == ("aten.conv2d", "2")
