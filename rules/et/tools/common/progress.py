"""Tells the engine what a long step is doing; knows nothing of terminals."""

from __future__ import annotations

import os
from pathlib import Path


def progress(text: str) -> None:
    """Append `text` to the file that the engine reads; the last line is what a person sees."""
    path = os.environ.get("ETBUILD_PROGRESS")
    if path:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(text + "\n")
