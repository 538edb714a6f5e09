"""Runs the model in eager PyTorch over a recording: what its first layer gives, and each of its answers.

eager.py WEIGHTS FEATURES OUT.steps OUT.answers
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parent))

import torch
from okay_nabu import load
from recordings import STEPS, heard


def main() -> None:
    """Write both, as floats: steps[1, 64, time, 1] and answers[time]."""
    weights, features, steps, answers = map(Path, sys.argv[1:])
    model = load(weights)
    with torch.no_grad():
        given = model.first(heard(features))
        said = [model.rest(given[:, :, end - STEPS : end]) for end in range(STEPS, given.shape[2] + 1)]
    steps.write_bytes(bytes(given.contiguous().view(torch.uint8).flatten().tolist()))
    answers.write_bytes(bytes(torch.cat(said).view(torch.uint8).flatten().tolist()))


if __name__ == "__main__":
    main()
