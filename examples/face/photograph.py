"""The photograph as what P-Net takes: whole for proofs, in parts for calibration. Knows no network."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image

SIZE = 64
"""Of the picture, in pixels; a face is found whose height is about 12 of them."""
PHOTOGRAPH = Path("external/astronaut/skimage/data/astronaut.png")
PARTS = (
    (512, 0, 0),
    (448, 0, 0),
    (448, 64, 0),
    (384, 40, 0),
    (384, 100, 100),
    (256, 100, 0),
    (256, 0, 256),
    (256, 256, 0),
)
"""Of the photograph, for calibration: their sizes, and where their left and upper sides are."""


def photograph() -> list[tuple[torch.Tensor]]:
    """Return the photograph as an input, for proofs."""
    return [(as_input(pixels(PHOTOGRAPH)),)]


def crops() -> list[tuple[torch.Tensor]]:
    """Return the photograph in eight parts, and their mirror images: what quantization observes."""
    boxes = [(left, upper, left + size, upper + size) for size, left, upper in PARTS]
    calls = [as_input(pixels(PHOTOGRAPH, box)) for box in boxes]
    return [(call,) for call in (*calls, *(call.flip(3) for call in calls))]


def pixels(file: Path, box: tuple[int, int, int, int] | None = None) -> torch.Tensor:
    """Return a square picture, or the square part of it that `box` says, as `[64, 64, 3]` bytes."""
    with Image.open(file) as picture:
        small = picture.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BOX, box)
    return torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8).reshape(SIZE, SIZE, 3)


def as_input(picture: torch.Tensor) -> torch.Tensor:
    """Return a picture as the network takes it."""
    return ((picture.permute(2, 0, 1).float() - 127.5) / 128)[None].contiguous()
