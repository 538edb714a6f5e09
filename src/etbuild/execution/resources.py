"""What this machine has for actions: cores and memory, as far as its control groups let us have them."""

from __future__ import annotations

import re
from pathlib import Path

from etbuild.model.action import Resources


def machine_resources(root: Path = Path("/")) -> Resources:
    """Return the cores and bytes of memory that may be used; `root` is where /proc and /sys are."""
    cores = _allowed_cores(root)
    limits = [cores, *(_cores_of_group(folder) for folder in _groups(root, "cpu"))]
    memory = [_total_memory(root), *(_memory_of_group(folder) for folder in _groups(root, "memory"))]
    return Resources(
        cpu=max(1, min(limit for limit in limits if limit) if any(limits) else 1),
        ram=min((limit for limit in memory if limit), default=0),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _allowed_cores(root: Path) -> int:
    found = re.search(r"^Cpus_allowed_list:\s*(\S+)", _read(root / "proc/self/status"), re.MULTILINE)
    if found is None:
        return len(re.findall(r"^processor\s*:", _read(root / "proc/cpuinfo"), re.MULTILINE))
    ranges = [part.partition("-") for part in found[1].split(",")]
    return sum(int(last or first) - int(first) + 1 for first, _, last in ranges)


def _total_memory(root: Path) -> int:
    found = re.search(r"^MemTotal:\s*(\d+) kB", _read(root / "proc/meminfo"), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _groups(root: Path, controller: str) -> list[Path]:
    """Return this process's control group and those above it, of the old kind and the new."""
    folders = []
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        base = root / "sys/fs/cgroup" / (controllers and controller)
        parts = [part for part in path.split("/") if part]
        folders += [base.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]
    return folders


def _memory_of_group(folder: Path) -> int:
    said = _read(folder / "memory.max").strip() or _read(folder / "memory.limit_in_bytes").strip()
    # The old kind says "none" by a number no machine has.
    return int(said) if said.isdigit() and int(said) < 1 << 60 else 0


def _cores_of_group(folder: Path) -> int:
    quota, _, period = _read(folder / "cpu.max").strip().partition(" ")
    if not quota:
        quota, period = _read(folder / "cpu.cfs_quota_us").strip(), _read(folder / "cpu.cfs_period_us").strip()
    if not quota.isdigit() or not period.isdigit() or int(period) == 0:
        return 0
    return max(1, int(quota) // int(period))
