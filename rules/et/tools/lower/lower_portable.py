"""Lowers exported programs for the portable kernels alone: nothing is delegated."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import run_tool
from lower.folded_norms import fold_batch_norms
from lower.kept_layers import KeptLayers
from lower.lowering import Backend, lower_main


def main(argv: Sequence[str]) -> None:
    """Lower what the command line describes."""
    lower_main(argv, Backend("portable", lambda _request: (KeptLayers(),), prepare=fold_batch_norms))


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
