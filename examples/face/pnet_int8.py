"""P-Net of what int8 computes: convolutions and ReLU alone."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn


class Int8PNet(nn.Module):
    """What PNet is, with PReLU(x) as relu(x) - slope * relu(-x).

    Each layer gives its values and their negatives. What comes behind takes both together again: of the first, which a
    maximum follows, a convolution of one pixel; of the others the next convolution itself.
    """

    def __init__(self) -> None:
        """Make the layers, without their weights."""
        super().__init__()
        self.conv1 = nn.Conv2d(3, 20, 3)
        self.join1 = nn.Conv2d(20, 10, 1, bias=False)
        self.conv2 = nn.Conv2d(10, 32, 3)
        self.conv3 = nn.Conv2d(32, 64, 3)
        self.conv4_1 = nn.Conv2d(64, 1, 1)
        self.conv4_2 = nn.Conv2d(64, 4, 1)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return for each cell how likely it is a face, and where the face's sides are."""
        features = nn.functional.max_pool2d(self.join1(torch.relu(self.conv1(image))), 2)
        features = torch.relu(self.conv3(torch.relu(self.conv2(features))))
        return self.conv4_1(features).squeeze(1), self.conv4_2(features)


def load(weights: Path) -> nn.Module:
    """Return the network with the published weights, in float32 still."""
    given = torch.load(weights, map_location="cpu", weights_only=True)
    state = {f"conv{at}.{kind}": _both(given[f"conv{at}.{kind}"]) for at in (1, 2, 3) for kind in ("weight", "bias")}
    state["join1.weight"] = _together(torch.eye(10)[:, :, None, None], given["prelu1.weight"])
    state["conv3.weight"] = _both(_together(given["conv3.weight"], given["prelu2.weight"]))
    state["conv4_1.weight"] = _together(given["conv4_1.weight"].diff(dim=0), given["prelu3.weight"])
    state["conv4_1.bias"] = given["conv4_1.bias"].diff()
    state["conv4_2.weight"] = _together(given["conv4_2.weight"], given["prelu3.weight"])
    state["conv4_2.bias"] = given["conv4_2.bias"]
    model = Int8PNet()
    model.load_state_dict(state)
    return model.eval()


def _both(values: torch.Tensor) -> torch.Tensor:
    """Return what makes values and their negatives, for what makes values."""
    return torch.cat((values, -values))


def _together(weight: torch.Tensor, slopes: torch.Tensor) -> torch.Tensor:
    """Return the weights for values and their negatives, for those that take what PReLU makes of them."""
    return torch.cat((weight, -weight * slopes[None, :, None, None]), 1)
