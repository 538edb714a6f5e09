"""ActionResult as the bytes of a database row, and back. Knows nothing of the database."""

from __future__ import annotations

import json
import zlib

from etbuild.model.action import ActionResult, OutputFile
from etbuild.model.digest import Digest


def encode_result(result: ActionResult) -> bytes:
    """Return the row of a result."""
    files = [(path, *file.digest, int(file.executable)) for path, file in result.files.items()]
    fields = (files, result.stdout, result.stderr, result.wall_ms, result.peak_ram, result.sandbox)
    content = json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()
    return zlib.crc32(content).to_bytes(4, "little") + content


def decode_result(row: bytes) -> ActionResult | None:
    """Return the result of a row, or None if a bit of it has changed: SQLite does not check what a row holds."""
    content = row[4:]
    if zlib.crc32(content).to_bytes(4, "little") != row[:4]:
        return None
    files, stdout, stderr, wall_ms, peak_ram, sandbox = json.loads(content)
    return ActionResult(
        {path: OutputFile(Digest(hash_, size), bool(executable)) for path, hash_, size, executable in files},
        Digest(*stdout) if stdout else None,
        Digest(*stderr) if stderr else None,
        wall_ms,
        peak_ram,
        sandbox,
    )
