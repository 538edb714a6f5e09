"""Makes the tools of et importable as they import each other; these tests run in //toolchains/python:arm."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "rules" / "et" / "tools"), str(ROOT / "model_specs" / "tiny")]
