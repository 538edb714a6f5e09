"""Writes the recording's beginning, and what Silero's package says of it: probabilities (float32), segments (int32).

reference.py TORCHSCRIPT UTILS_VAD WAV CLIP PROBABILITIES SEGMENTS
"""

from __future__ import annotations

import importlib.util
import sys
import wave
from pathlib import Path
from types import ModuleType

import torch
from silero import RATE, SECONDS, WINDOW, samples_of


def main(words: list[str]) -> None:
    """Cut, run the package's model, write."""
    weights, code, whole, clip, probabilities, segments = map(Path, words)
    _cut(whole, clip)
    torch.set_num_threads(1)
    model, package, samples = torch.jit.load(weights, map_location="cpu").eval(), _import(code), samples_of(clip)
    with torch.no_grad():
        model.reset_states()
        said = [model(window, RATE).item() for window in samples.unfold(0, WINDOW, WINDOW)]
        spoken = package.get_speech_timestamps(samples, model)
    probabilities.write_bytes(torch.tensor(said).numpy().tobytes())
    places = [[each["start"], each["end"]] for each in spoken]
    segments.write_bytes(torch.tensor(places, dtype=torch.int32).numpy().tobytes())


def _cut(whole: Path, clip: Path) -> None:
    with wave.open(str(whole)) as read, wave.open(str(clip), "wb") as write:
        write.setparams(read.getparams())
        write.writeframes(read.readframes(SECONDS * RATE))


def _import(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(str(file))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(sys.argv[1:])
