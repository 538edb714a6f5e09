"""Writes a picture as bytes, and what the network says of it in eager mode: its outputs, then the likeliest face.

    reference.py WEIGHTS PHOTOGRAPH PICTURE ANSWER

The answer is float32: 27 x 27 odds, 4 x 27 x 27 offsets; a probability and the face's sides in pixels.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from photograph import as_input, pixels
from pnet import load

SQUARE = 12


def main(words: list[str]) -> None:
    """Shrink, run the network, write."""
    weights, photograph, picture, answer = map(Path, words)
    shown = pixels(photograph)
    picture.write_bytes(shown.numpy().tobytes())
    torch.set_num_threads(1)
    with torch.no_grad():
        odds, offsets = load(weights)(as_input(shown))
    parts = (odds.flatten(), offsets.flatten(), likeliest(odds[0], offsets[0]))
    answer.write_bytes(torch.cat(parts).numpy().tobytes())


def likeliest(odds: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    """Return the highest probability, and the left, upper, right and lower side of that cell's face."""
    row, column = divmod(int(odds.argmax()), odds.shape[1])
    corner = torch.tensor([2 * column, 2 * row], dtype=torch.float32)
    square = torch.cat((corner, corner + SQUARE))
    return torch.cat((odds[row, column].sigmoid()[None], square + SQUARE * offsets[:, row, column]))


if __name__ == "__main__":
    main(sys.argv[1:])
