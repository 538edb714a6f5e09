"""Quantizes a module's linear layers with torchao, before it is exported; knows nothing of backends.

Layers of 8da4w may each be one operator, for which there are kernels, in place of the parts that torchao spells it in.
Weight-only layers are written with the operator that has kernels: XNNPACK takes torchao's own for plain numbers and
computes nonsense, and the portable kernels lack it.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch.ao.quantization.fx._decomposed import quantized_decomposed_lib  # noqa: F401 -- registers its operators
from torchao.quantization import quantize_
from torchao.quantization.granularity import PerAxis, PerGroup
from torchao.quantization.quant_api import Int8DynamicActivationIntxWeightConfig, IntxWeightOnlyConfig

from common.diagnostics import mistake
from common.int4_operators import BLOCK, packed

DEFAULT_GROUP = 32
SHOWN = 4


def quantize_weights(
    module: torch.nn.Module, scheme: str, group_size: int | None, *, whole_layers: bool = False
) -> None:
    """Quantize each linear layer in place by `scheme`; those of 8da4w as one operator each if `whole_layers`."""
    if scheme == "none":
        return
    group = group_size or DEFAULT_GROUP
    if scheme == "4w" and group % 2:
        raise mistake("odd-group", f"'group_size' of 4w must be even, is {group}", "group_size")
    if scheme == "8da4w" and whole_layers and group % BLOCK:
        message = f"'group_size' of 8da4w must be a multiple of {BLOCK} for portable kernels, is {group}"
        raise mistake("odd-group", message, "group_size")
    layers = linear_layers(module)
    if not layers:
        hint = "pt2e_static_int8 and pt2e_dynamic_int8 take convolutions, too"
        raise mistake("nothing-to-quantize", "the model has no linear layer to quantize", "quantize", hint=hint)
    if scheme != "8w" or group_size is not None:
        _require_divides(layers, group)
    quantize_(module, _config(scheme, group, group_size))
    layer = {"8w": Linear8, "4w": Linear4, "8da4w": Linear8da4 if whole_layers else None}[scheme]
    if layer is not None:
        _spell_out(module, layer)


def linear_layers(module: torch.nn.Module) -> dict[str, torch.nn.Linear]:
    """Return the layers that can be quantized, by name."""
    return {name: each for name, each in module.named_modules() if isinstance(each, torch.nn.Linear)}


class Linear8(torch.nn.Module):
    """A linear layer with 8-bit weights, which are made floating numbers when it runs."""

    def __init__(self, linear: torch.nn.Linear) -> None:
        """Take the weights of a layer that torchao quantized."""
        super().__init__()
        weight = linear.weight
        self.shape = tuple(weight.shape)
        # One row a scale: the operator knows channels, not groups of them.
        self.register_buffer("weight", weight.qdata.reshape(weight.scale.numel(), -1).contiguous())
        self.register_buffer("scales", weight.scale.reshape(-1).contiguous())
        self.register_buffer("zeros", torch.zeros(weight.scale.numel(), dtype=torch.int64))
        self.bias = linear.bias

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return what the layer returned, up to rounding of its weights."""
        rows = torch.ops.quantized_decomposed.dequantize_per_channel(
            self.weight, self.scales, self.zeros, 0, -128, 127, torch.int8
        )
        return torch.nn.functional.linear(values, rows.view(self.shape).to(values.dtype), self.bias)


class Linear4(torch.nn.Module):
    """A linear layer with 4-bit weights, two in a byte: a row's first half below, its second half above."""

    def __init__(self, linear: torch.nn.Linear) -> None:
        """Take the weights of a layer that torchao quantized."""
        super().__init__()
        weight = linear.weight
        self.shape = tuple(weight.shape)
        rows = weight.qdata.reshape(weight.scale.numel(), -1).to(torch.int16) + 8
        low, high = rows.chunk(2, dim=1)
        self.register_buffer("weight", (low + 16 * high).to(torch.uint8).contiguous())
        self.register_buffer("scales", weight.scale.reshape(-1, 1).contiguous())
        self.bias = linear.bias

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return what the layer returned, up to rounding of its weights."""
        # In arithmetic that every backend has; bytes are small enough to be exact in any floating type.
        both = self.weight.to(values.dtype)
        high = torch.floor(both / 16)
        rows = (torch.cat([both - 16 * high, high], dim=1) - 8) * self.scales.to(values.dtype)
        return torch.nn.functional.linear(values, rows.view(self.shape), self.bias)


class Linear8da4(torch.nn.Module):
    """A linear layer with 4-bit weights that rounds each token to 8 bits: one operator."""

    def __init__(self, linear: torch.nn.Linear) -> None:
        """Take the weights of a layer that torchao quantized."""
        super().__init__()
        self.register_buffer("weight", packed(linear.weight.qdata))
        self.register_buffer("scales", linear.weight.scale.float().contiguous())
        self.bias = None if linear.bias is None else torch.nn.Parameter(linear.bias.detach().float(), False)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return what the layer returned, up to rounding of sums."""
        if values.dtype == torch.float32:
            return torch.ops.int4.linear_8da4w(values, self.weight, self.scales, self.bias)
        return torch.ops.int4.linear_8da4w(values.float(), self.weight, self.scales, self.bias).to(values.dtype)


def _spell_out(module: torch.nn.Module, layer: type[Linear4 | Linear8 | Linear8da4]) -> None:
    for name, child in list(module.named_modules()):
        if isinstance(child, torch.nn.Linear) and hasattr(child.weight, "qdata"):
            module.set_submodule(name, layer(child))


def _config(scheme: str, group: int, given: int | None) -> object:
    if scheme == "8da4w":
        return Int8DynamicActivationIntxWeightConfig(weight_dtype=torch.int4, weight_granularity=PerGroup(group))
    if scheme == "4w":
        return IntxWeightOnlyConfig(weight_dtype=torch.int4, granularity=PerGroup(group))
    return IntxWeightOnlyConfig(weight_dtype=torch.int8, granularity=PerAxis(0) if given is None else PerGroup(group))


def _require_divides(layers: Mapping[str, torch.nn.Linear], group: int) -> None:
    misfits = {name: each.in_features for name, each in layers.items() if each.in_features % group}
    if not misfits:
        return
    count = f"{len(misfits)} of {len(layers)}"
    message = f"'group_size' must divide the inputs of each linear layer, {group} does not divide {count}"
    notes = tuple(f"{name} has {size} inputs" for name, size in list(misfits.items())[:SHOWN])
    fitting = [
        size for size in (256, 128, 64, 32, 16, 8, 4) if all(each.in_features % size == 0 for each in layers.values())
    ]
    hint = f"{fitting[0]} divides all of them" if fitting else None
    raise mistake("group-does-not-divide", message, "group_size", notes=notes, hint=hint)
