"""What firmware says and weighs on its board beside peers: prints ours, the bar or the peer's, the ratio.

    python benchmarks/images.py [--check]

The wake word's answers are held against those of tflite-micro, which runs the published int8 model; ours was quantized
again from its floats, and hears by its own front end. Flash is without the recording, which is no part of an app. Of
each example's program: its planned memory, against the most that lives in it at once, which no plan can be below.
--check fails above a bar.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
OUTPUTS = ROOT / "etbuild-out"
FIRMWARE = "//examples/wake_word:firmware"
BOARD = ("--platform=cortex_m55", "-c", "size")
SMALLEST = "//examples/sine:firmware"
SMALLEST_BOARD = ("--platform=cortex_m0", "-c", "size")
KEYWORD, AVERAGED = 850, 5
"""In parts of 1000: what so many answers must exceed on average."""
KB = 1000
RECORDING, WEIGHTS = "etbuild_file_", "etbuild_program_"
ARENA_BAR = 1.10


class Row(NamedTuple):
    """A size, the most that is allowed, and what is aimed at."""

    image: str
    what: str
    took: int
    bar: int
    aim: int


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail above the bars")
    arguments = parser.parse_args()
    rows = [*wake_word(), *smallest()]
    for row in rows:
        figures = f"{row.took / KB:6.1f} KB, bar {row.bar // KB}, {row.took / row.bar:.2f}, aim {row.aim // KB}"
        print(f"{row.image:10} {row.what:22} {figures}")
    planned = arenas()
    for program, (took, bound) in planned.items():
        print(f"arena      {program:40} {took:8} bytes, bound {bound:8}, {took / bound:.2f}")
    over = any(row.took > row.bar for row in rows) or any(took > ARENA_BAR * bound for took, bound in planned.values())
    return 1 if arguments.check and over else 0


def wake_word() -> list[Row]:
    """Print what is heard, and return what the firmware takes. Raises SystemExit if nothing is heard."""
    _etbuild("build", FIRMWARE, *BOARD)
    _etbuild("build", "//benchmarks:wake_word_peer_answers")
    said = _etbuild("run", FIRMWARE, *BOARD, "--", "answers").splitlines()
    ours = [int(line.split()[1]) for line in said if "answer" in line]
    peers = [int(line) for line in (OUTPUTS / "host/benchmarks/wake_word_peer.txt").read_text().split()]
    apart = max(abs(one - other) for one, other in zip(ours, peers, strict=True))
    print(
        f"wake word  ours heard at {heard(ours)}, tflite-micro at {heard(peers)}; answers {apart} / 1000 apart at most"
    )
    if heard(ours) == "never":
        raise SystemExit("the wake word must be heard")
    found = sizes((OUTPUTS / "cortex_m55-size/examples/wake_word/firmware.sizes.txt").read_text())
    bars = {"flash without weights": (64, 32), "flash": (150, 112), "RAM": (48, 32)}
    return [Row("wake word", what, found[what], bar * KB, aim * KB) for what, (bar, aim) in bars.items()]


def smallest() -> list[Row]:
    """Return what the smallest image takes."""
    _etbuild("build", SMALLEST, *SMALLEST_BOARD)
    found = sizes((OUTPUTS / "cortex_m0-size/examples/sine/firmware.sizes.txt").read_text())
    bars = {"flash": (24, 12), "RAM": (6, 4)}
    return [Row("sine", what, found[what], bar * KB, aim * KB) for what, (bar, aim) in bars.items()]


def arenas() -> dict[str, tuple[int, int]]:
    """Return of each program of the examples its planned bytes, and the most that are alive at once."""
    programs = _etbuild("query", "kind('pte rule', deps(//examples/...))").split()
    _etbuild("build", *programs)
    found = {}
    for program in programs:
        plan = json.loads((OUTPUTS / "host" / f"{program.removeprefix('//').replace(':', '/')}.plan.json").read_text())
        buffers = [buffer for method in plan["methods"].values() for buffer in method["buffers"]]
        found[program] = (sum(each["bytes"] for each in buffers), sum(each["most_alive"] for each in buffers))
    return found


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
