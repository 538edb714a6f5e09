"""Defines the operator own::swish: x * sigmoid(beta * x), and its variant with an output, which programs call."""

import torch

LIBRARY = torch.library.Library("own", "DEF")
LIBRARY.define("swish(Tensor x, float beta) -> Tensor")
LIBRARY.define("swish.out(Tensor x, float beta, *, Tensor(a!) out) -> Tensor(a!)")


@torch.library.impl(LIBRARY, "swish", "CompositeExplicitAutograd")
def swish(x: torch.Tensor, beta: float) -> torch.Tensor:
    """Return x * sigmoid(beta * x)."""
    return x * torch.sigmoid(beta * x)


@torch.library.impl(LIBRARY, "swish.out", "CompositeExplicitAutograd")
def swish_out(x: torch.Tensor, beta: float, *, out: torch.Tensor) -> torch.Tensor:
    """Write the same to `out`."""
    return out.copy_(swish(x, beta))
