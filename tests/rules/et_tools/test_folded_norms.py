"""Batch norms are folded into convolutions: the same answers without them, and none where it would change another's."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch import nn

from lower.folded_norms import BATCH_NORM, fold_batch_norms

IMAGE = (2, 3, 9, 9)


def seeded(module: nn.Module) -> nn.Module:
    torch.manual_seed(0)
    for norm in module.modules():
        if isinstance(norm, nn.modules.batchnorm._BatchNorm):
            nn.init.uniform_(norm.running_mean, -2, 2)
            nn.init.uniform_(norm.running_var, 0.1, 3)
            if norm.affine:
                nn.init.uniform_(norm.weight, -2, 2)
                nn.init.uniform_(norm.bias, -2, 2)
    return module.eval()


class Twice(nn.Module):
    """One convolution, or its result, serves twice."""

    def __init__(self, shared: str) -> None:
        super().__init__()
        self.convolution, self.norm, self.shared = nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3), shared

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.convolution(x)
        return self.norm(y) + (self.convolution(y) if self.shared == "weights" else y)


class SharedShift(nn.Module):
    """Two convolutions, without biases, before one norm."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = (nn.Conv2d(3, 4, 3, bias=False) for _ in range(2))
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.one(x)) + self.norm(self.two(x))


FOLDED = {
    "with bias": lambda: nn.Sequential(nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.BatchNorm2d(4)),
    "without bias": lambda: nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU()),
    "neither bias nor scale": lambda: nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4, affine=False)),
    "of each channel": lambda: nn.Sequential(nn.Conv2d(3, 6, 3, groups=3), nn.BatchNorm2d(6, eps=0.5)),
    "two": lambda: nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Conv2d(4, 2, 3), nn.BatchNorm2d(2)),
}
LEFT = {
    "the weights serve twice": lambda: Twice("weights"),
    "the result serves twice": lambda: Twice("result"),
    "the norm serves twice": SharedShift,
    "no convolution before it": lambda: nn.Sequential(nn.ReLU(), nn.BatchNorm2d(3)),
    "a transposed one": lambda: nn.Sequential(nn.ConvTranspose2d(3, 4, 3), nn.BatchNorm2d(4)),
}


def norms_after(model: nn.Module, values: torch.Tensor) -> int:
    program = torch.export.export(model, (values,))
    fold_batch_norms(program)
    torch.testing.assert_close(program.module()(values), model(values))
    return sum(node.target is BATCH_NORM for node in program.graph.nodes)


@pytest.mark.parametrize("make", FOLDED.values(), ids=FOLDED)
def test_a_norm_becomes_part_of_its_convolution(make):
    assert norms_after(seeded(make()), torch.randn(IMAGE)) == 0


@pytest.mark.parametrize("make", LEFT.values(), ids=LEFT)
def test_a_norm_is_left_where_folding_would_change_something_else(make):
    assert norms_after(seeded(make()), torch.randn(IMAGE)) > 0


def test_half_is_left_alone():
    model = seeded(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))).to(torch.bfloat16)
    assert norms_after(model, torch.randn(IMAGE).to(torch.bfloat16)) == 1


def test_the_exported_models_own_weights_stay():
    model = seeded(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)))
    before = model[0].weight.clone()
    norms_after(model, torch.randn(IMAGE))
    assert torch.equal(model[0].weight, before)
