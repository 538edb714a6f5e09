"""An image for WASI runs in any host of its first preview: node is the platform's emulator, Wasmtime another host."""

from __future__ import annotations

from pathlib import Path

import pytest
from wasmtime import Config, Engine, ExitTrap, Linker, Module, Store, WasiConfig

from tests.e2e.workspace import ROOT, Workspace

PACKAGE = "examples/photograph"


def run(program: Path, output: Path) -> int:
    """Run a program without arguments or folders, what it prints into a file; return its exit code."""
    config = WasiConfig()
    config.argv = [program.name]
    config.stdout_file = str(output)
    engine = Engine(Config())
    store = Store(engine)
    store.set_wasi(config)
    linker = Linker(engine)
    linker.define_wasi()
    instance = linker.instantiate(store, Module.from_file(engine, str(program)))
    try:
        instance.exports(store)["_start"](store)
    except ExitTrap as end:
        return int(end.code)
    return 0


@pytest.mark.parametrize("image", ["photograph_test", "photograph_float32_test"])
def test_photographs_are_classified_in_wasmtime_as_in_node(image: str, tmp_path: Path) -> None:
    repository = Workspace(ROOT)
    repository.said("test", f"//{PACKAGE}:{image}", "--platform=wasi")
    program = ROOT / f"etbuild-out/wasi/{PACKAGE}/{image}.wasm"
    output = tmp_path / "printed"
    assert run(program, output) == 0, output.read_text()
    assert "5 tests, 0 failed" in output.read_text()
