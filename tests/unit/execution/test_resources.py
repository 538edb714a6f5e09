"""Cores and memory, read from copies of /proc and /sys."""

from __future__ import annotations

from pathlib import Path

import pytest

from etbuild.execution.resources import machine_resources
from etbuild.model.action import Resources

PROC = {"proc/self/status": "Name:\tx\nCpus_allowed_list:\t0-2,5\n", "proc/meminfo": "MemTotal:  8000 kB\n"}
KB = 1024


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, Resources(4, 8000 * KB), id="no groups"),
        pytest.param(
            {
                "proc/self/cgroup": "0::/a/b\n",
                "sys/fs/cgroup/a/b/memory.max": "max\n",
                "sys/fs/cgroup/a/memory.max": "4096000\n",
                "sys/fs/cgroup/a/b/cpu.max": "250000 100000\n",
            },
            Resources(2, 4000 * KB),
            id="a group above limits memory, its own limits cores",
        ),
        pytest.param(
            {
                "proc/self/cgroup": "4:memory:/m\n2:cpu,cpuacct:/c\n",
                "sys/fs/cgroup/memory/m/memory.limit_in_bytes": "9223372036854771712\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "2048000\n",
            },
            Resources(4, 2000 * KB),
            id="groups of the old kind",
        ),
        pytest.param(
            {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"},
            Resources(1, 8000 * KB),
            id="never less than one core",
        ),
    ],
)
def test_resources_are_what_groups_leave_of_the_machine(
    tmp_path: Path, files: dict[str, str], expected: Resources
) -> None:
    for name, content in {**PROC, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    assert machine_resources(tmp_path) == expected


def test_a_machine_that_tells_nothing_has_one_core_and_no_known_memory(tmp_path: Path) -> None:
    assert machine_resources(tmp_path) == Resources(1, 0)
