"""A device_bundle with real compilers and emulators: its table, what is kept of it, and what fails on which device."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.e2e.image_workspace import FAMILY, HELD, SPAN, image_workspace
from tests.e2e.test_cc_mistakes import hidden
from tests.e2e.workspace import Workspace

BUILD = (
    HELD
    + """
[package.defaults.et_image]
programs = [":net"]
runtime = ":runtime"
flash = "32K"
ram = "8K"
stack = "1K"

[et_image.app]
srcs = ["main.cpp"]

[et_image.other]
srcs = ["main.cpp"]
compatible_with = ["@etbuild//toolchains/os:linux"]

# A board of one's own, that nothing here can run.
[platform.board]
constraints = [
    "@etbuild//toolchains/os:none",
    "@etbuild//toolchains/cpu:armv7m",
    "@etbuild//toolchains/libc:newlib",
    "@etbuild//toolchains/fpu:soft",
]

[platform.board.memory]
flash = { origin = 0x08000000, size = "64KiB" }
ram = { origin = 0x20000000, size = "16KiB" }

[device_bundle.everywhere]
image = ":app"
platforms = ["cortex_m0", "cortex_m3", "linux_x86_64", ":board"]
"""
)
MAIN = """#include <cstdio>
#include "programs.h"
volatile unsigned char seen[SEEN];
int main() {
  seen[0] = programs::net::data[0];
#if defined(__arm__)
  unsigned left = LOOPS;
  asm volatile(".syntax unified\\n1: subs %0, %0, #1\\n bne 1b" : "+l"(left) : : "cc");
#endif
  std::puts("largest error 2500e-9");
  return CODE;
}
"""


def main_of(*, code: str = "0", loops: str = "1000", seen: str = "256") -> str:
    return MAIN.replace("SEEN", seen).replace("LOOPS", loops).replace("CODE", code)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    files = {
        "BUILD.toml": BUILD,
        **SPAN,
        "main.cpp": main_of(),
    }
    return image_workspace(tmp_path, FAMILY, files)


def rounded(text: str) -> str:
    """Leave out what any change of start-up code or of a compiler's libraries changes."""
    text = re.sub(r"[\d.]+ KiB", "#", text)
    text = re.sub(r"\d+ of (1,?024|2,048)", r"# of \1", text)
    text = re.sub(r"\d+,\d{3}$", "#", text, flags=re.MULTILINE)
    return re.sub(r"(?<=\S)  +", "  ", text)


TABLE = """\
device  flash  RAM  stack  error  instructions
cortex_m0  #  #  # of 1,024 B  2.5e-06  #
cortex_m3  #  #  # of 2,048 B  2.5e-06  #
linux_x86_64  file #  -  not measured  2.5e-06  not counted
board  #  #  no emulator  no emulator  no emulator
"""
FAILED = """\
error[device-failed]: '//:everywhere' must pass on each device, fails on 'cortex_m0': it takes # of ram, # more than \
its budget; it ends with exit code 3
  --> BUILD.toml:41:14
   |
41 | platforms = ["cortex_m0", "cortex_m3", "linux_x86_64", ":board"]
   |  ^^^^^^^^^^^
  note: it says: largest error 2500e-9
  note: it says: stack # of 1024 bytes
  note: all devices:
        device  flash  RAM  stack  error  instructions
"""


