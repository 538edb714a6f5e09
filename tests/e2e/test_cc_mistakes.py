"""What a person is told who writes C++ for devices and errs: each message whole, from real compilers and emulators."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.test_cc import FILES, small
from tests.e2e.workspace import ROOT, Workspace

PLATFORMS = "@etbuild//toolchains/platforms"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return small(tmp_path)


def told(done: subprocess.CompletedProcess[str]) -> str:
    """Return the mistakes that a command ended with, without excerpts, what compilers wrote and paths of logs."""
    text = done.stderr[done.stderr.index("error[") :]
    kept = [line.strip() for line in text.splitlines() if re.match(r"error\[| *--> |  (note|hint): |    ", line)]
    at = next((index for index, line in enumerate(kept) if line == "note: its output:"), len(kept))
    after = [line for line in kept[at:] if line.startswith("hint: ")]
    return "\n".join((*kept[:at], *after)).replace(str(ROOT), "ROOT")


def refused(workspace: Workspace, *words: str) -> str:
    done = workspace(*words)
    assert done.returncode in (1, 2), done.stdout + done.stderr
    return told(done)


# Headers, symbols, standards


@pytest.mark.parametrize("path", ["low/low.h", "low.h"])
def test_a_header_of_a_target_that_is_no_dependency_is_named_with_its_target(workspace: Workspace, path: str) -> None:
    workspace.write("low/BUILD.toml", FILES["low/BUILD.toml"].replace('deps = [":low"]', ""))
    workspace.write("low/high.cc", f'#include "{path}"\nint twice(int x) {{ return 2 * low(x); }}\n')
    assert refused(workspace, "//low:high") == (
        f"error[undeclared-header]: CcCompile of '//low:high' includes '{path}', "
        "which must come from a dependency and comes from none\n"
        "--> low/BUILD.toml:9:1\n"
        "hint: add '//low' to its dependencies"
    )


@pytest.mark.parametrize("path", ["low/lonely.h", "lonely.h"])
def test_a_header_that_no_target_names_is_said_to_be_there(workspace: Workspace, path: str) -> None:
    workspace.write("low/lonely.h", "int lonely();\n")
    workspace.write("low/high.cc", f'#include "{path}"\n')
    assert refused(workspace, "//low:high") == (
        f"error[undeclared-header]: CcCompile of '//low:high' includes '{path}', "
        "which must come from a dependency and comes from none\n"
        "--> low/BUILD.toml:9:1\n"
        "hint: no target names '//low:lonely.h': give it to this one, or to a library that this one depends on"
    )


def test_libraries_that_need_each_other_are_shown_as_a_ring_with_each_place(workspace: Workspace) -> None:
    build = FILES["low/BUILD.toml"].replace('hdrs = ["low.h"]', 'hdrs = ["low.h"]\ndeps = [":high"]')
    workspace.write("low/BUILD.toml", build)
    assert refused(workspace, "//app") == (
        "error[cycle]: targets must not depend on themselves, do: '//low:high' → '//low' → '//low:high'\n"
        "--> low/BUILD.toml:13:9\n"
        "note: '//low' names '//low:high' at low/BUILD.toml:8:9"
    )


@pytest.mark.parametrize("platform", ["host", "linux_riscv64", "cortex_m0", "riscv64"])
def test_a_symbol_of_two_libraries_is_told_with_both_whatever_the_linker(workspace: Workspace, platform: str) -> None:
    workspace.write("two/BUILD.toml", '[cc_library.two]\nsrcs = ["two.c"]\nvisibility = ["//visibility:public"]\n')
    workspace.write("two/two.c", "int low(int x) { return x; }\n")
    workspace.write("app/main.c", "int low(int x);\nint main(void) { return low(0); }\n")
    workspace.write("app/BUILD.toml", '[cc_binary.app]\nsrcs = ["main.c"]\ndeps = ["//low", "//two"]\n')
    assert refused(workspace, "//app", f"--platform={platform}") == (
        "error[duplicate-symbol]: 'low' must be defined once in '//app', is by '//low' and by '//two'\n"
        "--> app/BUILD.toml:3:8\n"
        "hint: give it another name, or make it static, inline or weak"
    )


def test_a_standard_that_the_compiler_lacks_is_told_with_those_that_it_has(workspace: Workspace) -> None:
    workspace.write("app/BUILD.toml", '[cc_binary.app]\nsrcs = ["main.cc"]\nstd = "c++23"\n')
    assert refused(workspace, "//app", "--platform=cortex_m33") == (
        "error[no-standard]: toolchain '@etbuild//toolchains/arm_none_eabi:cortex_m33' must know the standard 'c++23', "
        "knows c++11, c++14, c++17, c++20\n"
        "--> app/BUILD.toml:3:7"
    )


# Memory

FIRMWARE = '[platform.board]\nparents = ["{parent}"]\nmemory.flash = {flash}\nmemory.ram = {ram}\n'
FIRMWARE += '[cc_binary.app]\nsrcs = ["app.c"]\n'
FLASH = '{ origin = 0x0, size = "1MiB" }'
RAM = '{ origin = 0x20000000, size = "64KiB" }'


def board(workspace: Workspace, flash: str = FLASH, ram: str = RAM, parent: str = "cortex_m4f") -> str:
    text = FIRMWARE.format(flash=flash, ram=ram, parent=f"{PLATFORMS}:{parent}")
    workspace.write("fw/BUILD.toml", text)
    workspace.write(
        "fw/app.c", "static char big[3000];\nint main(int n, char** v) { big[n] = 1; return big[4] + !v; }\n"
    )
    return refused(workspace, "//fw:app", "--platform=//fw:board")


@pytest.mark.parametrize(
    ("ram", "mistake"),
    [
        (
            '{ origin = 0xF8000, size = "64KiB" }',
            (
                "error[wrong-value]: 'memory' of platform must not overlap: 'flash' ends at 0x100000, 'ram' starts at "
                "0xf8000, they share 32768 bytes\n--> fw/BUILD.toml:3:16"
            ),
        ),
        (
            '{ origin = 0xFFFF8000, size = "64KiB" }',
            (
                "error[wrong-memory]: memory 'ram' of platform '//fw:board' must end within 32 bits of address, "
                "ends at 0x100008000\n--> fw/BUILD.toml:5:1"
            ),
        ),
        (
            '{ origin = 0x20000001, size = "64KiB" }',
            (
                "error[wrong-memory]: memory 'ram' of platform '//fw:board' must start and end at multiples of 8, "
                "is 0x20000001 to 0x20010001\n--> fw/BUILD.toml:5:1"
            ),
        ),
        (
            '{ origin = 0x20000000, size = "64 parrots" }',
            (
                "error[wrong-value]: 'memory.ram.size' of platform must be bytes or a text such as \"4GiB\", "
                'is the text "64 parrots"\n--> fw/BUILD.toml:4:44'
            ),
        ),
    ],
)
def test_a_wrong_memory_map_is_told_before_anything_is_compiled(workspace: Workspace, ram: str, mistake: str) -> None:
    assert board(workspace, ram=ram) == mistake
    assert not (workspace.root / "etbuild-out/board").exists()


def test_what_overflows_is_told_for_each_memory_by_how_much_and_what_fills_it(workspace: Workspace) -> None:
    said = board(workspace, flash='{ origin = 0x0, size = "1KiB" }', ram='{ origin = 0x20000000, size = "2KiB" }')
    flash, ram = re.split(r"\n(?=error)", said)
    for mistake, memory in ((flash, "flash"), (ram, "ram")):
        pattern = rf"error\[image-overflow\]: '//fw:app' must fit into memory '{memory}', is \d+ bytes too big\n"
        assert re.match(pattern + r"--> fw/BUILD.toml:5:1\nnote: the largest pieces in it, in bytes:\n\d+  \.", mistake)
    assert re.findall(r"^\d+  (\.\w+)", ram, re.MULTILINE)[:3] == [".bss", ".stack", ".bss"]
    assert "3000  .bss.big of fw/_cc/app/app.c.o" in ram
    assert ".bss" not in flash, "what is cleared takes no flash"


@pytest.mark.parametrize(
    ("parent", "flash", "ram", "said"),
    [
        (
            "cortex_m4f",
            FLASH,
            '{ origin = 0x70000000, size = "64KiB" }',
            "0x70000000 to 0x7000ffff, where the platform has 'ram'",
        ),
        (
            "riscv32",
            '{ origin = 0x90000000, size = "1MiB" }',
            '{ origin = 0x80400000, size = "1MiB" }',
            "0x90000000 to 0x900fffff, where the platform has 'flash'",
        ),
    ],
)
def test_memory_that_the_board_does_not_have_is_told_where_a_program_dies_or_hangs(
    workspace: Workspace, parent: str, flash: str, ram: str, said: str
) -> None:
    text = FIRMWARE.format(flash=flash, ram=ram, parent=f"{PLATFORMS}:{parent}").replace("cc_binary", "cc_test")
    workspace.write("fw/BUILD.toml", text + "timeout = 4\n")
    workspace.write("fw/app.c", "int main(void) { return 0; }\n")
    done = workspace("test", "//fw:app", "--platform=//fw:board")
    assert done.returncode == 3
    assert f"the board has no memory from {said}" in done.stderr


# What is not there


def hidden(workspace: Workspace, programs: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run etbuild on a machine that lacks these programs of /usr/bin, and with an empty PATH."""
    script = 'for each in $0; do mount --bind /dev/null "/usr/bin/$each" || exit 99; done; PATH= exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, programs, f"{ROOT}/etbuild"]
    env = {"HOME": str(Path.home()), "PATH": "/usr/bin:/bin", "ETBUILD_CACHE": workspace.env["ETBUILD_CACHE"]}
    return subprocess.run([*command, *words], cwd=workspace.root, env=env, capture_output=True, text=True, check=False)


