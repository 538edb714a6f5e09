"""Budgets of firmware with a real compiler, emulator and browser: what is kept, told and refused, and what grew."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.image_workspace import FAMILY, HELD, SPAN, image_workspace
from tests.e2e.workspace import Workspace

BUILD = (
    HELD
    + """
[et_image.app]
srcs = ["main.cpp"]
programs = [":net"]
runtime = ":runtime"
flash = "8K"
ram = "4K"
stack = "1K"

[et_image_test.app_test]
srcs = ["deep.cpp"]
programs = [":net"]
runtime = ":runtime"
stack = "1K"
"""
)
MAIN = """#include "programs.h"
volatile unsigned char seen[256];
int main() {
  seen[0] = programs::net::data[0];
  return 0;
}
"""
GROWN = """#include "programs.h"
volatile unsigned char seen[4096];
extern const int table[2048] = {1, 2, 3};
int look_up(int at) { return table[at]; }
int main() {
  seen[0] = programs::net::data[0];
  return look_up(seen[1]);
}
"""
DEEP = """int deep(int depth) {
  volatile char here[64];
  for (volatile char& each : here) each = 1;
  return depth == 0 ? here[0] - 1 : deep(depth - 1) + here[1] - 1;
}
int main() { return deep(DEPTH); }
"""

SIZES = "etbuild-out/cortex_m0/app.sizes.json"
EXCEEDED = """\
error[budget-exceeded]: '//:app' must take at most 8 KiB of flash, takes #: # B too much
  --> BUILD.toml:16:9
   |
16 | flash = "8K"
   |         ^^^^
  note: since the last good build: +8,### bytes
  note: grown by part, in bytes: app +8,###
  note: grown by symbol, in bytes: table +8,###
  hint: leave something out, build with --mode=size, say plan = "compiled", or raise the budget
error[budget-exceeded]: '//:app' must take at most 4 KiB of ram, takes #: # B too much
  --> BUILD.toml:17:7
   |
17 | ram = "4K"
   |       ^^^^
  note: since the last good build: +3,840 bytes
  note: grown by part, in bytes: rest +3,840
  note: grown by symbol, in bytes: seen +3,840
  hint: leave something out, build with --mode=size, say plan = "compiled", or raise the budget
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return made(tmp_path)


def made(folder: Path) -> Workspace:
    files = {
        "BUILD.toml": BUILD,
        **SPAN,
        "main.cpp": MAIN,
        "deep.cpp": DEEP.replace("DEPTH", "3"),
    }
    return image_workspace(folder, FAMILY, files)


def told(workspace: Workspace, *words: str) -> str:
    """Build for the smallest board; return what is said of memories, or all mistakes as they are shown."""
    done = workspace("build", "//:app", "--platform=cortex_m0", *words)
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip().startswith(("flash ", "ram "))]
    return done.stderr[done.stderr.index("error[") :] if done.returncode else "\n".join(lines)


def rounded(text: str) -> str:
    """Leave out what any change of start-up code, or of what aligns it, changes."""
    text = re.sub(r"takes [\d.]+ KiB: [\d,]+ B", "takes #: # B", text)
    return re.sub(r"(\+8),\d{3}(, (linker|main) \+\d+)*", r"\1,###", text)


def test_what_is_left_of_a_budget_is_told_and_what_grew_where_one_is_exceeded(workspace: Workspace) -> None:
    flash, ram = told(workspace).splitlines()
    assert re.fullmatch(
        r"flash [\d.]+ KiB of 8 KiB, [\d.]+ KiB left: start-up [\d.]+ KiB · (.* · )?programs 770 B · .*", flash
    )
    assert re.fullmatch(r"ram [\d.]+ KiB of 4 KiB, [\d.]+ K?i?B left: rest [\d.]+ KiB · stack [\d.]+ KiB", ram)
    workspace.write("main.cpp", GROWN)
    assert rounded(told(workspace)) == EXCEEDED
    assert json.loads(workspace.read(SIZES))["symbols"].get("table") is None  # What breaks its budget is not placed.
    # Nothing is left to compare with, and what is made to be debugged is not judged.
    assert "by symbol, in bytes: table 8,192, etbuild_program_net 770," in told(workspace, "-c", "size")
    assert "KiB too much: app 8 KiB" in told(workspace, "-c", "dbg")
    workspace.write("BUILD.toml", BUILD.replace('"8K"', '"12K"').replace('"4K"', '"8K"'))
    assert workspace.build("//:app", "--platform=cortex_m0") == ["EtBudget //:app", "EtImageSummary //:app"]


@pytest.mark.parametrize(
    ("platform", "said"),
    [
        ("cortex_m0", "hard fault (stack overflow): found at the end"),  # It has no MPU.
        ("cortex_m3", "hard fault (stack overflow): sp=0x"),
    ],
)
def test_a_stack_that_is_too_small_fails_the_test(workspace: Workspace, platform: str, said: str) -> None:
    test = ("test", "//:app_test", f"--platform={platform}")
    workspace.said(*test)
    workspace.write("deep.cpp", DEEP.replace("DEPTH", "30"))
    assert said in workspace.said(*test, code=3)


def test_a_browser_draws_flash_and_arenas(workspace: Workspace) -> None:
    workspace.said("build", "//:app", "--platform=cortex_m0")
    page = workspace.root / "etbuild-out/cortex_m0/app.html"
    words = ["chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000", "--dump-dom"]
    done = subprocess.run([*words, page.as_uri()], capture_output=True, text=True, check=True)
    assert "CONSOLE" not in done.stderr
    dom = done.stdout
    for label in (
        "//:app for cortex_m0",
        "start-up: 1.",
        "bare_start: ",
        "Arena of net.forward, memory 1: 64 B",
    ):
        assert f">{label}" in dom
    sizes = json.loads(workspace.read(SIZES))
    # A rectangle for each part, and for each symbol and constant in it.
    assert dom.count('<rect class="part"') == len(sizes["parts"])
    assert dom.count('<rect class="symbol"') == sum(len(found) for found in sizes["within"].values())
    assert dom.count('<rect class="tensor"') == 2
    assert "1.33 times the most that lives at once" in dom


def test_an_image_and_what_is_said_of_it_are_the_same_bytes_in_two_folders(tmp_path: Path) -> None:
    outputs = []
    for name in ("one", "another/deeper"):
        workspace = made(tmp_path / name)
        workspace.write("BUILD.toml", BUILD.replace('ram = "4K"', 'ram = "4K"\nlto = true'))
        workspace.said("build", "//:app", "--platform=cortex_m0")
        # A linker's map names its temporary files.
        outputs.append({name: digest for name, digest in workspace.outputs().items() if not name.endswith(".map")})
    assert {"cortex_m0/app.elf", "cortex_m0/app.bin", "cortex_m0/app.html", SIZES.partition("/")[2]} <= outputs[
        0
    ].keys()
    assert outputs[0] == outputs[1]
