"""Folders for a while, on the cache's disk. Knows not what for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etbuild.execution.fetch.made_folder import disk_full_is_said
from etbuild.execution.usable_folder import usable_cache


@contextmanager
def scratch_folder(cache: Path, prefix: str) -> Iterator[Path]:
    """Give an empty folder of the cache; it goes with all that is in it."""
    with usable_cache(cache), disk_full_is_said(cache):
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=prefix) as name:
            yield Path(name)
