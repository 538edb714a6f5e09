"""A small network whose activation is an operator of our own."""

import swish_operator  # noqa: F401 -- defines it.
import torch


class Net(torch.nn.Module):
    """One layer, and own::swish."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply both."""
        return torch.ops.own.swish(self.layer(x), 1.5)


def model() -> torch.nn.Module:
    """Return the network, with seeded weights."""
    return Net().eval()
