"""Every operator of the portable catalogue is recorded, or stands here with a reason: every_operator_test.py FILE..."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from calls_file import MAGIC
from catalogue import catalogue

UNRECORDED = {
    "et_copy::_h2d_copy.out": "copies to a device, which none of the tests has",
    "et_copy::_d2h_copy.out": "copies from a device, which none of the tests has",
}


def recorded(path: Path) -> set[str]:
    """Return the names of the operators that a file has calls of."""
    content, names, at = path.read_bytes(), set(), 16
    magic, count = content[:8], struct.unpack_from("<Q", content, 8)[0]
    if magic != MAGIC:
        sys.exit(f"{path} is no file of recorded calls")
    for _ in range(count):
        length, name_bytes = struct.unpack_from("<QH", content, at)
        names.add(content[at + 32 : at + 32 + name_bytes].rstrip(b"\0").decode())
        at += length
    return names


def main() -> None:
    """Compare."""
    found = set().union(*(recorded(Path(path)) for path in sys.argv[1:]))
    wanted = set(catalogue())
    missing = sorted(wanted - found - UNRECORDED.keys())
    needless = sorted((found & UNRECORDED.keys()) | (UNRECORDED.keys() - wanted) | (found - wanted))
    print(f"{len(found)} of {len(wanted)} operators are recorded, {len(UNRECORDED)} for a reason not")
    print("\n".join([*(f"not recorded: {name}" for name in missing), *(f"needless: {name}" for name in needless)]))
    sys.exit(1 if missing or needless else 0)


if __name__ == "__main__":
    main()
