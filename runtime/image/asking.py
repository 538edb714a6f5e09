"""Modules whose operators ask for temporary memory, each in its way. Knows no kernels."""

from __future__ import annotations

import torch
from torch import nn


class Products(nn.Module):
    """A linear layer of many rows, and products of two inputs: rows and columns as they lie, and transposed."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(24, 50)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[20, 24] -> [20, 50]."""
        return self.linear(x)


class Matrices(nn.Module):
    """Products of the input with itself."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[30, 40] -> [30, 30]."""
        return torch.mm(x, x.permute(1, 0)) + 1.0


class Batches(nn.Module):
    """Products of pairs of matrices."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[3, 18, 18] -> the same."""
        return torch.bmm(x, x)


class Largest(nn.Module):
    """The largest elements of a row."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[4, 50] -> [4, 7]."""
        return torch.topk(x, 7).values


def seeded(module: nn.Module) -> nn.Module:
    """Give `module` seeded weights, uniform ones."""
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for _, tensor in sorted(module.named_parameters()):
            tensor.copy_(torch.rand(tensor.shape, generator=generator) - 0.5)
    return module.eval()


def linear() -> nn.Module:
    """Return a linear layer of many rows."""
    return seeded(Products())


def matrices() -> nn.Module:
    """Return a product of matrices."""
    return Matrices()


def batches() -> nn.Module:
    """Return products of pairs of matrices."""
    return Batches()


def largest() -> nn.Module:
    """Return what takes the largest."""
    return Largest()


def depthwise() -> nn.Module:
    """Return a depthwise convolution: [1, 6, 9, 11] -> [1, 6, 5, 6]."""
    return seeded(nn.Conv2d(6, 6, 3, stride=2, padding=1, groups=6))


def pointwise() -> nn.Module:
    """Return a convolution by 1 x 1: [1, 6, 9, 11] -> [1, 20, 9, 11]."""
    return seeded(nn.Conv2d(6, 20, 1))


def wide() -> nn.Module:
    """Return a convolution by 3 x 2, dilated: [1, 6, 9, 11] -> [1, 5, 5, 10]."""
    return seeded(nn.Conv2d(6, 5, (3, 2), dilation=(2, 1)))


def transposed() -> nn.Module:
    """Return a transposed convolution: [1, 6, 9, 11] -> [1, 4, 19, 23]."""
    return seeded(nn.ConvTranspose2d(6, 4, 3, stride=2))


def line() -> nn.Module:
    """Return a convolution of lines: [1, 6, 33] -> [1, 8, 29]."""
    return seeded(nn.Conv1d(6, 8, 5))
