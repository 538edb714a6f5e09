"""What a big input costs: hashed once, then never again until it changes, and never copied. Prints seconds a GiB.

    python benchmarks/big_input.py [--folder DIR] [--gib 4]

The steps: a first build; nothing to do; touched (hashed once more); a new ctime alone (chmod there and back); a reboot,
as far as it can be had here (a cold page cache, where the system lets us drop it; device numbers and boot ids are in no
record of etbuild's). Seconds a GiB are of the processor: the clock's hold what else the machine does. "read" is what
etbuild itself read, "grown" what its cache and outputs grew by: the input is never in them.
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
CHUNK = 8 << 20
BUDGET = 0.8
"""Seconds for each GiB that is hashed."""
BUILD = '[genrule.head]\nsrcs = ["big"]\nouts = ["head.out"]\ncmd = "head -c 16 $SRCS > $OUT"\n'


def write(folder: Path, gib: float) -> Path:
    """Write a workspace with one big file, whose every byte is on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "WORKSPACE").write_text('name = "big"\nfamilies = ["core"]\n')
    (folder / "BUILD.toml").write_text(BUILD)
    big, size = folder / "big", int(gib * (1 << 30))
    if not big.exists() or big.stat().st_size != size:
        with big.open("wb") as file:
            for _ in range(size // CHUNK):
                file.write(os.urandom(CHUNK))
            file.flush()
            os.fsync(file.fileno())
    return big


def build(folder: Path, *flags: str) -> tuple[float, float, int]:
    """Build; return the seconds by the clock, those of the processor, and the bytes that etbuild read."""
    env = {**os.environ, "ETBUILD_CACHE": str(folder / "cache")}
    before, began = os.times(), time.perf_counter()
    # What a process read is its own and that of children that it has waited for.
    script = '"$@" >&2; code=$?; grep ^rchar /proc/$$/io; exit $code'
    argv = ["sh", "-c", script, "sh", str(ROOT / "etbuild"), *flags, "//:head"]
    done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False)
    seconds, after = time.perf_counter() - began, os.times()
    if done.returncode:
        sys.exit(done.stderr)
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, processor, int(done.stdout.split()[-1])


def used(folder: Path) -> int:
    """Return the bytes that the cache and the output tree take on disk."""
    seen: dict[int, int] = {}
    for parent in (folder / "cache", folder / "etbuild-out"):
        for path in parent.rglob("*"):
            stat = path.lstat()
            seen[stat.st_ino] = stat.st_blocks * 512
    return sum(seen.values())


def drop_caches() -> bool:
    """Forget all file content that is in memory, if that is allowed here."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        return False
    return True


def measure(folder: Path, gib: float) -> None:
    """Print one line for each step."""
    big = write(folder, gib)
    env = {**os.environ, "ETBUILD_CACHE": str(folder / "cache")}
    subprocess.run([ROOT / "etbuild", "info"], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
    for store in (folder / "cache").glob("store.db*"):
        store.unlink()
    start = used(folder)

    def step(name: str, *, hashed: bool) -> None:
        seconds, processor, read = build(folder)
        per_gib = processor / gib
        budget = f"(must be ≤ {BUDGET})" if hashed else "(must be next to 0)"
        grown = (used(folder) - start) / (1 << 20)
        print(
            f"{name:<28} {seconds:7.2f} s  {processor:6.2f} s of CPU  {per_gib:6.3f} a GiB {budget:<20}"
            f"  read {read / (1 << 30):5.2f} GiB  grown {grown:5.1f} MiB",
            flush=True,
        )

    step("first", hashed=True)
    step("nothing to do", hashed=False)
    os.utime(big)
    step("touched", hashed=True)
    step("nothing to do", hashed=False)
    big.chmod(0o600)
    big.chmod(0o644)
    step("new ctime", hashed=True)
    step("nothing to do", hashed=False)
    cold = drop_caches()
    step("cold page cache" if cold else "(caches could not be dropped)", hashed=False)
    for snapshot in (folder / "etbuild-out/.etbuild/snapshots").glob("*"):
        snapshot.unlink()
    step("the same without a snapshot", hashed=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "etbuild-big"))
    parser.add_argument("--gib", type=float, default=4)
    given = parser.parse_args()
    measure(given.folder, given.gib)
