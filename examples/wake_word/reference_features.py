"""Writes the features that the published front end gives of a recording: 40 numbers of 16 bits every 10 ms.

reference_features.py IN.pcm OUT
"""

from __future__ import annotations

import sys
from array import array
from pathlib import Path

from pymicro_features import MicroFrontend

STEP = 160 * 2
"""Bytes of 10 ms."""
SCALE = 0.0390625
"""What the package multiplies its whole numbers by."""


def main() -> None:
    """Feed the recording step by step, as a microphone does."""
    recording = Path(sys.argv[1]).read_bytes()
    frontend = MicroFrontend()
    features = array("H")
    for first in range(0, len(recording) - STEP + 1, STEP):
        answer = frontend.process_samples(recording[first : first + STEP])
        features.extend(round(value / SCALE) for value in answer.features)
    Path(sys.argv[2]).write_bytes(features.tobytes())


if __name__ == "__main__":
    main()
