"""Programs for every platform: they run below its emulator, and what goes wrong on a device is told in its terms."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.workspace import ROOT, Workspace

HOSTED = ("linux_x86_64", "linux_aarch64", "linux_armv7", "linux_riscv64")
ZIG = (
    "linux_x86_64_musl",
    "linux_aarch64_musl",
    "linux_armv7_musl",
    "linux_riscv64_musl",
    "linux_riscv64_v_musl",
    "windows_x86_64",
    "wasi",
)
BARE = (
    "cortex_m0",
    "cortex_m3",
    "cortex_m4f",
    "cortex_m7",
    "cortex_m33",
    "cortex_m55",
    "riscv32",
    "riscv32f",
    "riscv64",
)
RUN = (*HOSTED, *ZIG, *BARE)
GREETINGS = {
    "linux_x86_64": "x86_64, system Linux, 64 bits",
    "linux_aarch64": "aarch64, system Linux, 64 bits",
    "linux_armv7": "arm, system Linux, 32 bits",
    "linux_riscv64": "riscv64, system Linux, 64 bits",
    "windows_x86_64": "x86_64, system Windows, 64 bits",
    "wasi": "wasm32, system WASI, 32 bits",
    "riscv32": "riscv32, system none, 32 bits",
    "riscv32f": "riscv32, system none, 32 bits",
    "riscv64": "riscv64, system none, 64 bits",
}
WORKSPACE = 'name = "devices"\nfamilies = ["core", "cc"]\ntoolchains = ["@etbuild//toolchains:cc"]\n'


def greeting(platform: str) -> str:
    """Return what the sample says on a platform."""
    known = GREETINGS.get(platform.removesuffix("_musl").removesuffix("_v"))
    return f"hello from {known or 'Cortex-M, system none, 32 bits'}"


etbuild = Workspace(ROOT)


def devices(root: Path) -> Workspace:
    """Return a workspace for all platforms; what it builds is cached with what is built here."""
    return Workspace(root, files={"WORKSPACE": WORKSPACE})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return devices(tmp_path / "workspace")


# Every platform


def test_the_samples_pass_on_every_platform() -> None:
    done = etbuild("test", "//examples/hello/...", *(f"--platform={name}" for name in RUN))
    assert done.returncode == 0, done.stdout + done.stderr
    tests = 4 * len(RUN) + len((*HOSTED, *ZIG))
    assert f"{tests} tests: {tests} passed, 0 failed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("platform", RUN)
def test_output_and_exit_code_pass_through(platform: str) -> None:
    done = etbuild("run", "//examples/hello:app", f"--platform={platform}", "--", "7")
    assert done.stdout.replace("\r", "") == f"{greeting(platform)}\n4 5 10 11 \n", done.stderr
    assert done.returncode == 7


def test_macos_is_linked_only() -> None:
    done = etbuild("//examples/hello:app", "--platform=macos_aarch64")
    assert done.returncode == 0, done.stderr
    done = etbuild("run", "//examples/hello:app", "--platform=macos_aarch64")
    assert (done.returncode, "error[not-runnable]" in done.stderr) == (2, True)
    program = ROOT / "etbuild-out/macos_aarch64/examples/hello/app"
    assert program.read_bytes()[:8] == bytes.fromhex("cffaedfe0c000001"), "a 64-bit Mach-O file for arm64"


@pytest.mark.parametrize("platform", ["linux_x86_64", "linux_aarch64"])
def test_a_googletest_test_is_compiled_with_its_library_for_the_platform(platform: str) -> None:
    done = etbuild("test", "//examples/googletest:tensor_test", f"--platform={platform}")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_query_says_which_toolchain_was_taken_and_why_others_were_refused() -> None:
    lines = etbuild("query", "--toolchains", "//examples/hello:app", "--platform=cortex_m55").stdout.splitlines()
    assert lines[-1].split() == ["taken", "//toolchains/arm_none_eabi:cortex_m55"]
    assert any("cortex_m7: cpu is armv7em, must be armv81m_main" in line for line in lines)


@pytest.mark.parametrize("platform", [name for name in ZIG if name.endswith("_musl")])
def test_a_program_with_musl_is_one_file_that_loads_no_other(platform: str) -> None:
    assert etbuild("//examples/hello:app", f"--platform={platform}").returncode == 0
    program = ROOT / f"etbuild-out/{platform}/examples/hello/app"
    told = subprocess.run(["readelf", "--program-headers", program], check=True, capture_output=True, text=True).stdout
    assert "LOAD" in told
    assert "INTERP" not in told


def memory_of(records: str) -> dict[int, int]:
    """Return the bytes of Intel's hexadecimal records by their addresses; each record's sum is checked."""
    found: dict[int, int] = {}
    base = 0
    for line in records.split():
        record = bytes.fromhex(line[1:])
        assert sum(record) % 256 == 0, line
        offset, kind, data = int.from_bytes(record[1:3]), record[3], record[4:-1]
        if kind in (2, 4):
            base = int.from_bytes(data) << (4 if kind == 2 else 16)
        found |= {base + offset + place: byte for place, byte in enumerate(data) if kind == 0}
    return found


@pytest.mark.parametrize(
    ("platform", "flash"), [("cortex_m4f", 0), ("cortex_m33", 0x10000000), ("riscv32", 0x80000000)]
)
def test_both_images_hold_what_goes_to_flash_and_sizes_are_told_by_section_folder_and_symbol(
    platform: str, flash: int
) -> None:
    assert etbuild("//examples/hello:app", f"--platform={platform}").returncode == 0
    folder = ROOT / f"etbuild-out/{platform}/examples/hello"
    image, memory = (folder / "app.bin").read_bytes(), memory_of((folder / "app.hex").read_text())
    assert min(memory) == flash
    assert bytes(memory.get(flash + place, 0) for place in range(len(image))) == image
    assert "Linker script and memory map" in (folder / "app.map").read_text()
    parts = [part.splitlines() for part in (folder / "app.sizes.txt").read_text().strip().split("\n\n")]
    told = {lines[0]: dict(reversed(line.split(maxsplit=1)) for line in lines[1:]) for lines in parts}
    assert {"memory", "sections", "folders", "symbols"} <= told.keys()
    assert {".text", ".data", ".bss"} <= told["sections"].keys()
    assert {"examples/hello", "toolchains/bare"} <= told["folders"].keys()
    assert {"main", "hello::multiply(hello::Tensor const&, hello::Tensor const&, hello::Tensor&)"} <= told[
        "symbols"
    ].keys()
    assert abs(int(told["memory"][next(key for key in told["memory"] if key.startswith("flash"))]) - len(image)) <= 64


# C++'s library


@pytest.mark.parametrize("platform", ["cortex_m3", "cortex_m55"])
def test_streams_work_where_the_library_has_them(workspace: Workspace, platform: str) -> None:
    """What start-up code defines in place of the library's exceptions lets the library's own in."""
    workspace.write("BUILD.toml", '[cc_binary.app]\nsrcs = [":app.cpp"]\n')
    workspace.write("app.cpp", '#include <iostream>\nint main() { std::cout << "hello " << 42 << std::endl; }\n')
    assert workspace("run", "//:app", f"--platform={platform}").stdout == "hello 42\n"


# What goes wrong on a device

FAULTS = """
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
__attribute__((noinline)) void undefined_instruction(void) { __builtin_trap(); }
__attribute__((noinline)) int without_end(int depth) {
  volatile char used[64];
  used[depth % 64] = 1;
  return without_end(depth + 1) + used[0];
}
__attribute__((noinline)) void one_time_too_deep(int count) {
  volatile char used[3800];
  used[count] = used[3799] = 1;
}
__attribute__((noinline)) void spin(void) { for (volatile int turn = 0;; ++turn) {} }
int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "nothing";
  printf("about to try %s\\n", what);
  fflush(stdout);
  if (!strcmp(what, "fault")) undefined_instruction();
  if (!strcmp(what, "stack")) return without_end(1);
  if (!strcmp(what, "abort")) abort();
  if (!strcmp(what, "deep")) one_time_too_deep(argc);
  if (!strcmp(what, "deep-hang")) one_time_too_deep(argc);
  if (strstr(what, "hang")) spin();
  return 0;
}
"""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = devices(tmp_path_factory.mktemp("faults"))
    made.write(
        "BUILD.toml",
        # One of its frames could step over a guard.
        '[package.defaults]\ncc_binary.copts = ["-Wno-stack-usage"]\ncc_test.copts = ["-Wno-stack-usage"]\n'
        '[cc_binary.app]\nsrcs = [":app.c"]\n\n[cc_test.hangs]\nsrcs = [":app.c"]\nargs = ["hang"]\ntimeout = 3\n'
        '[cc_test.lost]\nsrcs = [":app.c"]\nargs = ["deep-hang"]\ntimeout = 3\n',
    )
    made.write("app.c", FAULTS)
    return made


@pytest.mark.parametrize("platform", BARE)
def test_a_fault_is_reported_with_registers_and_the_function(faulty: Workspace, platform: str) -> None:
    done = faulty("run", "//:app", f"--platform={platform}", "--", "fault")
    assert done.returncode == 139, done.stdout + done.stderr
    assert "hard fault" in done.stderr
    assert "pc=0x" in done.stderr
    assert "at the fault: undefined_instruction" in done.stderr
    assert "about to try fault" in done.stdout


@pytest.mark.parametrize("platform", BARE)
def test_a_stack_that_outgrows_its_place_is_called_that(faulty: Workspace, platform: str) -> None:
    done = faulty("run", "//:app", f"--platform={platform}", "--", "stack")
    assert done.returncode == 139, done.stdout + done.stderr
    assert "hard fault (stack overflow)" in done.stderr
    assert re.search(r"^(at the fault|the stack ends in .*): without_end$", done.stderr, re.MULTILINE), done.stderr
    assert "called from: without_end" in done.stderr


def test_a_stack_that_nothing_guards_is_looked_at_when_the_program_ends(faulty: Workspace) -> None:
    done = faulty("run", "//:app", "--platform=cortex_m0", "--", "deep")
    assert done.returncode == 139, done.stdout + done.stderr
    assert "hard fault (stack overflow): found at the end, below the limit words are written" in done.stderr


@pytest.mark.parametrize("platform", BARE)
def test_how_much_of_the_stack_was_used_is_said_at_the_end(faulty: Workspace, platform: str) -> None:
    done = faulty("run", "//:app", f"--platform={platform}")
    [told] = re.findall(r"^stack (\d+) of (\d+) bytes$", done.stderr, re.MULTILINE)
    assert 100 < int(told[0]) < 1500 < int(told[1]), done.stderr


@pytest.mark.parametrize("platform", ["cortex_m3", "riscv32"])
def test_abort_is_a_failure_with_a_line_that_says_so(faulty: Workspace, platform: str) -> None:
    done = faulty("run", "//:app", f"--platform={platform}", "--", "abort")
    assert (done.returncode, "panic: abort" in done.stderr) == (134, True)


@pytest.mark.parametrize("platform", ["cortex_m0", "cortex_m4f", "cortex_m55", "riscv32"])
def test_a_program_that_hangs_on_a_board_is_ended_and_said_to_stand_where_it_does(
    faulty: Workspace, platform: str
) -> None:
    done = faulty("test", "//:hangs", f"--platform={platform}")
    assert done.returncode == 3, done.stdout + done.stderr
    shown = done.stdout + done.stderr
    assert "about to try hang" in shown
    assert "timed out" in done.stdout
    assert "the program must end within 3 s, and had not" in shown
    assert "it stands in: spin" in shown
    assert "called from: main" in shown


def test_a_program_that_hangs_behind_a_stack_that_nothing_guards_is_said_to_have_outgrown_it(faulty: Workspace) -> None:
    done = faulty("test", "//:lost", "--platform=cortex_m0")
    assert "its stack has outgrown its place: words below the limit are written" in done.stdout + done.stderr


@pytest.mark.parametrize("platform", ["linux_aarch64"])
def test_an_emulator_that_hangs_is_ended_and_its_last_output_shown(faulty: Workspace, platform: str) -> None:
    done = faulty("test", "//:hangs", f"--platform={platform}")
    assert done.returncode == 3, done.stdout + done.stderr
    shown = done.stdout + done.stderr
    assert "about to try hang" in shown
    assert "3 s" in shown


def test_an_image_that_does_not_fit_says_by_how_much_and_what_is_largest(workspace: Workspace) -> None:
    workspace.write("BUILD.toml", '[cc_binary.app]\nsrcs = [":app.c"]\n')
    main = "int main(int argc, char** argv) { buffer[argc] = 1; return buffer[1] + (argv != 0); }\n"
    workspace.write("app.c", f"static char buffer[20000];\n{main}")
    done = workspace("//:app", "--platform=cortex_m0")
    assert done.returncode == 1
    assert "error[image-overflow]: '//:app' must fit into memory 'ram', is 8" in done.stderr
    assert "bytes too big" in done.stderr
    assert "20000  .bss.buffer of _cc/app/app.c.o" in done.stderr


def test_a_memory_map_whose_regions_overlap_is_refused(workspace: Workspace) -> None:
    workspace.write(
        "BUILD.toml",
        '[platform.board]\nparents = ["@etbuild//toolchains/platforms:cortex_m4f"]\n'
        '[platform.board.memory]\nflash = { origin = 0x0, size = "1MiB" }\nram = { origin = 0x80000, size = "64KiB" }\n'
        '[cc_binary.app]\nsrcs = [":app.c"]\n',
    )
    workspace.write("app.c", "int main(void) { return 0; }\n")
    done = workspace("//:app", "--platform=//:board")
    assert done.returncode == 2
    assert "'flash' ends at 0x100000, 'ram' starts at 0x80000, they share 65536 bytes" in done.stderr


# A user's own device and compiler


def test_a_device_of_ones_own_is_a_script_in_toml(workspace: Workspace) -> None:
    """The script stands for adb, ssh or a debug probe: it is given the program and its words, and is keyed."""
    workspace.write(
        "BUILD.toml",
        '[platform.board]\nparents = ["@etbuild//toolchains/platforms:linux_x86_64"]\n'
        'run_under = ["sh", ":device.sh", "--port=7"]\nfiles = [":device.sh"]\n'
        '[cc_test.check]\nsrcs = [":check.c"]\nargs = ["word"]\n',
    )
    workspace.write("check.c", "int main(int argc, char** argv) { return argc == 2 && argv[1][0] == 'w' ? 0 : 9; }\n")
    workspace.write("device.sh", 'echo "sent to $1: $2"\nshift\nexec "$@"\n')
    first = workspace("test", "//:check", "--platform=//:board")
    assert first.returncode == 0, first.stdout + first.stderr
    workspace.write("device.sh", 'echo "the device is away"\nexit 5\n')
    second = workspace("test", "//:check", "--platform=//:board")
    assert second.returncode == 3, "a changed script must run the test again"
    assert "the device is away" in second.stdout + second.stderr


def test_a_compiler_of_ones_own_is_a_folder_and_toml(workspace: Workspace) -> None:
    """The folder stands for a vendor's SDK or an NDK, outside the workspace: its bytes are in the key."""
    workspace.write(
        "WORKSPACE",
        'name = "devices"\nfamilies = ["core", "cc"]\ntoolchains = ["//:vendor"]\n'
        '[[repository]]\nname = "sdk"\nkind = "local"\npath = "../sdk"\n',
    )
    compiler = '["sh", "{repository}/bin/cc", '
    workspace.write(
        "BUILD.toml",
        f'[cc_toolchain.vendor]\nrepository = "sdk"\nc = {compiler}"gcc-12"]\ncxx = {compiler}"g++-12"]\n'
        'archive = ["ar", "rcsD"]\nstandards = ["c17", "c++17"]\npackages = ["g++-12"]\n'
        '[cc_test.check]\nsrcs = [":check.c"]\n',
    )
    workspace.write("check.c", "int main(void) { return VENDOR; }\n")
    workspace.write("../sdk/bin/cc", 'exec "$@" -DVENDOR=0\n')
    first = workspace("test", "//:check")
    assert first.returncode == 0, first.stdout + first.stderr
    workspace.write("../sdk/bin/cc", 'exec "$@" -DVENDOR=5\n')
    second = workspace("test", "//:check")
    assert "exit code 5" in second.stderr, "a changed compiler must compile again"


