"""EfficientNet-Lite0: MobileNet's inverted residuals without squeeze-and-excitation, with ReLU6."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn

EPSILON = 1e-3
RESOLUTION = 224
CLASSES = 1000
STEM, HEAD = 32, 1280


class Stage(NamedTuple):
    """Blocks of one resolution; only the first has the stride."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


def load(weights: Path) -> nn.Module:
    """Return the classifier with the published weights."""
    model = efficientnet_lite0()
    model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return model.eval()


def efficientnet_lite0() -> nn.Module:
    """Return the classifier: `forward(image[N, 3, 224, 224]) -> logits[N, 1000]`, pixels as (value - 127) / 128."""
    return Classifier()


class SamePad(nn.Module):
    """TensorFlow's padding: as much behind as in front, the odd one behind."""

    def __init__(self, size: int, kernel: int, stride: int) -> None:
        """Pad an input of `size` so that the output has a `stride`-th of it."""
        super().__init__()
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        self.sides = [total // 2, total - total // 2] * 2

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Return the padded image."""
        return nn.functional.pad(image, self.sides) if any(self.sides) else image


class Block(nn.Module):
    """An inverted residual: widen, filter each channel, narrow."""

    def __init__(self, size: int, channels: int, stage: Stage, stride: int) -> None:
        """Take `channels` of `size` pixels a side."""
        super().__init__()
        wide = channels * stage.expansion
        if stage.expansion != 1:
            self._expand_conv = nn.Conv2d(channels, wide, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(wide, eps=EPSILON)
        self.pad = SamePad(size, stage.kernel, stride)
        self._depthwise_conv = nn.Conv2d(wide, wide, stage.kernel, stride, groups=wide, bias=False)
        self._bn1 = nn.BatchNorm2d(wide, eps=EPSILON)
        self._project_conv = nn.Conv2d(wide, stage.channels, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(stage.channels, eps=EPSILON)
        self.widens = stage.expansion != 1
        self.adds = stride == 1 and channels == stage.channels

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Return the filtered image."""
        wide = nn.functional.relu6(self._bn0(self._expand_conv(image))) if self.widens else image
        wide = nn.functional.relu6(self._bn1(self._depthwise_conv(self.pad(wide))))
        narrow = self._bn2(self._project_conv(wide))
        return narrow + image if self.adds else narrow


class Classifier(nn.Module):
    """Stem, sixteen blocks, head; the names of its parts are those of the published weights."""

    def __init__(self) -> None:
        """Make it with random weights."""
        super().__init__()
        self.pad = SamePad(RESOLUTION, 3, 2)
        self._conv_stem = nn.Conv2d(3, STEM, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(STEM, eps=EPSILON)
        blocks, channels, size = [], STEM, RESOLUTION // 2
        for stage in STAGES:
            for index in range(stage.repeats):
                stride = stage.stride if index == 0 else 1
                blocks.append(Block(size, channels, stage, stride))
                channels, size = stage.channels, -(-size // stride)
        self._blocks = nn.Sequential(OrderedDict((str(index), block) for index, block in enumerate(blocks)))
        self._conv_head = nn.Conv2d(channels, HEAD, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(HEAD, eps=EPSILON)
        self._fc = nn.Linear(HEAD, CLASSES)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Return the logits of the classes."""
        image = nn.functional.relu6(self._bn0(self._conv_stem(self.pad(image))))
        image = nn.functional.relu6(self._bn1(self._conv_head(self._blocks(image))))
        return self._fc(image.mean((2, 3)))  # type: ignore[no-any-return]
