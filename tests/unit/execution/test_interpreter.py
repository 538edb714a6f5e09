from __future__ import annotations

from pathlib import Path

import pytest
from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename

from etbuild.execution.interpreter import Interpreter, running_interpreter
from etbuild.loading.lock_file import parse_lock

ROOT = Path(__file__).parents[3]
DEBIAN = Interpreter("/usr/bin/python3.11", "/usr", (3, 11, 2), "cpython-311", "x86_64", "linux", (2, 36))
MAC = Interpreter("/opt/python", "/opt", (3, 12, 1), "cpython-312", "arm64", "darwin", (14, 2))


@pytest.mark.parametrize(
    ("interpreter", "tags", "fits"),
    [
        (DEBIAN, "py3-none-any", True),
        (DEBIAN, "py2.py3-none-any", True),
        (DEBIAN, "py2-none-any", False),
        (DEBIAN, "py311-none-any", True),
        (DEBIAN, "py312-none-any", False),
        (DEBIAN, "cp311-cp311-manylinux_2_36_x86_64", True),
        (DEBIAN, "cp311-cp311-manylinux_2_37_x86_64", False),
        (DEBIAN, "cp311-cp311-manylinux_2_28_aarch64", False),
        (DEBIAN, "cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64", True),
        (DEBIAN, "cp311-cp311-linux_x86_64", True),
        (DEBIAN, "cp311-cp311-musllinux_1_2_x86_64", False),
        (DEBIAN, "cp311-cp311-macosx_11_0_arm64", False),
        (DEBIAN, "cp312-cp312-manylinux_2_17_x86_64", False),
        (DEBIAN, "cp38-abi3-manylinux1_x86_64", True),
        (DEBIAN, "cp312-abi3-manylinux1_x86_64", False),
        (DEBIAN, "cp310-cp310-manylinux1_x86_64", False),
        (DEBIAN, "cp311-none-any", True),
        (DEBIAN, "pp311-pypy311_pp73-manylinux1_x86_64", False),
        (MAC, "cp312-cp312-macosx_14_0_arm64", True),
        (MAC, "cp312-cp312-macosx_10_13_universal2", True),
        (MAC, "cp312-cp312-macosx_15_0_arm64", False),
        (MAC, "cp312-cp312-macosx_11_0_x86_64", False),
    ],
)
def test_which_wheels_fit(interpreter: Interpreter, tags: str, fits: bool) -> None:
    assert interpreter.fits(f"some_package-1.0-{tags}.whl") is fits


def test_packaging_agrees_on_every_locked_wheel() -> None:
    here, supported = running_interpreter(), set(sys_tags())
    locks = sorted([*ROOT.glob("toolchains/python/*.lock"), *ROOT.glob("src/etbuild/*.lock")])
    names = {file.filename for path in locks for file in parse_lock(path.read_text(), path.name).files}
    assert len(names) > 100
    for name in names:
        assert here.fits(name) is bool(parse_wheel_filename(name)[3] & supported), name
