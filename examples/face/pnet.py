"""P-Net, the first network of MTCNN: where in a picture there might be a face, on a grid of every second pixel."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn


class PNet(nn.Module):
    """`forward(image[1, 3, 64, 64]) -> (odds[1, 27, 27], offsets[1, 4, 27, 27])`.

    Pixels are (value - 127.5) / 128. The cell in row r and column c is a square of 12 pixels whose corner is the pixel
    (2 c, 2 r). It is a face with the probability sigmoid(odds): of two numbers whose softmax MTCNN takes, it is the
    difference. Its offsets are how far the face's left, upper, right and lower side are from the square's, in squares.
    """

    def __init__(self) -> None:
        """Make the layers, without their weights; their names are the file's."""
        super().__init__()
        self.conv1 = nn.Conv2d(3, 10, 3)
        self.prelu1 = nn.PReLU(10)
        self.conv2 = nn.Conv2d(10, 16, 3)
        self.prelu2 = nn.PReLU(16)
        self.conv3 = nn.Conv2d(16, 32, 3)
        self.prelu3 = nn.PReLU(32)
        self.conv4_1 = nn.Conv2d(32, 2, 1)
        self.conv4_2 = nn.Conv2d(32, 4, 1)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return for each cell how likely it is a face, and where the face's sides are."""
        features = nn.functional.max_pool2d(self.prelu1(self.conv1(image)), 2)
        features = self.prelu3(self.conv3(self.prelu2(self.conv2(features))))
        neither, face = self.conv4_1(features).unbind(1)
        return face - neither, self.conv4_2(features)


def load(weights: Path) -> nn.Module:
    """Return the network with the published weights."""
    model = PNet()
    model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return model.eval()
