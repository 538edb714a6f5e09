"""Minutes to build and test all examples on all of their devices from nothing: prints them beside their bar.

    python benchmarks/examples.py [--folder DIR] [--check]

From nothing is an empty cache in DIR (20 GB of disk; a temporary folder if left out): environments and weights are
fetched, compilers' libraries made, models exported, and each test runs, most of them under an emulator. What is run is
scripts/test_examples; --check fails above the bar.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BAR, AIM = 30, 15
"""Minutes, on two cores."""


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="for the cache; must not be there yet")
    parser.add_argument("--check", action="store_true", help="fail above the bar")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cache = arguments.folder or Path(temporary, "cache")
        cache.mkdir(parents=True)
        began = time.monotonic()
        environment = {**os.environ, "ETBUILD_CACHE": str(cache)}
        subprocess.run([ROOT / "scripts/test_examples"], env=environment, check=True)
        took = (time.monotonic() - began) / 60
    cores = len(os.sched_getaffinity(0))
    print(f"all examples, cold, {cores} cores: {took:.1f} minutes, bar {BAR}, {took / BAR:.2f}, aim {AIM}")
    return 1 if arguments.check and took > BAR else 0


if __name__ == "__main__":
    sys.exit(main())
