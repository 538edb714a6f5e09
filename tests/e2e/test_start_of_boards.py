"""Programs without an operating system: what a C or C++ program may count on is so there, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.workspace import Workspace

WORKSPACE = 'name = "bare"\nfamilies = ["core", "cc"]\ntoolchains = ["@etbuild//toolchains:cc"]\n'
SMALL = """
[platform.small]
parents = ["@etbuild//toolchains/platforms:cortex_m3"]

[platform.small.memory]
flash = { origin = 0x0, size = "16KiB" }
ram = { origin = 0x20000000, size = "8KiB" }
"""
PLATFORMS = ("cortex_m0", "cortex_m55", "riscv32", "riscv64")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder: Path = tmp_path_factory.mktemp("bare")
    return Workspace(folder / "a workspace", files={"WORKSPACE": WORKSPACE, "BUILD.toml": SMALL})


def write(workspace: Workspace, name: str, source: str, more: str = "") -> str:
    """Write a program, and return its label."""
    workspace.write(f"{name}/BUILD.toml", f'[cc_binary.{name}]\nsrcs = ["main.cpp"]\n{more}')
    workspace.write(f"{name}/main.cpp", source)
    return f"//{name}"


# Sections that no line of the linker script names

SECTIONS = """
#include <cstdio>
int plain = 1;
[[gnu::section(".my_data")]] char letters[3] = {1, 2, 3};
[[gnu::section(".ccmram")]] int numbers[2] = {4, 5};
[[gnu::section(".hot.dtcm")]] int hot[2] = {6, 7};
[[gnu::section(".hot.nowhere")]] long long nowhere = 8;
[[gnu::section("constant")]] extern const int constant_numbers[2] = {9, 10};
[[gnu::section(".ramfunc"), gnu::noinline]] int twice(int x) { return 2 * x; }
struct Row { const char* name; int (*call)(int); };
[[gnu::section("rows"), gnu::used]] Row both[] = {{"a", twice}, {"b", twice}};
extern "C" Row __start_rows[], __stop_rows[];
__asm__(".section cleared,\\"aw\\",%nobits\\n.globl zeros\\nzeros: .zero 40\\n.text\\n");
extern "C" int zeros[10];
int main() {
  int sum = 0;
  for (int value : zeros) sum += value;
  std::printf("%d %d %d %d %d %d %d %s %d %d\\n", plain, letters[2], numbers[1], hot[1], int(nowhere),
              constant_numbers[1], int(__stop_rows - __start_rows), __start_rows[1].name, __start_rows[0].call(4), sum);
}
"""


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_stands_in_a_section_of_its_own_has_its_value(workspace: Workspace, platform: str) -> None:
    label = write(workspace, "sections", SECTIONS)
    assert workspace("run", label, f"--platform={platform}").stdout == "1 3 5 7 8 10 2 b 8 0\n"


def test_a_section_that_the_start_could_not_copy_is_refused_and_room_can_be_made(workspace: Workspace) -> None:
    source = """
#include <cstdio>
[[gnu::section("ones")]] char one[3] = {1, 2, 3};
alignas(64) [[gnu::section("twos")]] int two[2] = {4, 5};
int main() { std::printf("%d %d\\n", one[2], two[1]); }
"""
    label = write(workspace, "aligned", source)
    said = workspace.said(label, "--platform=cortex_m55", code=1)
    assert "a section that the linker script does not name is aligned to more than 8 bytes" in said
    label = write(workspace, "aligned", source, 'linkopts = ["-Wl,--defsym=__data_alignment=64"]')
    assert workspace("run", label, "--platform=cortex_m55").stdout == "3 5\n"


def test_what_is_copied_and_does_not_fit_into_flash_is_told_by_how_much(workspace: Workspace) -> None:
    source = """
[[gnu::section("own")]] int mine[100] = {1};
int table[1000] = {1};
int main(int count, char**) { return table[count] + mine[count]; }
"""
    label = write(workspace, "big", source.replace("1000", "4000"))
    said = workspace.said(label, "--platform=//:small", code=1)
    assert "error[image-overflow]: '//big' must fit into memory 'flash', is " in said
    assert "16000  .data.table of big/_cc/big/main.cpp.o\n" in said
    assert "400  own of big/_cc/big/main.cpp.o\n" in said


# Variables of threads, of which there is one

THREADS = """
#include <cerrno>
#include <cstdint>
#include <cstdio>
struct Made { int value; Made() : value(7) {} };
thread_local int nine = 9;
thread_local int zero;
thread_local Made made;
alignas(64) thread_local int wide = 5;
alignas(32) thread_local int wide_zero;
int plain = 3;
int cleared;
int main() {
  std::printf("%d %d %d %d %d\\n", nine, zero, made.value, wide, wide_zero);
  std::printf("%d %d\\n", int(uintptr_t(&wide) % 64), int(uintptr_t(&wide_zero) % 32));
  nine = zero = wide = wide_zero = made.value = errno = 77;
  std::printf("%d %d\\n", plain, cleared);
}
"""


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_thread_local_variable_has_its_value_and_a_place_of_its_own(workspace: Workspace, platform: str) -> None:
    label = write(workspace, "threads", THREADS)
    assert workspace("run", label, f"--platform={platform}").stdout == "9 0 7 5 0\n0 0\n3 0\n"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_thread_local_variables_without_values_are_cleared(workspace: Workspace, platform: str) -> None:
    source = """
#include <cstdint>
#include <cstdio>
thread_local int zero;
alignas(64) thread_local int wide[3];
int plain = 3;
int main() { wide[2] = 5; std::printf("%d %d %d %d\\n", zero, wide[2], plain, int(uintptr_t(wide) % 64)); }
"""
    label = write(workspace, "no_values", source)
    assert workspace("run", label, f"--platform={platform}").stdout == "0 5 3 0\n"


# Words

WORDS = """
#include <cstdio>
#include <cstdlib>
#include <cstring>
int main(int count, char** words) {
  std::memset(std::malloc(1000), 255, 1000);
  for (int index = 0; index <= count; ++index) std::printf("<%s>", words[index] ? words[index] : "null");
  std::puts("");
}
"""


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_program_is_given_the_words_as_they_were_typed(workspace: Workspace, platform: str) -> None:
    label = write(workspace, "words", WORDS)
    run = ("run", label, f"--platform={platform}")
    assert workspace(*run).stdout == "<words.elf><null>\n"
    words = ("you", "two words", "", 'a"b\\c', "x,y", "tab\t'q'", "end")
    assert workspace(*run, "--", *words).stdout == "".join(f"<{word}>" for word in ("words.elf", *words, "null")) + "\n"
    many = ("long" * 100, *map(str, range(40)))
    assert workspace(*run, "--", *many).stdout == "".join(f"<{word}>" for word in ("words.elf", *many, "null")) + "\n"


def test_words_that_do_not_fit_are_refused(workspace: Workspace) -> None:
    label = write(workspace, "few", "int main() {}\n")
    done = workspace("run", label, "--platform=//:small", "--", "long" * 2000)
    assert (done.returncode, done.stdout) == (2, "")
    assert "the words for the program must fit into its heap of " in done.stderr
