"""Writes what the classifier says in eager PyTorch of the photographs that it is proven with, as float32.

eager.py WEIGHTS PHOTOGRAPH... LOGITS
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from models.efficientnet_lite0 import load
from models.photographs import photographs


def main(words: list[str]) -> None:
    """Run the network on each, in the sequence of the proof."""
    weights, logits = Path(words[0]), Path(words[-1])
    model = load(weights)
    with torch.no_grad():
        said = [model(*call)[0] for call in photographs()]
    logits.write_bytes(torch.cat(said).numpy().tobytes())


if __name__ == "__main__":
    main(sys.argv[1:])
