"""What executables with selected kernels weigh beside upstream's selective build: stripped, -Os, x86-64, no log.

    python benchmarks/image_size.py [--check]

Upstream's figures are of a runner that loads its program from a file, with kernels selected by operator: its MLP's
weights alone take ten times what its executable does. So of ours, too, no bytes of programs are counted: the runner has
none, and of a compiled plan the weights are left out; its tables count. Neither counts the C and C++ libraries, which
both load. An app that is optimized when linked has most of the runtime's loader in its `main`.
--check fails if an executable takes more than a third of upstream's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KILO = 1000
UPSTREAM = {"mlp": 80.5 * KILO, "llama": 266 * KILO}
"""An MLP of two layers; a Llama of two."""
FORMS = {"": "program from a file", "compiled_": "compiled plan"}
BAR = 1 / 3
WEIGHTS = "etbuild_program_"
"""What the symbols of programs' bytes begin with."""


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail above the bar")
    arguments = parser.parse_args()
    best = {}
    for name, theirs in UPSTREAM.items():
        for form, what in FORMS.items():
            sizes = measure(f"//benchmarks/images:{form}{name}")
            ours = sizes["file_bytes"] - weights(sizes)
            best[name] = min(ours / theirs, best.get(name, ours / theirs))
            print(
                f"{name:6} {what:20} {ours / KILO:6.1f} KB  upstream {theirs / KILO:6.1f} KB  {ours / theirs:.2f}"
                f"  {parts(sizes)}"
            )
    return 1 if arguments.check and max(best.values()) > BAR else 0


def measure(target: str) -> dict[str, Any]:
    """Return what `etbuild size` says of a program."""
    command = [str(ROOT / "etbuild"), "size", target, "--json"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)["now"]
    return found


def weights(sizes: dict[str, Any]) -> int:
    """Return the bytes of programs."""
    return sum(size for symbol, size in sizes["symbols"].items() if symbol.startswith(WEIGHTS))


def parts(sizes: dict[str, Any]) -> str:
    """Return what takes how much, the largest first."""
    found = {**sizes["parts"], "programs": sizes["parts"].get("programs", 0) - weights(sizes)}
    found["headers, padding"] = sizes["file_bytes"] - sum(sizes["parts"].values())
    rows = sorted(found.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {size / KILO:.1f}" for name, size in rows if size > 0)


if __name__ == "__main__":
    sys.exit(main())
