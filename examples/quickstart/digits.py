"""A classifier of 8x8 pictures: change a layer, build again, and see what is made anew."""

from __future__ import annotations

import torch
from torch import nn


class Digits(nn.Module):
    """`forward(picture[N, 64]) -> scores[N, 10]`. The seed makes its weights the same each time."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(nn.Linear(64, 128), nn.GELU(), nn.Linear(128, 10))
        self.eval()

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Score ten digits."""
        return self.layers(picture)
