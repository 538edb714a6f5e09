"""How sizes, and what takes them, are worded. Knows nothing of what is measured."""

from __future__ import annotations

from collections.abc import Mapping


def human(nbytes: int) -> str:
    """Return a number of bytes with a binary unit: 812 B, 1.5 KiB, 4 MiB."""
    if nbytes < 1024:
        return f"{nbytes} B"
    text = f"{nbytes / 1024:.1f} KiB" if nbytes < 1 << 20 else f"{nbytes / (1 << 20):.1f} MiB"
    return text.replace(".0 ", " ")


def parts_text(parts: Mapping[str, int], most: int = 0) -> str:
    """Return parts with what they take, largest first: `kernels 2 KiB · rest 12 B`."""
    ranked = sorted(parts.items(), key=lambda item: (-item[1], item[0]))
    return " · ".join(f"{name} {human(nbytes)}" for name, nbytes in ranked[: most or None] if nbytes)


def memory_bytes(report: Mapping[str, object], memory: str) -> int:
    """Return what an image takes of `flash`, all that is not written to, or of `ram`."""
    memories = report["memories"]
    assert isinstance(memories, Mapping)  # noqa: S101 - the report's form.
    return sum(each["bytes"] for each in memories.values() if each["writable"] == (memory == "ram"))
