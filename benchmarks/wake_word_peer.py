"""The wake word's answers by tflite-micro, which runs the published int8 model as it is: a peer of images.py.

wake_word_peer.py MODEL.tflite FEATURES      # Prints an answer a line, in parts of 1000.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from tflite_micro import runtime

CHANNELS, STRIDE = 40, 3
SCALE = 0.0390625
"""What the model takes for 1 of the front end's whole numbers."""


def main() -> None:
    """Feed the features in threes."""
    model, features = map(Path, sys.argv[1:])
    interpreter = runtime.Interpreter.from_file(str(model))
    [scale], [zero] = (
        interpreter.get_input_details(0)["quantization_parameters"][name] for name in ("scales", "zero_points")
    )
    [step] = interpreter.get_output_details(0)["quantization_parameters"]["scales"]
    heard = np.frombuffer(features.read_bytes(), np.uint16).reshape(-1, CHANNELS) * SCALE
    stored = np.clip(np.round(heard / scale) + zero, -128, 127).astype(np.int8)
    for first in range(0, len(stored) - STRIDE + 1, STRIDE):
        interpreter.set_input(stored[None, first : first + STRIDE], 0)
        interpreter.invoke()
        print(round(float(interpreter.get_output(0).item()) * float(step) * 1000))


if __name__ == "__main__":
    main()
