"""What firmware says and weighs on its board beside peers: prints ours, the bar or the peer's, the ratio.

    python benchmarks/images.py [--check]

The wake word's answers are held against those of tflite-micro, which runs the published int8 model; ours was quantized
again from its floats, and hears by its own front end. Flash is without the recording, which is no part of an app.

Of upstream there are figures of its core and of its smallest app, with their checks of programs and no program in them,
built from its sources at -Os without a log by the compiler that ours are built by, for a Cortex-M55; an M4's are within
1 %. Of the wake word there is the program that its own flow makes, 114 KB: with the core, and without kernels, start-up
and what hears, it is the least that upstream's firmware takes. There are none for a Cortex-M0, whose instructions do
less each, and none of RAM.

Of each example's program: its planned memory, against the most that lives in it at once, which no plan can be below.
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
LOADED = "//examples/sine:loaded_firmware"
SMALLEST_BOARD = ("--platform=cortex_m0", "-c", "size")
KEYWORD, AVERAGED = 850, 5
"""In parts of 1000: what so many answers must exceed on average."""
KB = 1000
RECORDING, WEIGHTS = "etbuild_file_", "etbuild_program_"
ARENA_BAR = 1.10
UPSTREAM_CORE, UPSTREAM_APP, UPSTREAM_WAKE_WORD = 19_100, 25_100, 114_000


class Row(NamedTuple):
    """A size; the most that is allowed, and what is aimed at; what upstream's takes. 0 where there is none."""

    image: str
    what: str
    took: int
    bar: int = 0
    aim: int = 0
    upstream: int = 0

    def __str__(self) -> str:
        """Return a line."""
        held = f"bar {self.bar / KB:5.1f}, {self.took / self.bar:.2f}, aim {self.aim / KB:5.1f}" if self.bar else ""
        peer = f"upstream {self.upstream / KB:.1f} KB, {self.took / self.upstream:.2f}" if self.upstream else ""
        return f"{self.image:10} {self.what:34} {self.took / KB:6.1f} KB  {held:29} {peer}".rstrip()


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail above the bars")
    arguments = parser.parse_args()
    rows = [*wake_word(), *smallest()]
    for row in rows:
        print(row)
    planned = arenas()
    for program, (took, bound) in planned.items():
        print(f"arena      {program:40} {took:8} bytes, bound {bound:8}, {took / bound:.2f}")
    over = any(row.took > row.bar > 0 for row in rows) or any(
        took > ARENA_BAR * bound for took, bound in planned.values()
    )
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
    peers = {"flash": UPSTREAM_CORE + UPSTREAM_WAKE_WORD}
    rows = [
        Row("wake word", what, found[what], bar * KB, aim * KB, peers.get(what, 0)) for what, (bar, aim) in bars.items()
    ]
    core = part("runtime", OUTPUTS / "cortex_m55-size/examples/wake_word/firmware.sizes.json")
    return [*rows, Row("wake word", "of it the runtime", core, upstream=UPSTREAM_CORE)]


def smallest() -> list[Row]:
    """Return what the smallest image takes, and the same with its program loaded in place of tables."""
    _etbuild("build", SMALLEST, LOADED, *SMALLEST_BOARD)
    built = OUTPUTS / "cortex_m0-size/examples/sine"
    found, loaded = (sizes((built / f"{name}.sizes.txt").read_text()) for name in ("firmware", "loaded_firmware"))
    return [
        Row("sine", "flash, its program included", found["flash"], 24 * KB, 12 * KB, UPSTREAM_APP),
        Row("sine", "the same, loaded as upstream does", loaded["flash"], upstream=UPSTREAM_APP),
        Row("sine", "RAM", found["RAM"], 6 * KB, 4 * KB),
    ]


def part(name: str, report: Path) -> int:
    """Return what a part of an image takes, in bytes, of the report that its build writes beside it."""
    return int(json.loads(report.read_text())["parts"][name])


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
