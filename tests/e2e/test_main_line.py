"""The whole line on a small model: what runs again after which change, and whether two builds give equal bytes."""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from etbuild.execution.store import Store
from tests.e2e.workspace import ROOT, SHARED, Workspace, cache_beside

NET = """
from pathlib import Path
import torch
from safetensors.torch import load_file

def load(weights):
    net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU())
    net.load_state_dict(load_file(weights))
    return net.eval()
"""
BUILD = """
[torch_model.net]
entry = "net.py:load"
weights = ["net.safetensors"]
example_inputs = [{ shape = [1, 4] }]

[pte.net_programs]
model = ":net"
tolerances = { sqnr_db = 60.0 }

[pte.net_programs.matrix]
name = "net_{backend}"
backend = ["xnnpack", "portable"]
"""
WORKSPACE = """
name = "small"
families = ["core", "py", "cc", "et"]
toolchains = ["@etbuild//toolchains/python:base"]
"""
PLATFORMS = ("--platform", "host", "--platform", "linux_x86_64")


def copied(folder: Path) -> Path:
    """Copy etbuild and its models to a folder, as far as git knows of them."""
    # WORKSPACE names files of the examples.
    parts = (
        "etbuild",
        "src/",
        "rules/",
        "toolchains/",
        "model_specs/",
        "WORKSPACE",
        "examples/foreign/",
        "examples/google",
    )
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in tracked.split("\0"):
        if name.startswith(parts) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


class Checkout(Workspace):
    """A copy of etbuild, a workspace, and a cache of their own; installed environments are shared."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.etbuild = copied(folder / "etbuild")
        self.program = self.etbuild / "etbuild"
        cache = cache_beside(folder / "cache", "environments")
        super().__init__(folder / "workspace", cache, {"WORKSPACE": WORKSPACE, "net.py": NET, "BUILD.toml": BUILD})
        self.write_weights(0.5)
        self.env.update(env)
        self.ran: list[str] = []

    def write_weights(self, first: float) -> None:
        """Write a safetensors file by hand: a length, a header, the values."""
        values = [first, *(0.1 * at for at in range(14))]
        header = json.dumps(
            {
                "0.weight": {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]},
                "0.bias": {"dtype": "F32", "shape": [3], "data_offsets": [48, 60]},
            }
        ).encode()
        content = struct.pack("<Q", len(header)) + header + struct.pack("<15f", *values)
        (self.root / "net.safetensors").write_bytes(content)

    def mnemonics(self, *words: str) -> list[str]:
        """Build all, and return the mnemonics of the actions that ran."""
        return [line.split()[0] for line in self.build("//...", *words)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    made = Checkout(tmp_path_factory.mktemp("line"))
    made.ran = made.mnemonics(*PLATFORMS)
    return made


def test_two_backends_and_two_platforms_share_one_export(checkout: Checkout) -> None:
    assert checkout.ran.count("EtExport") == 1
    assert checkout.ran.count("EtLower") == 2
    assert checkout.ran.count("EtMeasure") == 2


def test_a_comment_in_a_build_file_runs_nothing(checkout: Checkout) -> None:
    checkout.mnemonics()
    checkout.write("BUILD.toml", f"# A remark.\n{BUILD}")
    assert checkout.mnemonics() == []


def test_a_comment_in_the_model_exports_again_and_stops_there(checkout: Checkout) -> None:
    checkout.mnemonics()
    checkout.write("net.py", f"# A remark.\n{NET}")
    ran = checkout.mnemonics()
    checkout.write("net.py", NET)
    assert "EtExport" in ran
    assert "EtLower" not in ran


def test_a_byte_of_the_weights_makes_all_anew(checkout: Checkout) -> None:
    checkout.mnemonics()
    checkout.write_weights(0.75)
    ran = checkout.mnemonics()
    assert ran.count("EtExport") == 1
    assert ran.count("EtLower") == 2
    assert ran.count("EtMeasure") == 2


def test_a_looser_tolerance_judges_again_and_measures_nothing(checkout: Checkout) -> None:
    checkout.mnemonics()
    checkout.write("BUILD.toml", BUILD.replace("60.0", "50.0"))
    ran = checkout.mnemonics()
    checkout.write("BUILD.toml", BUILD)
    assert set(ran) <= {"EtVerdict", "EtSummary", "EtProvenance"}
    assert ran.count("EtVerdict") == 2


def test_an_edit_of_one_backends_program_lowers_for_it_alone(checkout: Checkout) -> None:
    checkout.mnemonics()
    tool = checkout.etbuild / "rules/et/tools/lower/lower_xnnpack.py"
    tool.write_text(f"{tool.read_text()}\n# A remark.\n")
    ran = checkout.mnemonics()
    assert ran.count("EtLower") == 1
    # The program came out as it was, so nothing behind it ran.
    assert "EtMeasure" not in ran


def test_two_checkouts_give_equal_bytes_with_and_without_workers(tmp_path: Path, checkout: Checkout) -> None:
    fresh = Checkout(tmp_path, PYTHONHASHSEED="7")
    fresh.mnemonics("--no-workers", *PLATFORMS)
    checkout.write_weights(0.5)
    checkout.mnemonics(*PLATFORMS)
    assert fresh.outputs() == checkout.outputs()


TINY = ("//tiny:llama_xnnpack", "//tiny:bert_xnnpack", "//tiny:vit_xnnpack")


def test_all_that_makes_a_llama_a_bert_and_a_vit_comes_out_equal_elsewhere(tmp_path: Path) -> None:
    """Elsewhere: in another folder, with another hash seed, an empty cache, and without workers."""
    here = Workspace(ROOT)
    here.said(*TINY)
    there = Workspace(copied(tmp_path / "deeper/etbuild"), cache_beside(tmp_path / "cache", "environments"))
    there.program = there.root / "etbuild"
    there.env["PYTHONHASHSEED"] = "7"
    assert "EtExport //tiny:llama_xnnpack" in there.build(*TINY, "--no-workers")
    with closing(sqlite3.connect(tmp_path / "cache/store.db")) as database:
        keys = [key.hex() for (key,) in database.execute("SELECT key FROM run")]
    assert len(keys) > 5 * len(TINY)
    with closing(Store.open(SHARED)) as shared, closing(Store.open(tmp_path / "cache")) as own:
        for key in keys:
            known, found = shared.result(key), own.result(key)
            assert found is not None
            assert known is not None, f"no action had this key here: {sorted(found.files)}"
            assert known.files == found.files
