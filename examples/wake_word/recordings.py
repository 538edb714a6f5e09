"""Features of recordings as the model's inputs, and where those lie on a device."""

from __future__ import annotations

from pathlib import Path

import torch
from executorch.exir.passes import MemoryPlanningPass

FOLDER = Path("examples/wake_word")
CHANNELS, FRAMES, STRIDE = 40, 161, 3
SCALE = 0.0390625
"""What the model takes for 1 of the front end's whole numbers."""


def windows() -> list[tuple[torch.Tensor]]:
    """Return windows of the recording that end before the words, within them and behind them."""
    return [(window,) for window in windows_of("okay_nabu")[-24::8]]


def windows_of(name: str) -> list[torch.Tensor]:
    """Return each window of a recording's features that ends where the model is asked, every 30 ms."""
    stored = bytearray((FOLDER / f"{name}.features").read_bytes())
    features = torch.frombuffer(stored, dtype=torch.uint16).reshape(-1, CHANNELS).float() * SCALE
    padded = torch.cat([torch.zeros(FRAMES - 1, CHANNELS), features])
    ends = range(FRAMES + STRIDE - 1, padded.shape[0] + 1, STRIDE)
    return [padded[end - FRAMES : end].T[None, :, :, None].contiguous() for end in ends]


def planner() -> MemoryPlanningPass:
    """Plan no memory for the window: the app has it already."""
    return MemoryPlanningPass(alloc_graph_input=False)