MISSING = """
[cc_toolchain.vendor]
c = ["vendor-gcc"]
cxx = ["vendor-g++"]
archive = ["vendor-ar", "rcsD"]
standards = ["c17"]
hint = "install the vendor's SDK"
target_compatible_with = ["@etbuild//toolchains/os:none"]

[platform.board]
constraints = ["@etbuild//toolchains/os:none"]

[platform.far]
parents = ["@etbuild//toolchains/platforms:linux_x86_64"]
run_under = ["no-such-emulator"]
programs = ["no-such-emulator"]
hint = "apt install no-such-emulator"

[cc_test.check]
srcs = [":check.c"]
"""


def test_without_a_compiler_or_an_emulator_the_message_names_what_brings_it(workspace: Workspace) -> None:
    workspace.write("WORKSPACE", WORKSPACE.replace('["@etb', '["//:vendor", "@etb'))
    workspace.write("BUILD.toml", MISSING)
    workspace.write("check.c", "int main(void) { return 0; }\n")
    compiler = workspace("//:check", "--platform=//:board")
    assert compiler.returncode == 2
    assert "missing-program" in compiler.stderr
    assert "vendor-gcc" in compiler.stderr
    assert "hint: install the vendor's SDK" in compiler.stderr
    emulator = workspace("test", "//:check", "--platform=//:far")
    assert emulator.returncode == 2
    assert "no-such-emulator" in emulator.stderr
    assert "hint: apt install no-such-emulator" in emulator.stderr
    assert workspace("//:check", "--platform=//:far").returncode == 0, "building needs no emulator"
    assert workspace("test", "//:check").returncode == 0


def test_an_empty_path_hides_nothing(workspace: Workspace) -> None:
    """Compilers and emulators are found where actions see them, not where the user's PATH leads."""
    workspace.write("BUILD.toml", '[cc_test.check]\nsrcs = [":check.c"]\n')
    workspace.write("check.c", "int main(void) { return 0; }\n")
    done = workspace("test", "//:check", "--platform=linux_aarch64", "--platform=cortex_m3", PATH="")
    assert done.returncode == 0, done.stdout + done.stderr


def platforms_of_the_file() -> Iterator[str]:
    for line in (ROOT / "toolchains/platforms/BUILD.toml").read_text().splitlines():
        if line.startswith("[platform.") and not line.endswith(".memory]"):
            yield line[len("[platform.") : -1]


def test_every_platform_is_tried_here() -> None:
    assert set(platforms_of_the_file()) == {*RUN, "macos_aarch64"}
