"""A program that puts pictures into classes; knows no names of classes."""

from __future__ import annotations

from pathlib import Path

import torch

from common.diagnostics import mistake
from pte.program import Tensor
from run.image import load_image, preparation_of
from run.program_runner import ProgramRunner


class ImageProgram:
    """A classifier `forward(pixels[1, 3, H, W]) -> [1, classes]`."""

    def __init__(self, path: Path, method: str) -> None:
        self._runner = ProgramRunner(path, method)
        values = [self._runner.method.values[index] for index in self._runner.method.inputs]
        first = values[0] if len(values) == 1 else None
        if not isinstance(first, Tensor):
            raise mistake("not-an-image-classifier", f"'{path.name}' must take one picture, takes {len(values)} inputs")
        self._dtype = getattr(torch, first.dtype)
        self._preparation = preparation_of(first.sizes, self._runner.constants())

    def classify(self, image: Path) -> torch.Tensor:
        """Return the probability of each class."""
        pixels = load_image(image, self._preparation).to(self._dtype)
        logits = self._runner.run((pixels,))[0]
        return torch.softmax(logits.flatten().to(torch.float32), 0)
