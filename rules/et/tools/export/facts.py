"""Writes down what an exported program takes and gives, and what a runner must know of it."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from export.request import ExportRequest
from export.sequence_length import sequence_length
from export.signature import inputs_of, is_dynamic, outputs_of
from export.text_generation import Captured

SCALAR_TYPES = {"float16": 5, "float32": 6, "bfloat16": 15}
"""ExecuTorch's numbers of dtypes, which the metadata method get_dtype returns."""

LIBRARIES = ("torch", "executorch", "transformers", "torchao")


def write_facts(path: Path, facts: Mapping[str, Any]) -> None:
    """Write `facts` as canonical JSON."""
    path.write_text(json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def facts_of(captured: Captured, request: ExportRequest, constants: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the lowering, the checks and a person want to know of an export."""
    program = captured.program
    tensors = {id(tensor): tensor for tensor in program.state_dict.values()}.values()
    return {
        "format": 1,
        "kind": request.kind,
        "architecture": request.architecture,
        "task": request.task,
        "dtype": request.dtype,
        "quantize": request.quantize,
        "group_size": request.group_size,
        "attention": captured.attention or None,
        "wrapper": request.wrapper if request.task == "text-generation" else None,
        "logits": request.logits if request.task == "text-generation" else None,
        "inputs": inputs_of(program),
        "outputs": outputs_of(program),
        "constant_methods": dict(constants),
        "parameters": sum(tensor.numel() for tensor in tensors),
        "parameter_bytes": sum(tensor.numel() * tensor.element_size() for tensor in tensors),
        "fallbacks": list(captured.fallbacks),
        **({"left_out": list(captured.left_out)} if captured.left_out else {}),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
    }


def runner_metadata(
    model: Any, request: ExportRequest, captured: Captured, generation: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the constant methods that ExecuTorch's runners read."""
    metadata: dict[str, Any] = {"get_dtype": SCALAR_TYPES[request.dtype]}
    if request.task == "image-classification":
        return metadata
    config = model.config.get_text_config()
    length = sequence_length(model, request)
    metadata |= {
        "get_max_seq_len": length,
        "get_max_context_len": length,
        "get_vocab_size": config.vocab_size,
        "get_n_layers": config.num_hidden_layers,
        "enable_dynamic_shape": is_dynamic(captured.program),
    }
    if request.task == "text-generation":
        metadata |= {"use_kv_cache": True, "use_sdpa_with_kv_cache": captured.attention == "custom_sdpa"}
        metadata |= _special_tokens(generation)
    return metadata


def _special_tokens(generation: Mapping[str, Any]) -> dict[str, Any]:
    ends = generation.get("eos_token_id")
    begin = generation.get("bos_token_id")
    tokens: dict[str, Any] = {}
    if begin is not None:
        tokens["get_bos_id"] = begin
    if ends is not None:
        tokens["get_eos_ids"] = list(ends) if isinstance(ends, (list, tuple)) else [ends]
    return tokens
