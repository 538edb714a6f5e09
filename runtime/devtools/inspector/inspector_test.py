"""Reads etdumps by the wheel's Inspector: ours must tell the same events and values as the official library's.

`inspector_test.py FOLDER`, which holds own_N.etdp, own_N.bin, official_N.etdp, official_N.bin.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from executorch.devtools import Inspector

PROGRAMS = 2
RUNS = 3


def inspect(folder: Path, name: str) -> tuple[list[tuple[object, ...]], list[torch.Tensor]]:
    """Return what the Inspector says of each event but its times, and all tensors that were logged."""
    inspector = Inspector(etdump_path=str(folder / f"{name}.etdp"), debug_buffer_path=str(folder / f"{name}.bin"))
    every = [(block, event) for block in inspector.event_blocks for event in block.events]
    events = [
        (block.name, event.name, event.is_delegated_op, event.delegate_backend_name, len(event.perf_data.raw))
        for block, event in every
        if event.perf_data is not None
    ]
    values = [value for _, event in every for value in event.debug_data if isinstance(value, torch.Tensor)]
    return events, values


def mistakes(folder: Path, number: int) -> list[str]:
    """Return how our dump of a program differs from the official one."""
    events, values = inspect(folder, f"own_{number}")
    official_events, official_values = inspect(folder, f"official_{number}")
    print(*events, f"{len(values)} tensors", sep="\n")
    found = []
    if events != official_events:
        found.append(f"official events: {official_events}")
    if not any(name == "Method::execute" and count == RUNS for _, name, _, _, count in events):
        found.append(f"Method::execute must have been timed {RUNS} times")
    if not values or len(values) != len(official_values) or not all(map(torch.equal, values, official_values)):
        found.append(f"{len(values)} tensors differ from the official {len(official_values)}")
    return found


def main(folder: Path) -> int:
    """Compare all programs."""
    found = [f"program {number}: {text}" for number in range(PROGRAMS) for text in mistakes(folder, number)]
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
