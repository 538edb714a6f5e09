"""What calls of kernels take, ours and the wheel's optimized ones: for one element, and for products of matrices.

    ./etbuild -c opt //benchmarks:kernel_entry //benchmarks:official_kernel_entry [--platform=linux_aarch64]
    python3 benchmarks/kernel_calls.py entry
    python3 benchmarks/kernel_calls.py products [--platform linux_aarch64]

Both programs take turns; printed is the least of all rounds, and how many times faster ours is. Times on another
platform are of its emulator: only their ratio tells something. It needs Python alone.
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "etbuild-out"
EMULATORS = {
    "host": (),
    "linux_aarch64": ("qemu-aarch64-static", "-cpu", "max,sme=off", "-L", "/usr/aarch64-linux-gnu"),
}
"""As the platforms run their programs."""
CALLS = {"entry": 1000, "products": 20}


def measure(program: Path, platform: str, what: str) -> dict[str, float]:
    """Return nanoseconds by operator; those that fail are left out."""
    command = [*EMULATORS[platform], str(program), str(CALLS[what]), what]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    words = [line.split() for line in printed.splitlines()]
    return {name: float(time) for name, time in words if float(time) > 0}


def merge(into: dict[str, float], times: dict[str, float]) -> None:
    """Keep the least."""
    for name, time in times.items():
        into[name] = min(time, into.get(name, time))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=CALLS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--platform", choices=EMULATORS, default="host")
    given = parser.parse_args()
    folder = OUT / f"{given.platform}-opt/benchmarks"
    ours: dict[str, float] = {}
    wheel: dict[str, float] = {}
    for _ in range(given.rounds):
        merge(ours, measure(folder / "kernel_entry", given.platform, given.what))
        merge(wheel, measure(folder / "official_kernel_entry", given.platform, given.what))
    print(f"{'operator, ns':<28} {'ours':>12} {'optimized':>12} {'ratio':>8}")
    for name, time in ours.items():
        other = wheel.get(name, float("inf"))
        print(f"{name:<28} {time:12.1f} {other:12.1f} {other / time:7.2f}x")


if __name__ == "__main__":
    main()
