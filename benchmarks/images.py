"""What firmware says and weighs on its board beside peers: prints ours, the peer's, the ratio.

    python benchmarks/images.py [--check]

The wake word's answers are held against those of tflite-micro, which runs the published int8 model; ours was quantized
again from its floats, and hears by its own front end. Flash is without the recording, which is no part of an app.
--check fails above a bar.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRMWARE = "//examples/wake_word:firmware"
BOARD = ("--platform=cortex_m55", "-c", "size")
OUTPUTS = ROOT / "etbuild-out/cortex_m55-size/examples/wake_word"
KEYWORD, AVERAGED = 850, 5
"""In parts of 1000: what so many answers must exceed on average."""
KB = 1000
BARS = {"flash without weights": (64 * KB, 32 * KB), "flash": (150 * KB, 112 * KB), "RAM": (48 * KB, 32 * KB)}
"""The most that is allowed, and what is aimed at."""
RECORDING, WEIGHTS = "etbuild_file_", "etbuild_program_"


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail above the bars")
    arguments = parser.parse_args()
    _etbuild("build", FIRMWARE, *BOARD)
    _etbuild("build", "//benchmarks:wake_word_peer_answers")
    ours = [
        int(line.split()[1])
        for line in _etbuild("run", FIRMWARE, *BOARD, "--", "answers").splitlines()
        if "answer" in line
    ]
    peers = [int(line) for line in (ROOT / "etbuild-out/host/benchmarks/wake_word_peer.txt").read_text().split()]
    apart = max(abs(one - other) for one, other in zip(ours, peers, strict=True))
    print(
        f"wake word  ours heard at {heard(ours)}, tflite-micro at {heard(peers)}; answers {apart} / 1000 apart at most"
    )
    found = sizes((OUTPUTS / "firmware.sizes.txt").read_text())
    for what, (bar, aim) in BARS.items():
        took = found[what]
        print(f"wake word  {what:22} {took / KB:6.1f} KB, bar {bar // KB}, {took / bar:.2f}, aim {aim // KB}")
    over = any(found[what] > bar for what, (bar, _) in BARS.items())
    return 1 if arguments.check and (over or heard(ours) == "never") else 0


def heard(answers: list[int]) -> str:
    """Return when the words were heard."""
    for last in range(AVERAGED, len(answers) + 1):
        if sum(answers[last - AVERAGED : last]) > KEYWORD * AVERAGED:
            return f"{(last * 3 + 2) * 10} ms"
    return "never"


def sizes(text: str) -> dict[str, int]:
    """Return what firmware takes, in bytes, from the list that its build writes beside it."""
    rows = [
        (int(size), what)
        for size, _, what in (line.strip().partition(" ") for line in text.splitlines())
        if size.isdigit()
    ]
    memory = {what.split()[0]: size for size, what in rows if " of " in what}
    held = {kind: sum(size for size, what in rows if what.strip().startswith(kind)) for kind in (RECORDING, WEIGHTS)}
    flash = memory["flash"] - held[RECORDING]
    return {"flash without weights": flash - held[WEIGHTS], "flash": flash, "RAM": memory["ram"]}


def _etbuild(*words: str) -> str:
    command = [str(ROOT / "etbuild"), *words]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
