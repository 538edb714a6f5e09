"""How long kernels take to build: all of them from nothing, and an image after one of them has changed.

    python benchmarks/kernel_build.py [--jobs 2] [--changed runtime/kernels/portable/op_relu.cpp]

Built in a copy of the workspace with an empty cache, in mode `opt`. Beside the seconds stands how many processes waited
for a processor meanwhile: more than the jobs, and other work slowed it down.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KERNELS = "//runtime/kernels:all_kernels"
LLAMA = "//runtime/kernels/llama:official_kernels"
IMAGE = "//benchmarks:kernel_rounds"
"""With all portable kernels."""
SLOW = ("environments", "repositories", "downloads", "tool")
"""Parts of the cache that hold nothing of what is measured: they are fetched."""
BARS = {"all kernels, nothing cached": 15 * 60.0, "one kernel changed, image linked": 5.0}
"""In seconds, on two cores."""


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", default="2", help="actions at once")
    parser.add_argument("--changed", default="runtime/kernels/portable/op_relu.cpp", help="the source that changes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace, cache = Path(folder, "workspace"), Path(folder, "cache")
        shutil.copytree(ROOT, workspace, ignore=shutil.ignore_patterns(".git", "etbuild-out"), symlinks=True)
        _share(cache)
        flags = ("--mode=opt", f"--jobs={arguments.jobs}", f"--cache-dir={cache}")
        all_ = build(workspace, KERNELS, LLAMA, *flags)
        build(workspace, IMAGE, *flags)
        changed = workspace / arguments.changed
        text = changed.read_text(encoding="utf-8")
        changed.write_text(f"{text}\nint etbuild_changed() {{ return 1; }}\n", encoding="utf-8")
        one = build(workspace, IMAGE, *flags)
    for (name, bar), (taken, load) in zip(BARS.items(), (all_, one), strict=True):
        print(f"{name:36} {taken:7.1f} s  allowed {bar:5.0f} s  {taken / bar:.2f}  load {load:.1f}")
    return 0


def build(workspace: Path, *words: str) -> tuple[float, float]:
    """Build; return the seconds that it took, and the machine's load at its end."""
    started = time.monotonic()
    command = [str(workspace / "etbuild"), "build", *words]
    subprocess.run(command, cwd=workspace, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started, os.getloadavg()[0]


def _share(cache: Path) -> None:
    known = Path(os.environ.get("ETBUILD_CACHE") or Path.home() / ".cache/etbuild")
    cache.mkdir()
    for name in SLOW:
        if (known / name).is_dir():
            (cache / name).symlink_to(known / name)


if __name__ == "__main__":
    sys.exit(main())
