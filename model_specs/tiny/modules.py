"""Small modules with seeded weights, for tests that take seconds."""

from __future__ import annotations

import torch
from torch import nn

SEED = 7


def seeded(module: nn.Module, seed: int = SEED) -> nn.Module:
    """Give `module` weights from `seed`, of a size that keeps a signal's; uniform ones: normal ones differ by CPU."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in sorted(module.named_parameters()):
            if tensor.dim() > 1:
                bound = (3.0 / tensor[0].numel()) ** 0.5
                tensor.copy_((torch.rand(tensor.shape, generator=generator) * 2 - 1) * bound)
            elif name.endswith("bias"):
                tensor.copy_((torch.rand(tensor.shape, generator=generator) * 2 - 1) * 0.1)
            else:
                tensor.copy_(torch.rand(tensor.shape, generator=generator) * 0.2 + 0.9)
    return module.eval()


def mlp() -> nn.Module:
    """Return two linear layers: `forward(x[N, 32]) -> [N, 10]`."""
    return seeded(nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10)))


def cnn() -> nn.Module:
    """Return three convolutions and a linear layer: `forward(image[N, 3, 32, 32]) -> [N, 10]`."""
    return seeded(
        nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 16, 3, padding=1, groups=16),
            nn.ReLU6(),
            nn.Conv2d(16, 32, 1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(32, 10),
        )
    )


def images() -> list[tuple[torch.Tensor]]:
    """Return eight seeded images, as calibration data for `cnn`."""
    generator = torch.Generator().manual_seed(SEED)
    return [(torch.rand((1, 3, 32, 32), generator=generator),) for _ in range(8)]


def vectors() -> list[tuple[torch.Tensor]]:
    """Return eight seeded vectors, as calibration data for `mlp`."""
    generator = torch.Generator().manual_seed(SEED)
    return [(torch.rand((1, 32), generator=generator),) for _ in range(8)]


def texts() -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return four seeded texts of different lengths, each with its mask, for a text encoder of 256 tokens."""
    generator = torch.Generator().manual_seed(SEED)
    rows = [torch.randint(256, (1, length), generator=generator) for length in (5, 9, 16, 33)]
    return [(row, torch.ones_like(row)) for row in rows]
