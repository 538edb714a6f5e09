"""Has a method take and give the whole numbers that its first and last operators make of floats. Knows no backend."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from executorch.exir.passes.quantize_io_pass import get_config_method_name, quantize_input, quantize_output
from torch.export.graph_signature import OutputKind

from common.diagnostics import mistake


def quantize_io(edge: Any) -> None:
    """Leave the operators at the borders of all methods out, in place; what they computed with, constant methods say.

    These have ExecuTorch's own names: `forward_input0_scale`, `forward_input0_zp`, `forward_output0_scale`, ...
    """
    constants = dict(edge._config_methods or {})
    for method, program in edge._edge_programs.items():
        nodes = {node.name: node for node in program.graph.nodes}
        for index, name in enumerate(program.graph_signature.user_inputs):
            if _is_float(nodes.get(name)):
                constants |= _numbers(method, "input", index, partial(quantize_input, program, index))
        specs = program.graph_signature.output_specs
        given = [at for at, spec in enumerate(specs) if spec.kind is OutputKind.USER_OUTPUT]
        for index, at in enumerate(given):
            if _is_float(nodes.get(specs[at].arg.name)):
                constants |= _numbers(method, "output", index, partial(quantize_output, program, at))
                specs[at].arg.name = program.graph.output_node().args[0][at].name
        program.graph_module.recompile()
    edge._config_methods = dict(sorted(constants.items()))


def _is_float(node: Any) -> bool:
    return node is not None and node.meta["val"].dtype.is_floating_point


def _numbers(method: str, kind: str, index: int, change: Callable[[], Any]) -> dict[str, float | int]:
    """Return the constant methods of an input or output, once `change` has left its operator out."""
    try:
        scale, zero_point, *_ = change()
    except ValueError as error:
        what = {"input": "read by its quantization alone", "output": "what is dequantized last"}[kind]
        message = f"{kind} {index} of '{method}' must be {what} to be whole numbers, is not"
        raise mistake("no-quantized-io", message, "quantized_io", hint="quantized_io = false") from error
    scale_name, zero_name = (get_config_method_name(method, kind, index, key) for key in ("scale", "zp"))
    return {scale_name: float(scale), zero_name: int(zero_point)}
