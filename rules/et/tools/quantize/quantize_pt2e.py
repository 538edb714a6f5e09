"""Quantizes an exported program by PT2E with a backend's quantizer, and exports it again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

import torch
from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401 -- registers torch.ops.llama.*
from torch.export import Dim, ExportedProgram
from torch.utils import _pytree as pytree
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

from common.diagnostics import UserError, mistake, run_tool
from common.progress import progress
from common.quiet import deterministic, quiet
from common.reasons import at_place, reason, root_cause
from export.canonical import load_program, save_program
from export.capture import Traceable, capture
from export.signature import inputs_of
from quantize.calibration import Call, infinite_inputs, read_calibration
from quantize.plain_clips import write_clips_plainly
from quantize.quantizers import QUANTIZERS, quantizer_of

SCHEMES = ("pt2e_static_int8", "pt2e_dynamic_int8")


def main(argv: Sequence[str]) -> None:
    """Quantize what the command line describes."""
    quiet()
    deterministic(0)
    request = _parser().parse_args(argv)
    program = load_program(Path(request.graph), "model")
    calls = read_calibration(request.calibration, inputs_of(program))
    is_dynamic = request.scheme == "pt2e_dynamic_int8"
    if not calls and not is_dynamic:
        hint = 'give recorded inputs: calibration = ["inputs.safetensors"] or ["file.py:function"]'
        raise mistake("missing-calibration", "'pt2e_static_int8' needs calibration data", "calibration", hint=hint)
    quantizer = quantizer_of(request.quantizer, program, request.accelerator, is_dynamic=is_dynamic)
    made = quantized(program, calls, quantizer)
    if not request.may_be_plain and not any("dequantize" in str(node.target) for node in made.graph.nodes):
        raise mistake("nothing-to-quantize", "the model has no layer that the backend's quantizer takes", "quantize")
    save_program(made, Path(request.output))


def quantized(program: ExportedProgram, calls: Sequence[Call], quantizer: Any) -> ExportedProgram:
    """Return `program` with its convolutions and linear layers in int8, per channel."""
    args, kwargs = program.example_inputs
    module = _converted(program, calls or (tuple(pytree.tree_leaves((args, kwargs))),), quantizer)
    progress("torch.export of the quantized graph")
    return capture(Traceable(module, args, kwargs, _dynamic_shapes(program)))


def _converted(program: ExportedProgram, calls: Sequence[Call], quantizer: Any) -> Any:
    plain = program.module(check_guards=False)
    state = {name: value.clone() for name, value in plain.named_buffers()}
    try:
        module = prepare_pt2e(write_clips_plainly(plain), quantizer)
        with torch.no_grad():
            for index, call in enumerate(calls):
                progress(f"calibrating: input {index + 1} of {len(calls)}")
                call_args, call_kwargs = pytree.tree_unflatten(list(call), program.call_spec.in_spec)
                module(*call_args, **call_kwargs)
            for name, value in module.named_buffers():  # What was observed stays; what the model remembers of it goes.
                if name in state:
                    value.copy_(state[name])
        return convert_pt2e(module)
    except UserError:
        raise
    except Exception as error:  # Quantizers are libraries' passes, which raise whatever went wrong in them.
        infinite = infinite_inputs(calls, inputs_of(program))
        if infinite:
            message = f"the backend's quantizer needs finite numbers, input '{infinite[0]}' is infinite"
            raise mistake("inputs-do-not-fit", message, "calibration", notes=(reason(root_cause(error)),)) from error
        message = f"the backend's quantizer refuses the model{at_place(error)}: {reason(root_cause(error))}"
        raise mistake("quantization-failed", message, "quantize") from error


def _dynamic_shapes(program: ExportedProgram) -> Any:
    """Return the dimensions that may change, as they were given to the first export."""
    leaves = [
        {
            dim: Dim.AUTO(min=size[0], max=size[1]) if size[1] is not None else Dim.AUTO
            for dim, size in enumerate(each["shape"])
            if isinstance(size, list)
        }
        or None
        for each in inputs_of(program)
    ]
    if not any(leaves):
        return None
    args, kwargs = pytree.tree_unflatten(leaves, program.call_spec.in_spec)
    return kwargs or tuple(args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="quantize_pt2e.py", description=__doc__, allow_abbrev=False)
    parser.add_argument("--graph", required=True)
    parser.add_argument("--scheme", choices=SCHEMES, required=True)
    parser.add_argument("--quantizer", choices=QUANTIZERS, default="xnnpack")
    parser.add_argument("--accelerator", default="")
    parser.add_argument("--calibration", action="append", default=[])
    parser.add_argument("--may-be-plain", action="store_true", help="there may be no layer to quantize")
    parser.add_argument("--output", required=True)
    return parser


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
