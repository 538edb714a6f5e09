"""Chooses the quantizer of a backend for a program. Knows nothing of calibration."""

from __future__ import annotations

from typing import Any

import torch
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
    XNNPACKQuantizer,
    get_symmetric_quantization_config,
)
from torch.export import ExportedProgram

from export.signature import inputs_of
from quantize.clipped_layers import ClippedLayersQuantizer

WEIGHTED_LAYERS = (torch.ops.aten.linear.default, torch.ops.aten.conv1d.default, torch.ops.aten.conv2d.default)
QUANTIZERS = ("xnnpack", "cortex_m", "ethos_u")


def quantizer_of(backend: str, program: ExportedProgram, accelerator: str = "", *, is_dynamic: bool = False) -> Any:
    """Return the quantizer of `backend`; that of XNNPACK also serves portable kernels."""
    # What is for Arm's is not in every environment.
    if backend == "ethos_u":
        from executorch.backends.arm import quantizer
        from executorch.backends.arm.ethosu import EthosUCompileSpec

        chosen = quantizer.EthosUQuantizer(EthosUCompileSpec(accelerator))
        return chosen.set_global(quantizer.get_symmetric_quantization_config())
    if backend == "cortex_m":
        from executorch.backends.cortex_m.quantizer.quantizer import CortexMQuantizer

        return CortexMQuantizer(use_explicit_layout=True)
    return _xnnpack(program, is_dynamic=is_dynamic)


class WeightedLayersQuantizer(XNNPACKQuantizer):
    """Quantizes layers with weights; leaves numbers in the graph alone: as tensors, positions would become floats."""

    def transform_for_annotation(self, model: torch.fx.GraphModule) -> torch.fx.GraphModule:
        """Return the graph as it is."""
        return model


def _xnnpack(program: ExportedProgram, *, is_dynamic: bool) -> XNNPACKQuantizer:
    """Return a quantizer of all that XNNPACK computes in int8; of text, only the layers with weights.

    A text's positions and masks are added and multiplied too, and are no numbers to quantize.
    """
    config = get_symmetric_quantization_config(is_per_channel=True, is_dynamic=is_dynamic)
    if all(each["dtype"].startswith(("float", "bfloat")) for each in inputs_of(program)):
        return ClippedLayersQuantizer().set_global(config)
    quantizer = WeightedLayersQuantizer()
    for layer in WEIGHTED_LAYERS:
        quantizer.set_operator_type(layer, config)
    return quantizer
