"""Runs the program on ExecuTorch's runtime, as an app would, and holds it against the module."""

from __future__ import annotations

from pathlib import Path

import torch
from digits import Digits
from executorch.runtime import Runtime

[program] = Path().glob("*.pte")
method = Runtime.get().load_program(program).load_method("forward")
pictures = torch.rand(7, 64, generator=torch.Generator().manual_seed(1))
[scores] = method.execute([pictures])
torch.testing.assert_close(scores, Digits()(pictures), atol=1e-5, rtol=1e-5)