def test_one_target_says_in_one_table_what_an_image_takes_and_does_on_each_device(workspace: Workspace) -> None:
    said = workspace.said("build", "//:everywhere")
    text = workspace.read("etbuild-out/host/everywhere.txt")
    assert rounded(text) == TABLE
    assert all(f"  {line}\n" in said for line in text.splitlines())
    rows = {row["device"]: row for row in json.loads(workspace.read("etbuild-out/host/everywhere.json"))["devices"]}
    sizes = json.loads(workspace("build", "//:app", "--platform=cortex_m3", "--json").stdout)
    assert sizes["exit_code"] == 0
    held = json.loads(workspace.read("etbuild-out/cortex_m3/app.sizes.json"))["memories"]
    assert rows["cortex_m3"]["flash"] == held["flash"]["bytes"]
    # A budget is judged by what is known, and a loop of two instructions is counted to the last.
    workspace.write("BUILD.toml", BUILD.replace('"32K"', '"31K"'))
    assert workspace.build("//:everywhere") == ["EtDeviceTable //:everywhere", "EtDeviceVerdict //:everywhere"]
    workspace.write("main.cpp", main_of(loops="51000"))
    assert "up to date" not in workspace.said("build", "//:everywhere")
    now = {row["device"]: row for row in json.loads(workspace.read("etbuild-out/host/everywhere.json"))["devices"]}
    for device in ("cortex_m0", "cortex_m3"):
        more = now[device]["instructions"] - rows[device]["instructions"]
        assert abs(more - 2 * 50000) < 10  # A larger constant is loaded otherwise.
    assert "EtDeviceRun" in workspace.said("explain", "//:everywhere")
    assert workspace.said("query", "rdeps(//:everywhere, //:app)").split() == ["//:app", "//:everywhere"]


def test_a_device_that_fails_is_named_and_all_others_are_shown(workspace: Workspace) -> None:
    code, seen = ("__ARM_ARCH == 6 ? 3 : 0", "__ARM_ARCH == 6 ? 8192 : 256")
    workspace.write("main.cpp", f"#ifndef __ARM_ARCH\n#define __ARM_ARCH 0\n#endif\n{main_of(code=code, seen=seen)}")
    done = workspace("build", "//:everywhere")
    assert done.returncode == 1
    told = rounded(done.stderr[done.stderr.index("error[") :])
    assert told[: len(FAILED)] == FAILED
    devices = [line.split()[0] for line in told.removeprefix(FAILED).splitlines()]
    assert devices[:4] == ["cortex_m0", "cortex_m3", "linux_x86_64", "board"]
    assert not (workspace.root / "etbuild-out/host/everywhere.txt").exists()


def test_without_an_emulator_its_device_is_named_and_the_image_is_built_all_the_same(workspace: Workspace) -> None:
    done = hidden(workspace, "qemu-system-arm", "build", "//:everywhere")
    assert done.stderr.splitlines() == [
        "error[missing-program]: '//:everywhere' needs what runs programs for 'cortex_m0', which is not installed",
        "  --> BUILD.toml:41:14",
        "   |",
        '41 | platforms = ["cortex_m0", "cortex_m3", "linux_x86_64", ":board"]',
        "   |              ^^^^^^^^^^^",
        "  note: '//:app' needs 'qemu-system-arm', which is not installed",
        "  hint: apt install qemu-system-arm",
    ]
    assert hidden(workspace, "qemu-system-arm", "build", "//:app", "--platform=cortex_m0").returncode == 0


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        (
            '"cortex_m3"',
            '"cortex_m33f"',
            """error[unknown-target]: no target or file 'cortex_m33f' in package '@etbuild//toolchains/platforms'
--> BUILD.toml:41:27
hint: did you mean '@etbuild//toolchains/platforms:cortex_m33'?""",
        ),
        (
            '"cortex_m3"',
            '"cortex_m0"',
            """error[wrong-value]: 'platforms' of device_bundle must name each platform once, names 'cortex_m0' \
more than once
--> BUILD.toml:41:13
""",
        ),
        (
            '"cortex_m3"',
            '":net"',
            "error[unknown-platform]: '//:net' must be a platform: it is a held\n--> BUILD.toml:41:27\n",
        ),
        (
            'image = ":app"',
            'image = ":other"',
            """error[incompatible-target]: '//:other' can't be built for '@etbuild//toolchains/platforms:cortex_m0': \
os must be linux, is none
--> BUILD.toml:41:14
""",
        ),
        (
            'image = ":app"',
            'image = ":span"',
            """error[wrong-provider]: 'image' of '//:everywhere' must name a target that provides ImageInfo; \
'//:span' is of rule cc_library and provides DefaultInfo, CcInfo
--> BUILD.toml:40:9
""",
        ),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(workspace: Workspace, before: str, after: str, refused: str) -> None:
    workspace.write("BUILD.toml", BUILD.replace(before, after))
    assert workspace.refused("build", "//:everywhere") == refused
