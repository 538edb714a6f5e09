"""Keeps what C++ libraries write to stderr off the screen, and at hand for when they fail; knows no library."""

from __future__ import annotations

import os
import sys
import tempfile
from types import TracebackType
from typing import IO, Self

KEPT = 8192
"""Bytes from the end that can matter."""
NOISE = ("cpuinfo_utils.cpp", "No temp allocator provided", "CPU info and manual query", " with type id ")


class NativeLog:
    """Takes stderr over while it is entered; `lines` is what was written, without what is always written."""

    def __init__(self) -> None:
        self.lines: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        sys.stderr.flush()
        self._stderr = os.dup(2)
        self._file: IO[bytes] = tempfile.TemporaryFile()
        os.dup2(self._file.fileno(), 2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stderr.flush()
        os.dup2(self._stderr, 2)
        os.close(self._stderr)
        self._file.seek(max(0, self._file.seek(0, os.SEEK_END) - KEPT))
        text = self._file.read().decode("utf-8", "replace")
        self._file.close()
        self.lines = tuple(
            line for line in text.splitlines() if line.strip() and not any(noise in line for noise in NOISE)
        )
