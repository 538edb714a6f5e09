"""Turns floats into the whole numbers that a program takes, and back, as its constant methods say. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from pte.program import Method, Tensor

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """What an input or output was quantized with."""

    scale: float
    zero_point: int
    dtype: torch.dtype

    def quantized(self, value: Any) -> Any:
        """Return the whole numbers of floats, as the operator that was left out rounds; what is none as it is."""
        if not isinstance(value, torch.Tensor) or not value.dtype.is_floating_point:
            return value
        limits = torch.iinfo(self.dtype)
        steps = torch.round(value * (1.0 / self.scale)) + self.zero_point
        return torch.clamp(steps, limits.min, limits.max).to(self.dtype)

    def floats(self, value: torch.Tensor) -> torch.Tensor:
        """Return the floats that whole numbers stand for."""
        return (value.to(torch.float32) - self.zero_point) * self.scale


@dataclass(frozen=True, slots=True)
class QuantizedIo:
    """The scales of a method's inputs and outputs, by index; none of a method that takes and gives floats."""

    inputs: Mapping[int, Scale]
    outputs: Mapping[int, Scale]

    def taken(self, inputs: Values) -> Values:
        """Return what the program takes for `inputs`."""
        return _each(inputs, self.inputs, Scale.quantized)

    def given(self, outputs: Values) -> Values:
        """Return what the program gives where its graph gives `outputs`."""
        return _each(outputs, self.outputs, Scale.quantized)

    def floats(self, outputs: Values) -> Values:
        """Return what its graph gives where the program gives `outputs`."""
        return _each(outputs, self.outputs, Scale.floats)


def quantized_io(method: Method, constants: Mapping[str, Any]) -> QuantizedIo:
    """Return the scales of `method` that are among the constant methods."""
    return QuantizedIo(
        _scales(method, method.inputs, "input", constants), _scales(method, method.outputs, "output", constants)
    )


def _scales(method: Method, ports: Sequence[int], kind: str, constants: Mapping[str, Any]) -> dict[int, Scale]:
    found = {}
    for index, port in enumerate(ports):
        value, name = method.values[port], f"{method.name}_{kind}{index}"
        scale = constants.get(f"{name}_scale")
        if scale is not None and isinstance(value, Tensor):
            found[index] = Scale(scale, constants[f"{name}_zp"], getattr(torch, value.dtype))
    return found


def _each(values: Values, scales: Mapping[int, Scale], change: Any) -> Values:
    return tuple(change(scales[at], value) if at in scales else value for at, value in enumerate(values))
