"""Empty wheels that stand in for packages left out, so that pip itself can resolve the rest."""

from __future__ import annotations

import zipfile
from pathlib import Path

from etbuild.model.lock import normalise_name


def write_stub_wheel(folder: Path, name: str, version: str) -> Path:
    """Write an empty wheel; its local version tells it from any real one."""
    stem = f"{normalise_name(name).replace('-', '_')}-{version}+left.out"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(
            f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}+left.out\n"
        )
        wheel.writestr(
            f"{stem}.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: etbuild\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{stem}.dist-info/RECORD", "")
    return path
