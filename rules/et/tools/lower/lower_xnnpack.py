"""Lowers exported programs to XNNPACK; what it does not take, portable kernels run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackDynamicallyQuantizedPartitioner

from common.diagnostics import run_tool
from lower.fast_xnnpack import trimmed_passes
from lower.lowering import Backend, lower_main
from lower.passed_through import CopyingPartitioner
from lower.request import LowerRequest


def main(argv: Sequence[str]) -> None:
    """Lower what the command line describes."""
    lower_main(argv, Backend("xnnpack", partitioners, trimmed_passes))


def partitioners(request: LowerRequest) -> Sequence[Any]:
    """Return XNNPACK's partitioners: layers that quantize their input as they run must be taken one by one, first."""
    if request.quantize in ("8da4w", "pt2e_dynamic_int8"):
        return (XnnpackDynamicallyQuantizedPartitioner(), CopyingPartitioner())
    return (CopyingPartitioner(),)


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
