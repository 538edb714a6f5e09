"""Turns a picture into the tensor that an image classifier takes; knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from common.diagnostics import mistake

HALF = 127.5
"""Without a word of the program's own, values 0 to 255 become -1 to 1."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """How a picture is prepared: its size, and what its values have subtracted and are divided by."""

    height: int
    width: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


def preparation_of(sizes: Sequence[int], constants: dict[str, Any]) -> Preparation:
    """Return the preparation for an input of `sizes`; the constant methods image_mean and image_std may say how."""
    if len(sizes) != 4 or sizes[1] != 3:
        raise mistake("not-an-image-classifier", f"the program must take [1, 3, height, width], takes {list(sizes)}")
    mean, std = (_channels(constants.get(name, HALF)) for name in ("image_mean", "image_std"))
    return Preparation(sizes[2], sizes[3], mean, std)


def load_image(path: Path, preparation: Preparation) -> torch.Tensor:
    """Read the picture at `path`: its middle, scaled, as [1, 3, height, width]."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            size = (preparation.width, preparation.height)
            fitted = ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.BILINEAR)
    except FileNotFoundError as error:
        raise mistake("missing-image", f"there is no image '{path}'") from error
    except (UnidentifiedImageError, OSError) as error:
        raise mistake("invalid-image", f"'{path}' is no image that can be read") from error
    pixels = torch.frombuffer(bytearray(fitted.tobytes()), dtype=torch.uint8)
    values = pixels.reshape(preparation.height, preparation.width, 3).permute(2, 0, 1).to(torch.float32)
    mean, std = (torch.tensor(each).reshape(3, 1, 1) for each in (preparation.mean, preparation.std))
    return ((values - mean) / std)[None].contiguous()


def _channels(value: Any) -> tuple[float, ...]:
    channels = tuple(float(item) for item in value) if isinstance(value, list) else (float(value),) * 3
    if len(channels) != 3:
        raise mistake("invalid-metadata", f"image_mean and image_std must be a number or three, are {len(channels)}")
    return channels
