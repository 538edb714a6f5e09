"""Makes the tools of et importable as they import each other, and small programs for those that need some."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "rules" / "et" / "tools"), str(HERE)]


@pytest.fixture(scope="session")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the graphs and programs of toy_programs.py; needs torch and executorch."""
    pytest.importorskip("executorch.exir", reason="needs the export environment")
    from toy_programs import make  # noqa: PLC0415  Imports torch.

    return make(tmp_path_factory.mktemp("toys"))
