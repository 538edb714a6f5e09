"""PendingRows: what a store has yet to write, as statements of one transaction. Knows nothing of when that happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etbuild.execution.disk import Fingerprint
from etbuild.model.frozen import field, mutable

Batch = tuple[str, Sequence[Sequence[Any]]]
USE_SECONDS = 3600
"""How exactly times of use are kept: a build that changes nothing need not write."""
_RUN = """INSERT INTO run VALUES(?, ?, ?, ?, ?, NULL, ?) ON CONFLICT(identity) DO UPDATE SET
  previous = CASE key WHEN excluded.key THEN previous ELSE manifest END, key = excluded.key, wall_ms = excluded.wall_ms,
  peak_ram = excluded.peak_ram, manifest = excluded.manifest, used = excluded.used"""


@mutable
class PendingRows:
    """Rows by what they are known by; the last one wins."""

    blobs: dict[tuple[str, bool], tuple[Fingerprint, str]] = field(default_factory=dict)
    small: dict[str, bytes] = field(default_factory=dict)
    results: dict[str, bytes] = field(default_factory=dict)
    runs: dict[str, tuple[str, int, int, bytes]] = field(default_factory=dict)
    """Key, time, memory and manifest by identity."""
    sources: dict[str, tuple[Fingerprint, str]] = field(default_factory=dict)
    used_blobs: set[tuple[str, bool]] = field(default_factory=set)
    used_results: set[str] = field(default_factory=set)

    def batches(self, now: int) -> list[Batch]:
        """Return the statements, what names another row after it."""
        raw = bytes.fromhex
        blobs = [(raw(h), x, *known[:3], suffix, now) for (h, x), (known, suffix) in self.blobs.items()]
        batches: list[Batch] = [
            ("INSERT OR REPLACE INTO blob VALUES(?, ?, ?, ?, ?, ?, ?)", blobs),
            ("INSERT OR REPLACE INTO small VALUES(?, ?, ?)", [(raw(h), c, now) for h, c in self.small.items()]),
            ("INSERT OR REPLACE INTO action VALUES(?, ?, ?)", [(raw(k), r, now) for k, r in self.results.items()]),
            (_RUN, [(i, raw(k), wall, ram, m, now) for i, (k, wall, ram, m) in self.runs.items()]),
            (
                "INSERT OR REPLACE INTO source VALUES(?, ?, ?, ?, ?, ?, ?)",
                [(path, *known, raw(h), now) for path, (known, h) in self.sources.items()],
            ),
            (
                "UPDATE blob SET used = ? WHERE hash = ? AND executable = ? AND used < ?",
                [(now, raw(h), x, now - USE_SECONDS) for h, x in self.used_blobs],
            ),
            (
                "UPDATE action SET used = ? WHERE key = ? AND used < ?",
                [(now, raw(key), now - USE_SECONDS) for key in self.used_results],
            ),
        ]
        return [(sql, rows) for sql, rows in batches if rows]
