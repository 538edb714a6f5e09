"""How many instructions int8 operators retire on a Cortex-M: plain C++, and by the processor's vectors or pairs.

    ./etbuild -c opt --platform=cortex_m55 //benchmarks:cortex_m_calls //benchmarks:plain_cortex_m_calls
    python3 benchmarks/cortex_m.py [--platform cortex_m4f] [--mode size] [--check]

Counted on the platform's board in QEMU, one instruction a nanosecond of its timer's time; the same each time. Both must
write the same bytes. It needs Python alone, and qemu-system-arm. --check fails if they do not, or if convolutions are
below the bar where there are vectors; narrow ones have fewer channels than vectors have lanes, and no bar.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "etbuild-out"
BOARDS = {
    "cortex_m3": ("mps2-an385", 25),
    "cortex_m4f": ("mps2-an386", 25),
    "cortex_m7": ("mps2-an500", 25),
    "cortex_m33": ("mps2-an505", 20),
    "cortex_m55": ("mps3-an547", 32),
}
"""QEMU's board of a platform, and the megahertz of its timer."""

BAR, AIM = 6, 10
"""How many times fewer instructions than plain C++: for convolutions, by vectors."""
CONVOLUTIONS = ("conv ", "transposed conv ", "depthwise ")
VECTORS = "cortex_m55"


def count(program: Path, platform: str) -> dict[str, tuple[float, str]]:
    """Return instructions and a sum of what was written, by call."""
    board, megahertz = BOARDS[platform]
    command = ["qemu-system-arm", "-M", board, "-icount", "shift=0", "-nographic", "-monitor", "none"]
    command += ["-serial", "null", "-semihosting-config", "enable=on,target=native", "-kernel", str(program)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    words = [line.split(" ", 2) for line in printed.splitlines()]
    return {title: (int(ticks) * 1000 / megahertz, written) for ticks, written, title in words}


def main() -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", choices=BOARDS, default=VECTORS)
    parser.add_argument("--mode", default="opt")
    parser.add_argument("--check", action="store_true", help="fail below the bar")
    given = parser.parse_args()
    folder = OUT / f"{given.platform}-{given.mode}/benchmarks"
    ours = count(folder / "cortex_m_calls.elf", given.platform)
    plain = count(folder / "plain_cortex_m_calls.elf", given.platform)
    print(f"{given.platform + ', instructions':<40} {'ours':>10} {'plain C++':>11} {'ratio':>7} {'bar':>5} {'aim':>5}")
    failed = False
    for title, (instructions, written) in ours.items():
        other, expected = plain[title]
        ratio = other / instructions
        is_barred = given.platform == VECTORS and title.startswith(CONVOLUTIONS)
        wanted = f"{f'{BAR}x':>5} {f'{AIM}x':>5}" if is_barred else f"{'-':>5} {'-':>5}"
        remark = "" if written == expected else "  they differ"
        print(f"{title:<40} {instructions:10.0f} {other:11.0f} {ratio:6.2f}x {wanted}{remark}")
        failed = failed or written != expected or (is_barred and ratio < BAR)
    return 1 if given.check and failed else 0


if __name__ == "__main__":
    sys.exit(main())
