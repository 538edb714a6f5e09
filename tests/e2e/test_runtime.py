"""The runtime as it is compiled: what must not be in it, whatever the platform."""

from __future__ import annotations

import subprocess

import pytest

from tests.e2e.workspace import ROOT

# The tool that lists symbols, and platforms on which the archive's are read.
SYMBOLS = {"host": "nm", "cortex_m55": "arm-none-eabi-nm"}


@pytest.mark.parametrize("platform", SYMBOLS)
def test_nothing_runs_before_main(platform: str) -> None:
    command = [f"{ROOT}/etbuild", "build", "//runtime:source", f"--platform={platform}"]
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    archive = ROOT / "etbuild-out" / platform / "runtime/libsource.a"
    listed = subprocess.run([SYMBOLS[platform], str(archive)], capture_output=True, text=True, check=True).stdout
    symbols = {line.split()[-1] for line in listed.splitlines() if line.strip() and not line.endswith(":")}
    assert len(symbols) > 200
    assert not {name for name in symbols if name.startswith(("_GLOBAL__sub_I", "__cxx_global_var_init"))}