COMPILERS = {
    "host": ("gcc:linux_x86_64", "x86_64-linux-gnu-g++-12", "g++-12"),
    "linux_aarch64": ("gcc:linux_aarch64", "aarch64-linux-gnu-g++-12", "g++-12-aarch64-linux-gnu"),
    "linux_armv7": ("gcc:linux_armv7", "arm-linux-gnueabihf-g++-12", "g++-12-arm-linux-gnueabihf"),
    "linux_riscv64": ("gcc:linux_riscv64", "riscv64-linux-gnu-g++-12", "g++-12-riscv64-linux-gnu"),
    "cortex_m7": (
        "arm_none_eabi:cortex_m7",
        "arm-none-eabi-gcc",
        "gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib",
    ),
    "riscv32": (
        "riscv_none:rv32imac",
        "riscv64-unknown-elf-gcc",
        "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf libstdc++-arm-none-eabi-dev",
    ),
}


def test_each_compiler_that_is_not_there_is_named_with_the_package_that_brings_it(workspace: Workspace) -> None:
    programs = " ".join(program for _, program, _ in COMPILERS.values())
    for platform, (toolchain, program, package) in COMPILERS.items():
        said = told(hidden(workspace, programs, "//app", f"--platform={platform}"))
        message = (
            f"error[missing-program]: '@etbuild//toolchains/{toolchain}' needs '{program}', which is not installed"
        )
        assert said.splitlines()[0] == message
        assert said.splitlines()[-1] == f"hint: apt install {package}"


