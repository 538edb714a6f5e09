"""Two photographs as inputs of an image classifier: whole for proofs, in crops for calibration."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image, ImageOps

FOLDER = Path("external/photographs/sklearn/datasets/images")
NAMES = ("china.jpg", "flower.jpg")
SIZE = 224
CROPS = ((0.5, 0.5), (0.2, 0.3), (0.8, 0.3), (0.3, 0.8), (0.7, 0.7))
"""Where the middle of each crop is, as a share of what is left over."""


def photographs() -> list[tuple[torch.Tensor]]:
    """Return both photographs' middles, each as `image[1, 3, 224, 224]`."""
    return [(_tensor(ImageOps.fit(_picture(name), (SIZE, SIZE), Image.Resampling.BILINEAR)),) for name in NAMES]


def crops() -> list[tuple[torch.Tensor]]:
    """Return five parts of each photograph, and their mirror images: what quantization observes."""
    parts = [_part(_picture(name), *place) for name in NAMES for place in CROPS]
    return [(_tensor(part),) for part in (*parts, *(ImageOps.mirror(part) for part in parts))]


def _picture(name: str) -> Image.Image:
    with Image.open(FOLDER / name) as picture:
        return picture.convert("RGB")


def _part(picture: Image.Image, across: float, down: float) -> Image.Image:
    size = (SIZE, SIZE)
    return ImageOps.fit(picture, size, Image.Resampling.BILINEAR, bleed=0.1, centering=(across, down))


def _tensor(picture: Image.Image) -> torch.Tensor:
    pixels = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return ((pixels.reshape(SIZE, SIZE, 3).permute(2, 0, 1).float() - 127) / 128)[None].contiguous()
