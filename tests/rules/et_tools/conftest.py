"""Makes the tools of et importable as they import each other."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [
    str(Path(__file__).resolve().parents[3] / "rules" / "et" / "tools"),
    str(Path(__file__).resolve().parent),
]
