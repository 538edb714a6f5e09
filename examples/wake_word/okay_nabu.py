"""The microWakeWord model "okay nabu": features of 1.6 s of sound in, the probability of the words out.

Its file is for streaming: each layer keeps what it needs of the past. Here all of that is the input; of the first
layer, which has half of the work, a device keeps what it gave.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import tflite
import torch
from torch import nn

if TYPE_CHECKING:
    from pathlib import Path

STRIDE = 3
"""Features come every 10 ms, an answer every 30 ms."""


def load(weights: Path) -> WakeWord:
    """Return the whole network of a .tflite file: `forward(features[1, 40, 161, 1]) -> probability[1, 1]`."""
    return WakeWord(tflite.layers(weights))


def load_first(weights: Path) -> nn.Module:
    """Return its first layer: `forward(features[1, 5, 1, 40]) -> step[1, 1, 1, 64]`."""
    return nn.Sequential(Permuted(0, 3, 1, 2), load(weights).first, Permuted(0, 2, 3, 1))


def load_rest(weights: Path) -> nn.Module:
    """Return what follows: `forward(steps[1, 53, 1, 64]) -> probability[1, 1]`."""
    return nn.Sequential(Permuted(0, 3, 1, 2), load(weights).rest)


class Permuted(nn.Module):
    """Puts dimensions in another order: parts take and give channels last, as int8 layers and what feeds them want."""

    def __init__(self, *order: int) -> None:
        """Keep the order."""
        super().__init__()
        self.order = order

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        """Return the same numbers."""
        return given.permute(self.order)


class WakeWord(nn.Module):
    """Convolutions over time, the first over all features; depthwise and pointwise in turn after that."""

    def __init__(self, layers: list[tflite.Layer]) -> None:
        """Take over the layers of a file."""
        super().__init__()
        convolutions: list[nn.Module] = []
        for code, group in groupby(layers[:-1], key=lambda layer: layer.code):
            if code == tflite.DEPTHWISE:
                convolutions.append(_depthwise(list(group)))
            else:
                [layer] = group
                stride = 1 if convolutions else STRIDE
                convolutions += [_convolution(layer.weight.permute(0, 3, 1, 2), layer.bias, stride), nn.ReLU()]
        self.first = nn.Sequential(*convolutions[:2])
        self.rest = Rest(convolutions[2:], layers[-1])

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the probability that the words end where the features end."""
        return self.rest(self.first(features))


class Rest(nn.Module):
    """All layers behind the first."""

    def __init__(self, convolutions: list[nn.Module], last: tflite.Layer) -> None:
        """Take over the layers of a file."""
        super().__init__()
        self.convolutions = nn.Sequential(*convolutions)
        self.answer = nn.Linear(last.weight.shape[1], 1)
        _take_over(self.answer, last.weight, last.bias)

    def forward(self, steps: torch.Tensor) -> torch.Tensor:
        """Return the probability that the words end where the steps end."""
        return torch.sigmoid(self.answer(self.convolutions(steps).flatten(1)))


def _depthwise(layers: list[tflite.Layer]) -> nn.Conv2d:
    """Make one convolution of those that each filter some of the channels: shorter ones do not look back as far."""
    longest = max(layer.weight.shape[1] for layer in layers)
    weights = [layer.weight.permute(3, 0, 1, 2) for layer in layers]
    padded = [nn.functional.pad(weight, (0, 0, longest - weight.shape[2], 0)) for weight in weights]
    weight, bias = torch.cat(padded), torch.cat([layer.bias for layer in layers])
    return _convolution(weight, bias, stride=1, groups=weight.shape[0])


def _convolution(weight: torch.Tensor, bias: torch.Tensor, stride: int, groups: int = 1) -> nn.Conv2d:
    outputs, inputs, time, width = weight.shape
    convolution = nn.Conv2d(inputs * groups, outputs, (time, width), (stride, 1), groups=groups)
    _take_over(convolution, weight, bias)
    return convolution


def _take_over(module: nn.Conv2d | nn.Linear, weight: torch.Tensor, bias: torch.Tensor) -> None:
    """Copy into the module's own parameters, whose strides are plain."""
    with torch.no_grad():
        module.weight.copy_(weight)
        module.bias.copy_(bias)