def test_without_a_compiler_everything_else_still_works(workspace: Workspace) -> None:
    workspace.write("text/BUILD.toml", '[genrule.text]\nouts = ["text.txt"]\ncmd = "echo built > $OUT"\n')
    compiler = "x86_64-linux-gnu-g++-12"
    assert hidden(workspace, compiler, "//text").returncode == 0
    assert hidden(workspace, compiler, "//app", "--platform=linux_aarch64").returncode == 0, "another compiler's"
    assert hidden(workspace, compiler, "query", "deps(//app)").returncode == 0
    assert "taken    @etbuild//toolchains/gcc:linux_x86_64" in (
        hidden(workspace, compiler, "query", "--toolchains", "//app").stdout
    )
    words = ("test", "//...", "--platform=host", "--platform=linux_aarch64")
    assert hidden(workspace, compiler, *words).returncode == 2
    done = hidden(workspace, compiler, *words, "--keep-going")
    assert done.returncode == 2
    assert done.stderr.count("error[") == 1
    assert "'@etbuild//toolchains/gcc:linux_x86_64' needs 'x86_64-linux-gnu-g++-12', which is not inst" in done.stderr
    assert "1 test: 1 passed, 0 failed" in done.stdout, "on the other platform"


def test_without_an_emulator_its_tests_are_built_and_all_others_run(workspace: Workspace) -> None:
    emulators = "qemu-aarch64-static qemu-system-arm"
    done = hidden(workspace, emulators, "test", "//app:app_test", "--platform=cortex_m3")
    assert told(done) == (
        "error[missing-program]: '//app:app_test' needs 'qemu-system-arm' to run programs for 'cortex_m3', "
        "which is not installed\n"
        "--> app/BUILD.toml:6:1\n"
        "hint: apt install qemu-system-arm"
    )
    words = ("test", "//app:app_test", "--platform=linux_aarch64", "--platform=host", "--keep-going")
    done = hidden(workspace, emulators, *words)
    assert "hint: apt install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross" in done.stderr
    assert "1 test: 1 passed, 0 failed" in done.stdout
    assert (workspace.root / "etbuild-out/linux_aarch64/app/app_test").is_file()


