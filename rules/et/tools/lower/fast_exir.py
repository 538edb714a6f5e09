"""Lowers with less repeated work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_repeated_work() -> Iterator[None]:
    """Nothing yet."""
    yield
