"""Which backend, quantization and task go together; data, found by trying each."""

from __future__ import annotations

Combination = tuple[str, str, str | None]


def nearest_combination(backend: str, quantize: str, task: str | None) -> Combination:
    """Return the combination itself if it works, else the nearest one that does."""
    if backend == "portable" and quantize != "none":
        return ("portable", "none", task)
    return (backend, quantize, task)
