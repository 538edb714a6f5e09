"""Digest: the SHA-256 and the size of bytes. Knows nothing of files."""

from __future__ import annotations

import hashlib
from typing import NamedTuple


class Digest(NamedTuple):
    """What REAPI calls a digest. A blob is named by it everywhere."""

    hash: str
    """64 lower-case hexadecimal digits."""
    size: int
    """In bytes."""

    def __str__(self) -> str:
        return f"{self.hash}/{self.size}"


EMPTY = Digest(hashlib.sha256(b"").hexdigest(), 0)


def digest_of(content: bytes) -> Digest:
    """Return the digest of bytes in memory."""
    return Digest(hashlib.sha256(content).hexdigest(), len(content))
