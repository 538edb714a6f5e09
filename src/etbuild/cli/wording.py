"""How sizes, times and counts are worded for people. Knows nothing of what they measure."""

from __future__ import annotations

KIB = 1024
INTERRUPTED = "interrupted: nothing is lost; the same command goes on where it stopped\n"


def duration(seconds: float) -> str:
    """Return a time span in the two units that matter: 0.4 s, 24 s, 1m 12s, 2h 05m."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m {rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02d}m"


def size(count: int) -> str:
    """Return a number of bytes with a binary unit: 812 B, 1.5 KiB, 621.5 MiB."""
    value = float(count)
    for unit in ("B", "KiB", "MiB"):
        if value < KIB:
            return f"{count} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= KIB
    return f"{value:.1f} GiB"


def memory(count: int) -> str:
    """Return an amount of memory, as short as a live line needs it: 2.0 GB, 310 MB."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return `1 action`, `2 actions`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or noun + 's'}"


def bar(done: int, total: int, width: int = 20) -> str:
    """Return a bar of `width` cells, and how much is done in words: colour and shape are never the only carrier."""
    share = min(1.0, done / total) if total else 0.0
    return f"{'█' * int(share * width):<{width}} {share:4.0%}"


def ago(seconds: float) -> str:
    """Return how long ago something was: just now, 2 minutes ago, 3 days ago."""
    for length, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"{counted(int(seconds // length), unit)} ago"
    return "just now" if seconds < 10 else f"{counted(int(seconds), 'second')} ago"
