"""Exports a declared model to a `.pt2` and writes down its facts; knows nothing of backends."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

import torch

from common.diagnostics import mistake, run_tool
from common.progress import progress
from common.quiet import deterministic, quiet
from export.canonical import load_program, plain_strides, save_program
from export.dimensions import forget_least
from export.encoders import export_embedding, export_image_classifier
from export.facts import SCALAR_TYPES, facts_of, runner_metadata, write_facts
from export.gguf_blocks import keep_blocks
from export.hf_model import load_hf_model
from export.quantize_weights import linear_layers, quantize_weights
from export.request import ExportRequest, parse_request
from export.tasks import require_task
from export.text_generation import Captured, export_decoder
from export.torch_model import build_module, export_module
from export.transforms import transformed

EXPORTS = {
    "text-generation": export_decoder,
    "feature-extraction": export_embedding,
    "image-classification": export_image_classifier,
}


def main(argv: Sequence[str]) -> None:
    """Export what the command line describes."""
    quiet()
    request = parse_request(argv)
    deterministic(request.seed)
    captured, constants = {"hf_model": _hf_model, "torch_model": _torch_model, "pt2_model": _pt2_model}[request.kind](
        request
    )
    progress("saving the exported program")
    save_program(captured.program, Path(request.output))
    write_facts(Path(request.facts), facts_of(captured, request, constants))


def _hf_model(request: ExportRequest) -> tuple[Captured, Mapping[str, Any]]:
    if request.task is None:
        raise mistake("missing-attribute", "a pte of an hf_model must name its task", "task")
    progress(f"loading {request.architecture}")
    loaded = load_hf_model(request)
    module = _prepared(loaded.module, request)
    require_task(module, request.task)
    progress(f"torch.export, sequence ≤ {request.max_seq_len}" if request.max_seq_len else "torch.export")
    captured = replace(EXPORTS[request.task](module, request), left_out=loaded.left_out)
    return captured, runner_metadata(module, request, captured, loaded.generation_config)


def _torch_model(request: ExportRequest) -> tuple[Captured, Mapping[str, Any]]:
    module = _prepared(build_module(request), request)
    progress("torch.export")
    return export_module(module, request), {"get_dtype": SCALAR_TYPES[request.dtype]}


def _pt2_model(request: ExportRequest) -> tuple[Captured, Mapping[str, Any]]:
    if request.pt2 is None:
        raise mistake("missing-attribute", "a pt2_model must name its file", "pt2")
    program = load_program(Path(request.pt2), "pt2")
    forget_least(program)
    return Captured(program, ""), {}


def _prepared(module: torch.nn.Module, request: ExportRequest) -> torch.nn.Module:
    """Transform, straighten and quantize `module`, in this sequence."""
    module = transformed(module, request)
    plain_strides(module)
    if request.quantize == "gguf":
        keep_blocks(module, request.weights, request.dtype)
    elif not (request.may_be_plain and not linear_layers(module)):
        quantize_weights(module, request.quantize, request.group_size, whole_layers=request.whole_layers)
    return module


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
