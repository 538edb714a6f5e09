"""Recordings as inputs of the model and of its parts."""

from __future__ import annotations

from pathlib import Path

import torch

FOLDER = Path("examples/wake_word")
CHANNELS, FRAMES, STRIDE, KERNEL = 40, 161, 3, 5
WIDTH, STEPS = 64, 53
"""What the first layer gives of each window of 5 frames, and how many of these the others see."""
SCALE = 0.0390625
"""What the model takes for 1 of the front end's whole numbers."""

Inputs = list[tuple[torch.Tensor]]


def windows() -> Inputs:
    """Return windows of the recording that end before the words, within them and behind them."""
    features = heard(FOLDER / "okay_nabu.features")
    ends = range(FRAMES, features.shape[2] + 1, STRIDE)
    return [(features[:, :, end - FRAMES : end].contiguous(),) for end in ends][-24::8]


def frames() -> Inputs:
    """Return what the first layer sees of the recording while the words are spoken."""
    return _frames("okay_nabu")[-30::3]


def steps() -> Inputs:
    """Return what the other layers see where windows end."""
    return _steps("okay_nabu")[-24::8]


def calibration_frames() -> Inputs:
    """Return what the first layer sees of other recordings, for what quantization observes."""
    return _frames("calibration")[::STRIDE]


def calibration_steps() -> Inputs:
    """Return what the other layers see of other recordings."""
    return _steps("calibration")[:: 3 * STRIDE]


def heard(file: Path) -> torch.Tensor:
    """Return a front end's features[1, 40, time, 1], behind as much silence that the first answer is after 3 frames."""
    stored = torch.frombuffer(bytearray(file.read_bytes()), dtype=torch.uint16).reshape(-1, CHANNELS).float() * SCALE
    return torch.cat([torch.zeros(FRAMES - STRIDE, CHANNELS), stored]).T[None, :, :, None]


def _frames(name: str) -> Inputs:
    features = heard(FOLDER / f"{name}.features")
    ends = range(FRAMES, features.shape[2] + 1, STRIDE)
    return [(_channels_last(features[:, :, end - KERNEL : end]),) for end in ends]


def _steps(name: str) -> Inputs:
    stored = bytearray((FOLDER / f"{name}.steps").read_bytes())
    given = torch.frombuffer(stored, dtype=torch.float32).reshape(1, WIDTH, -1, 1)
    return [(_channels_last(given[:, :, end - STEPS : end]),) for end in range(STEPS, given.shape[2] + 1)]


def _channels_last(given: torch.Tensor) -> torch.Tensor:
    return given.permute(0, 2, 3, 1).contiguous()