def test_the_doctor_names_what_is_missing_what_it_is_for_and_how_to_get_it(workspace: Workspace) -> None:
    assert "ok       compilers and emulators of every platform\n" in workspace("doctor").stdout
    done = hidden(workspace, "arm-none-eabi-g++ node", "doctor")
    assert done.returncode == 0, "nothing essential"
    assert done.stdout.endswith(
        "missing  arm-none-eabi-g++\n"
        "         for:  the toolchains cortex_m0, cortex_m3, cortex_m4f, cortex_m7, cortex_m33, cortex_m55\n"
        "         get:  apt install gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib\n"
        "missing  node\n"
        "         for:  running programs for wasi\n"
        "         get:  apt install nodejs\n"
    )


# Platforms


def test_a_platform_that_no_compiler_serves_is_told_with_those_that_nearly_do(workspace: Workspace) -> None:
    constraints = '["@etbuild//toolchains/os:none", "@etbuild//toolchains/cpu:armv7em"]'
    workspace.write("p/BUILD.toml", f"[platform.board]\nconstraints = {constraints}\n")
    assert refused(workspace, "//app", "--platform=//p:board") == (
        "error[no-toolchain]: no toolchain for 'cc' on '//p:board': tried 21, the nearest are "
        "'cortex_m4f' (fpu is single, of which the platform says nothing), "
        "'cortex_m7' (fpu is double, of which the platform says nothing), "
        "'macos_aarch64' (cpu is aarch64, must be armv7em; os is macos, must be none)\n"
        "--> app/BUILD.toml:2:1\n"
        "note: '//app' asks for it\n"
        "hint: etbuild query --toolchains //app --platform=//p:board"
    )
    lines = workspace("query", "--toolchains", "//app", "--platform=//p:board").stdout.splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("//app (board)  asks for cc", "  taken    none", 23)


def test_a_platform_that_is_none_is_told_what_it_is(workspace: Workspace) -> None:
    said = refused(workspace, "//app", "--platform=@etbuild//toolchains/cpu:armv7")
    assert (
        said == "error[unknown-platform]: '@etbuild//toolchains/cpu:armv7' must be a platform: it is a constraint_value"
    )
    assert refused(workspace, "//app", "--platform=cortex_m99").endswith(f"hint: did you mean '{PLATFORMS}:cortex_m7'?")


def etbuild(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([f"{ROOT}/etbuild", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_platform_that_a_rule_cannot_serve_is_told_with_what_would() -> None:
    done = etbuild("//runtime/program_runner", "--platform=cortex_m55")
    assert (done.returncode, told(done).splitlines()[0]) == (
        2,
        (
            "error[incompatible-target]: '//runtime/program_runner' can't be built for "
            "'//toolchains/platforms:cortex_m55': it needs '//runtime:official', which can't be: the executorch wheels "
            'hold no libraries for it; provider = "source" compiles etbuild\'s own, '
            '"cmake" takes a CMake project that you pin; a program is tested there by et_image_test, in place of '
            "pte_test"
        ),
    )


# Programs


def test_a_program_whose_operators_the_runtime_lacks_is_refused_with_all_of_them(tmp_path: Path) -> None:
    """Who has those that etbuild knows is told, too: runtime/runner/text_program_test.cpp."""
    done = etbuild("//tiny:llama_xnnpack", "--json")
    assert done.returncode == 0, done.stderr
    [output] = json.loads(done.stdout)["targets"][0]["outputs"]
    content = (ROOT / output["path"]).read_bytes()
    program = tmp_path / "strange.pte"
    program.write_bytes(
        content.replace(b"llama::update_cache", b"lhama::update_cache").replace(b"XnnpackB", b"StrangeB")
    )
    done = etbuild("run", "//runtime/program_runner", "--", str(program))
    assert done.returncode == 1
    assert done.stderr[done.stderr.index("error: ") :] == (
        f"error: '{program}' needs what the linked runtime lacks\n"
        "  operator lhama::update_cache.out: in no library that etbuild knows; link one and register it\n"
        "  backend StrangeBackend: in no library that etbuild knows; link one and register it\n"
    )
