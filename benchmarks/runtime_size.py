"""What our C++ runtime weighs beside upstream's: on a Cortex-M55 without a log, and as a shared library on x86-64.

    python benchmarks/runtime_size.py [--check] [--update]

Upstream's figures for the Cortex-M55 were measured with the same compiler and flags, from its sources, which are not
here; its shared library is the wheel's. --check fails if a figure of ours is 3 % above the one in runtime_size.json;
--update writes that file.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BASELINE = Path(__file__).with_suffix(".json")
ALLOWED = 1.03
OUT = ROOT / "etbuild-out"
PRIM_OPS = ("double_bits", "prim_kernels", "prim_lookup", "prim_results", "scalar_ops", "tensor_prim_ops")
"""Sources of the prim operators: prim_lookup finds one by its name, prim_kernels is linked only with a registry."""
IN_FLASH = (".text", ".data", ".ARM.extab", ".ARM.exidx")
"""Sections of an image that lie there."""
IMAGES = {"examples/smallest/smallest": "smallest app", "examples/smallest/compiled": "smallest app, compiled plan"}
"""Images by where they are built."""
KILO = 1000
UPSTREAM = {
    "core, linked": 19.1 * KILO,
    "smallest app": 25.1 * KILO,
    "all prim operators": 6.4 * KILO,
}
"""Each with all its checks of programs, as ours always has them: in bytes of code and constants."""


def main() -> int:
    """Measure, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail if a figure has grown by over 3 %%")
    parser.add_argument("--update", action="store_true", help="write the figures down as the ones to compare with")
    arguments = parser.parse_args()
    ours, theirs = measure()
    for name, size in ours.items():
        against = f"{theirs[name] / KILO:8.1f} KB {size / theirs[name]:6.2f}" if name in theirs else ""
        print(f"{name:32} {size / KILO:8.1f} KB {against}")
    if arguments.update:
        BASELINE.write_text(json.dumps(ours, indent=2) + "\n", encoding="utf-8")
    grown = growth(json.loads(BASELINE.read_text(encoding="utf-8")), ours) if arguments.check else []
    for line in grown:
        print(line, file=sys.stderr)
    return 1 if grown else 0


def measure() -> tuple[dict[str, int], Mapping[str, float]]:
    """Return our figures in bytes, and those of upstream that there are."""
    build(
        "--mode=size",
        "--platform=cortex_m55",
        "//examples/smallest/...",
        "//benchmarks:silent_core",
        "//benchmarks:silent_app",
    )
    build("--mode=opt", "//runtime/wheel_kernels:executorch", "//runtime:official")
    folder = OUT / "cortex_m55-size"
    linked = linked_bytes((folder / "benchmarks/silent_app.map").read_text(encoding="utf-8"))
    archive = archive_bytes(folder / "benchmarks/libsilent_core.a")
    prim_ops = {f"libsilent_core.a({name}.cpp.o)" for name in PRIM_OPS}
    own = {name for name in linked if name.startswith("libsilent_core.a")}
    ours = {
        "core, linked": sum(linked[name] for name in own - prim_ops),
        "core, all of it": sum(size for name, size in archive.items() if name.removesuffix(".cpp.o") not in PRIM_OPS),
        "all prim operators": sum(linked[name] for name in own & prim_ops),
        **{name: app_bytes(folder / f"{image}.map") for image, name in IMAGES.items()},
        "libexecutorch.so": text_bytes(OUT / "host-opt/runtime/wheel_kernels/libexecutorch.so"),
    }
    official = text_bytes(OUT / "host-opt/runtime/official/lib/libexecutorch.so")
    return ours, {**UPSTREAM, "libexecutorch.so": official}


def build(*words: str) -> None:
    """Build targets."""
    subprocess.run([str(ROOT / "etbuild"), "build", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def linked_bytes(text: str) -> Counter[str]:
    """Return the bytes of flash that each object takes, by the linker's map; an archive's are `lib.a(object)`."""
    placed = text.partition("Linker script and memory map")[2]
    found: Counter[str] = Counter()
    section = ""
    # A long name stands on a line of its own.
    for line in re.sub(r"^( ?[.\w]\S*)\n +0x", r"\1 0x", placed, flags=re.MULTILINE).splitlines():
        section = line.split()[0] if line[:1] == "." else section
        piece = re.match(r" [*.\w]\S* +0x[0-9a-f]+ +(0x[0-9a-f]+) (\S+)$", line)
        if piece and section in IN_FLASH:
            found[piece[2].rpartition("/")[2]] += int(piece[1], 16)
    return found


def app_bytes(path: Path) -> int:
    """Return the bytes of flash that an app takes without its programs, by the linker's map."""
    linked = linked_bytes(path.read_text(encoding="utf-8"))
    return sum(size for name, size in linked.items() if not name.startswith("programs.s"))


def archive_bytes(path: Path) -> dict[str, int]:
    """Return the code and constants of each member of an archive."""
    said = subprocess.run(["arm-none-eabi-size", str(path)], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in said.splitlines()[1:]]
    return {row[5]: int(row[0]) for row in rows}


def text_bytes(path: Path) -> int:
    """Return the code and constants of a shared library."""
    said = subprocess.run(["size", str(path)], check=True, capture_output=True, text=True).stdout
    return int(said.splitlines()[1].split()[0])


def growth(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """Return a line for each figure that has grown too much."""
    return [
        f"{name} must be {before[name] * ALLOWED:.0f} bytes at most (3 % above {before[name]}), is {after[name]}"
        for name in before
        if after[name] > before[name] * ALLOWED
    ]


if __name__ == "__main__":
    sys.exit(main())
