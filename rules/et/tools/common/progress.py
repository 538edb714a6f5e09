"""Says what a tool is doing, for a person who waits; knows neither who reads it nor what the work is."""

from __future__ import annotations

import os
from pathlib import Path


def progress(text: str) -> None:
    """Append a line to the file that $ETBUILD_PROGRESS names, if any: the last line is what a person sees."""
    path = os.environ.get("ETBUILD_PROGRESS")
    if path:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(f"{text}\n")
