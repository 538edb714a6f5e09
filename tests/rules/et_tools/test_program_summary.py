"""What a build's end says of a program: what ran and what did not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report.summary import main

FACTS = {"inputs": [{"name": "image", "shape": [1, 3, 8, 8]}]}
FLOAT = {"sqnr_db": 37.2}
GRAPH = {"max_abs_error": 0.0019, "relative_error": 0.0078}
STREAM = {
    "accelerator": "ethos-u55-128",
    "operations": {"conv2d": 3, "pooling": 34},
    "commands_bytes": 1768,
    "weights_bytes": 2624,
    "scratch_bytes": 13264,
}
CALLS = {"forward": {"operators": [{"operator": "cortex_m::quantize_per_tensor"}]}}


def summary(
    folder: Path, backend: str, operators: dict[str, Any], measure: dict[str, Any], **facts: object
) -> dict[str, Any]:
    operators = {"delegates": {}, "operators_outside_delegates": 2, "methods": CALLS, **operators}
    measure = {"kind": "tensors", "precision": "quantized", "against_float": FLOAT, **measure}
    for name, content in (("operators", operators), ("facts", FACTS | facts), ("measure", measure)):
        (folder / f"{name}.json").write_text(json.dumps(content))
    files = [f"{folder}/{name}.json" for name in ("operators", "measure", "facts", "out")]
    flags = ["--operators", files[0], "--measure", f"forward={files[1]}", "--facts", f"forward={files[2]}"]
    main([*flags, "--backend", backend, "--dtype", "float32", "--quantize", "pt2e_static_int8", "--output", files[3]])
    return json.loads(Path(files[3]).read_text())


def test_a_program_that_was_run_says_how_near_it_came(tmp_path: Path) -> None:
    assert summary(tmp_path, "cortex_m", {}, {"against_graph": GRAPH}) == {
        "lines": [
            "Cortex-M kernels pt2e_static_int8 · 2 operators · forward(image[1, 3, 8, 8])",
            "proven against eager: largest error 1.9e-03, relative 7.8e-03 (allowed 2e-01); against float: 37 dB",
        ],
        "short": "largest error 1.9e-03",
    }


def test_a_program_that_nothing_runs_says_so_and_what_its_accelerator_is_given(tmp_path: Path) -> None:
    operators = {"delegates": {"EthosUBackend": 1}, "command_streams": [STREAM]}
    measure = {"against_graph": {}, "not_run": "no emulator of Ethos-U"}
    assert summary(tmp_path, "ethos_u", operators, measure) == {
        "lines": [
            "Ethos-U pt2e_static_int8 · 1 delegate, 2 operators outside it · forward(image[1, 3, 8, 8])",
            "ethos-u55-128: 3 conv2d, 34 pooling; commands 1.7 KiB, weights 2.6 KiB, scratch 13.0 KiB",
            "on the processor: cortex_m::quantize_per_tensor",
            "not run: no emulator of Ethos-U; its graph against float: 37 dB",
        ],
        "short": "not run: no emulator of Ethos-U",
    }


def test_an_attention_that_could_not_serve_is_told(tmp_path: Path) -> None:
    fallback = {"what": "attention", "from": "custom_sdpa", "to": "sdpa", "why": "a sliding window"}
    text = summary(tmp_path, "xnnpack", {}, {"against_graph": GRAPH}, task="text-generation", fallbacks=[fallback])
    assert text["lines"][1] == "attention is sdpa, not custom_sdpa: a sliding window"


def test_tensors_that_the_model_has_no_place_for_are_told(tmp_path: Path) -> None:
    text = summary(tmp_path, "xnnpack", {}, {"against_graph": GRAPH}, left_out=["cls.bias", "cls.weight"])
    assert text["lines"][1] == "left out of the weights, as the model has no place for them: cls.bias and 1 tensor more"
