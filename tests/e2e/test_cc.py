"""C++ through the whole line, with real compilers: what runs again after which change, what is refused, equal bytes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.workspace import Workspace, cache_beside

WORKSPACE = """
name = "small"
families = ["core", "cc"]
toolchains = ["@etbuild//toolchains:cc"]
"""
FILES = {
    "WORKSPACE": WORKSPACE,
    "low/BUILD.toml": """
[package]
visibility = ["//visibility:public"]

[cc_library.low]
srcs = ["low.c"]
hdrs = ["low.h"]

[cc_library.high]
srcs = ["high.cc"]
hdrs = ["high.h"]
deps = [":low"]
""",
    "low/low.h": '#pragma once\n#ifdef __cplusplus\nextern "C"\n#endif\nint low(int x);\n',
    "low/low.c": '#include "low/low.h"\nint low(int x) { return x; }\n',
    "low/high.h": "#pragma once\nint twice(int x);\n",
    "low/high.cc": '#include "low/high.h"\n#include "low/low.h"\nint twice(int x) { return 2 * low(x); }\n',
    "app/BUILD.toml": """
[cc_binary.app]
srcs = ["main.cc"]
deps = ["//low:high"]

[cc_test.app_test]
srcs = ["test.cc"]
deps = ["//low:high"]
""",
    "app/main.cc": '#include <cstdio>\n#include "low/high.h"\nint main() { std::printf("%d\\n", twice(21)); }\n',
    "app/test.cc": '#include "low/high.h"\nint main() { return twice(21) == 42 ? 0 : 1; }\n',
}


def small(folder: Path) -> Workspace:
    """Return the workspace below a folder, with a cache of its own."""
    return Workspace(folder / "workspace", cache_beside(folder / "cache"), FILES)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return small(tmp_path)


def test_a_program_is_built_run_and_tested(workspace: Workspace) -> None:
    assert workspace("run", "//app").stdout == "42\n"
    done = workspace("test", "//...")
    assert "1 test: 1 passed, 0 failed" in done.stdout
    assert "//app:app_test  passed in" in done.stdout
    both = workspace("test", "//...", "--platform=host", "--platform=linux_x86_64").stdout
    assert "//app:app_test (host)  " in both
    assert "//app:app_test (linux_x86_64)  " in both
    workspace.write("app/test.cc", "int main() { return 3; }\n")
    done = workspace("test", "//...")
    assert (done.returncode, "exit code 3" in done.stderr) == (3, True)


def test_a_changed_comment_in_a_header_compiles_its_includers_and_links_nothing(workspace: Workspace) -> None:
    workspace.build()
    workspace.write("low/low.h", f"{FILES['low/low.h']}// A remark.\n")
    assert workspace.build() == ["CcCompile //low", "CcCompile //low:high"]


def test_a_changed_source_is_compiled_and_what_it_is_in_is_linked(workspace: Workspace) -> None:
    workspace.build("//app")
    workspace.write("low/low.c", '#include "low/low.h"\nint low(int x) { return x + 1; }\n')
    assert workspace.build("//app") == ["CcArchive //low", "CcCompile //low", "CcLink //app"]


def test_a_header_of_an_indirect_dependency_is_refused_and_the_target_named(workspace: Workspace) -> None:
    workspace.write("app/main.cc", '#include "low/high.h"\n#include "low/low.h"\nint main() { return low(0); }\n')
    assert workspace.refused("//app") == (
        "error[indirect-include]: what '//app' includes must be exported by its deps, 'low/low.h' is not\n"
        "--> app/BUILD.toml:4:8\n"
        "hint: add '//low' to its deps"
    )
    workspace.write("app/BUILD.toml", FILES["app/BUILD.toml"].replace('["//low:high"]', '["//low:high", "//low"]'))
    workspace.build("//app")


ORDERS = {
    "first": '#include "low/high.h"\n#include "low/low.h"\n',
    "last": '#include "low/low.h"\n#include "low/high.h"\n',
    "by another path": '#include "low/high.h"\n# include "../low/low.h"  // Again.\n',
    "in a header": '#include "low/high.h"\n#include "own.h"\n',
    "by a name that is looked for": '#include "low/high.h"\n#include <low.h>\n',
}


@pytest.mark.parametrize("toolchains", ["gcc", "clang"])
@pytest.mark.parametrize("order", ORDERS)
def test_an_indirect_include_is_refused_wherever_it_stands(workspace: Workspace, order: str, toolchains: str) -> None:
    if toolchains == "clang":
        workspace.write("WORKSPACE", WORKSPACE.replace("toolchains:cc", "toolchains/clang:linux_x86_64"))
    workspace.write("low/high.h", '#pragma once\n#include "low/low.h"\nint twice(int x);\n')
    workspace.write("low/BUILD.toml", FILES["low/BUILD.toml"].replace('["low.h"]', '["low.h"]\nincludes = ["."]'))
    workspace.write("app/BUILD.toml", '[cc_library.app]\nsrcs = ["main.cc", "own.h"]\ndeps = ["//low:high"]\n')
    workspace.write("app/own.h", '#include "low/low.h"\n')
    workspace.write("app/main.cc", f"{ORDERS[order]}int main() {{ return low(0); }}\n")
    assert workspace.refused("//app") == (
        "error[indirect-include]: what '//app' includes must be exported by its deps, 'low/low.h' is not\n"
        "--> app/BUILD.toml:3:8\n"
        "hint: add '//low' to its deps"
    )


def test_an_include_that_does_not_count_or_is_of_another_header_is_none(workspace: Workspace) -> None:
    workspace.write("low/high.h", '#pragma once\n#include "low/low.h"\nint twice(int x);\n')
    workspace.write("app/BUILD.toml", '[cc_library.app]\nsrcs = ["main.cc", "low.h"]\ndeps = ["//low:high"]\n')
    workspace.write("app/low.h", "#pragma once\n")
    workspace.write(
        "app/main.cc",
        '#include "low.h"\n#include "low/high.h"\n#include "low.h"\n#ifdef NEVER\n#include "low/low.h"\n#endif\n'
        '/*\n#include "low/low.h"\n*/\n',
    )
    workspace.build("//app")


def test_what_a_targets_own_header_includes_is_its_includes_too(workspace: Workspace) -> None:
    workspace.write("app/own.h", '#include "low/../low/low.h"\n')
    workspace.write("app/BUILD.toml", FILES["app/BUILD.toml"].replace('"main.cc"', '"main.cc", "own.h"'))
    workspace.write("app/main.cc", '#include "own.h"\nint main() { return low(0); }\n')
    assert "'low/low.h' is not" in workspace.refused("//app")


def test_an_undeclared_header_is_refused_and_the_target_that_has_it_is_named(workspace: Workspace) -> None:
    workspace.write("low/BUILD.toml", FILES["low/BUILD.toml"].replace('deps = [":low"]', ""))
    mistake = workspace.refused("//low:high")
    assert "includes 'low/low.h', which must come from a dependency and comes from none" in mistake
    assert "hint: add '//low' to its dependencies" in mistake


@pytest.mark.parametrize("used", ["twice(1)", "twice(1) + other()"])
def test_a_symbol_that_two_libraries_define_is_refused_and_both_are_named(workspace: Workspace, used: str) -> None:
    workspace.write("two/BUILD.toml", '[cc_library.two]\nsrcs = ["two.cc"]\nvisibility = ["//visibility:public"]\n')
    workspace.write("two/two.cc", "int twice(int x) { return x; }\nint other() { return 1; }\n")
    workspace.write("app/main.cc", f"int twice(int x);\nint other();\nint main() {{ return {used}; }}\n")
    workspace.write("app/BUILD.toml", FILES["app/BUILD.toml"].replace('["//low:high"]', '["//low:high", "//two"]'))
    assert workspace.refused("//app").splitlines()[0] == (
        "error[duplicate-symbol]: 'twice(int)' must be defined once in '//app', is by '//low:high' and by '//two'"
    )


def test_a_symbol_of_a_program_and_a_library_is_refused_where_the_linker_sees_both(workspace: Workspace) -> None:
    workspace.write("low/high.cc", f"{FILES['low/high.cc']}int also() {{ return 1; }}\n")
    workspace.write("app/main.cc", "int also();\nint twice(int x) { return x; }\nint main() { return also(); }\n")
    mistake = workspace.refused("//app").splitlines()[0]
    assert mistake.startswith("error[duplicate-symbol]: 'twice(int)' must be defined once in '//app', is by ")
    assert mistake.endswith(("by '//app' and by '//low:high'", "by '//low:high' and by '//app'"))


def test_libraries_that_need_each_other_are_refused(workspace: Workspace) -> None:
    build = FILES["low/BUILD.toml"].replace('hdrs = ["low.h"]', 'hdrs = ["low.h"]\ndeps = [":high"]')
    workspace.write("low/BUILD.toml", build)
    assert workspace.refused("//app").startswith(
        "error[cycle]: targets must not depend on themselves, do: '//low:high' "
    )


def test_a_shared_library_is_found_in_tests_and_where_programs_are_placed(workspace: Workspace) -> None:
    build = FILES["low/BUILD.toml"].replace('srcs = ["high.cc"]', 'srcs = ["high.cc"]\nlinkstatic = false')
    workspace.write("low/BUILD.toml", build)
    assert workspace("run", "//app").stdout == "42\n"
    assert "1 test: 1 passed" in workspace("test", "//...").stdout
    placed = workspace.root / "etbuild-out/host/app/app"
    moved = workspace.root.rename(workspace.root.with_name("moved"))
    assert (
        subprocess.run([moved / placed.relative_to(workspace.root)], check=False, capture_output=True).returncode == 0
    )
    dynamic = subprocess.run(
        ["readelf", "-d", moved / placed.relative_to(workspace.root)], check=True, capture_output=True
    )
    assert b"(RUNPATH)            Library runpath: [$ORIGIN/../low]" in dynamic.stdout


def test_what_a_compiler_says_of_a_path_is_shown(workspace: Workspace) -> None:
    workspace.write("app/main.cc", 'asm(".incbin \\"/not/there\\"");\nint main() {}\n')
    assert "file not found: /not/there" in workspace("//app").stderr


def test_registration_in_a_library_that_nothing_refers_to_is_linked_if_asked_for(workspace: Workspace) -> None:
    build = '[cc_library.reg]\nsrcs = ["reg.cc"]\nvisibility = ["//visibility:public"]\n'
    workspace.write("reg/reg.cc", '#include <cstdio>\nstatic int at = std::puts("registered");\n')
    workspace.write("app/BUILD.toml", FILES["app/BUILD.toml"].replace('["//low:high"]', '["//low:high", "//reg"]'))
    for more, said in (("", "42\n"), ("alwayslink = true\n", "registered\n42\n")):
        workspace.write("reg/BUILD.toml", build + more)
        assert workspace("run", "//app").stdout == said


FLAWED = {
    "asan": ("heap-buffer-overflow", "std::vector<int> a(2);\n  return a[n + 1] == 77;"),
    "ubsan": ("signed integer overflow", "int large = 2147483647;\n  return large + n == 77;"),
    "tsan": ("data race", "int x = n; std::thread other([&] { x = 2; });\n  x = 3; other.join(); return 0;"),
}


@pytest.mark.parametrize("mode", FLAWED)
@pytest.mark.parametrize("toolchain", ["gcc", "clang"])
def test_a_sanitizer_fails_a_test_that_a_plain_build_passes_and_its_report_is_shown(
    workspace: Workspace, toolchain: str, mode: str
) -> None:
    finding, body = FLAWED[mode]
    workspace.write("WORKSPACE", WORKSPACE.replace(":cc", f"/{toolchain}:linux_x86_64"))
    flawed = f"#include <thread>\n#include <vector>\nint main(int n, char**) {{\n  {body}\n}}\n"
    workspace.write("app/test.cc", flawed)
    assert workspace("test", "//app:app_test").returncode == 0
    done = workspace("test", f"--mode={mode}", "//app:app_test")
    assert done.returncode == 3, done.stdout + done.stderr
    assert finding in done.stderr
    assert "app/test.cc:5" in done.stderr


@pytest.mark.parametrize("mode", ["ubsan", "tsan", "dbg", "opt", "size"])
def test_a_sound_program_passes_in_every_mode(workspace: Workspace, mode: str) -> None:
    assert "1 test: 1 passed, 0 failed" in workspace("test", "-c", mode, "//...").stdout


def test_each_language_is_compiled_by_its_standard(workspace: Workspace) -> None:
    workspace.write(
        "many/BUILD.toml",
        """
[cc_library.new]
srcs = ["new.cc"]
std = "c++20"

[cc_library.old]
srcs = ["old.c"]
std = "c11"

[cc_test.all]
srcs = ["all.cc", "seven.S", "plain.s"]
deps = [":new", ":old"]
""",
    )
    workspace.write("many/new.cc", "template <class T> concept Any = true;\nint fresh(Any auto x) { return x; }\n"
                    "int one() { return fresh(1) + (__cplusplus == 202002L); }\n")  # fmt: skip
    workspace.write("many/old.c", "int two(void) { return __STDC_VERSION__ == 201112L ? 2 : 0; }\n")
    code = ".globl {0}\n.text\n{0}:\n  movl ${1}, %eax\n  ret\n.section .note.GNU-stack\n"
    workspace.write("many/seven.S", "#define SEVEN 7\n" + code.format("seven", "SEVEN"))
    workspace.write("many/plain.s", code.format("eight", "8"))
    workspace.write("many/all.cc", 'int one();\nextern "C" int two(), seven(), eight();\n'
                    "static_assert(__cplusplus == 201703L);\n"
                    "int main() { return one() + two() + seven() + eight() - 19; }\n")  # fmt: skip
    assert "1 test: 1 passed, 0 failed" in workspace("test", "//many/...").stdout


def test_link_time_optimization_is_an_attribute(workspace: Workspace) -> None:
    for name in ("low/BUILD.toml", "app/BUILD.toml"):
        workspace.write(name, FILES[name].replace("srcs", "lto = true\nsrcs"))
    assert workspace("run", "-c", "opt", "//app").stdout == "42\n"
    code = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", workspace.root / "etbuild-out/host-opt/app/app"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "<_Z5twicei>:" not in code, "it was inlined"


@pytest.mark.parametrize(("platform", "count"), [("host", 6), ("linux_aarch64", 6), ("cortex_m55", 14)])
def test_editors_are_told_how_each_source_is_compiled(workspace: Workspace, platform: str, count: int) -> None:
    repository = '[[repository]]\nname = "far"\nkind = "local"\npath = "../far"\n'
    workspace.write("WORKSPACE", WORKSPACE + repository)
    workspace.write("../far/WORKSPACE", 'name = "far"\nfamilies = ["cc"]\n')
    far = 'srcs = ["far.c"]\nhdrs = ["include/far.h"]\nincludes = ["include"]\nvisibility = ["//visibility:public"]\n'
    workspace.write("../far/BUILD.toml", f"[cc_library.far]\n{far}")
    workspace.write("../far/include/far.h", "int far(void);\n")
    workspace.write("../far/far.c", '#include "far.h"\nint far(void) { return 1; }\n')
    made = '[genrule.made]\nouts = ["made.h"]\ncmd = \'echo "#define MADE 2" >$OUT\'\n'
    near = '[cc_library.near]\nsrcs = ["near.c", ":made"]\ndeps = ["@far//:far"]\n'
    workspace.write("near/BUILD.toml", made + near)
    workspace.write(
        "near/near.c", '#include "far.h"\n#include "near/made.h"\nint near(void) { return far() + MADE; }\n'
    )
    done = workspace("ide", f"--platform={platform}")
    assert done.stdout == f"compile_commands.json: {count} sources\n", done.stderr
    for entry in json.loads(workspace.read("compile_commands.json")):
        compiled = subprocess.run(entry["arguments"], cwd=entry["directory"], check=False, capture_output=True)
        assert compiled.returncode == 0, compiled.stderr


def test_firmware_says_what_fills_its_memory_and_by_how_much_it_does_not_fit(workspace: Workspace) -> None:
    workspace.write("fw/BUILD.toml", '[cc_binary.fw]\nsrcs = ["main.c"]\n')
    workspace.write(
        "fw/main.c", "static char big[BIG];\nint main(void) { big[3] = 1; return big[5]; }\n".replace("BIG", "5000")
    )
    done = workspace("//fw", "--platform=cortex_m3")
    assert "\n  flash " in done.stdout
    assert " KiB of 4 MiB · ram 69." in done.stdout
    assert " KiB of 4 MiB (stack 64 KiB)\n" in done.stdout
    made = workspace.root / "etbuild-out/cortex_m3/fw"
    assert {path.name for path in made.iterdir()} == {"fw.elf", "fw.bin", "fw.hex", "fw.map", "fw.sizes.txt"}
    lines = [line.split() for line in (made / "fw.sizes.txt").read_text().splitlines()]
    assert ["5000", "big"] in lines
    assert any(words[1:] == ["fw"] and int(words[0]) >= 5000 for words in lines if len(words) == 2)
    assert any(words[1:] == ["external/etbuild/toolchains/bare"] for words in lines)
    workspace.write("fw/main.c", workspace.read("fw/main.c").replace("5000", "500000000"))
    done = workspace("//fw", "--platform=cortex_m3")
    assert "error[image-overflow]: '//fw' must fit into memory 'ram', is " in done.stderr
    assert "500000000  .bss.big of fw/_cc/fw/main.c.o" in done.stderr


GNU = '["@etbuild//toolchains:cc"]'
CLANG = '["@etbuild//toolchains/clang:linux_x86_64", "@etbuild//toolchains:cc"]'
IN_C = '__asm__(".data\\n.globl held\\nheld: .incbin \\"app/BLOB\\"\\n.text\\n");\n'
IN_ASSEMBLY = '#include "app/held.h"\n.data\n.globl held\nheld: .incbin "app/BLOB"\n'
IN_PLAIN = '.data\n.globl held\nheld: .include "app/BLOB"\n'


@pytest.mark.parametrize(
    ("toolchains", "platform", "name", "text", "blob"),
    [
        (GNU, "host", "held.c", IN_C, "blob.inc"),
        (GNU, "host", "held.S", IN_ASSEMBLY, "a$c#d.inc"),
        (GNU, "host", "plain.s", IN_PLAIN, "blob.inc"),
        (GNU, "cortex_m55", "held.S", IN_ASSEMBLY, "blob.inc"),
        (GNU, "linux_aarch64_musl", "held.c", IN_C, "blob.inc"),
        (CLANG, "host", "held.S", IN_ASSEMBLY, "blob.inc"),
    ],
)
def test_a_change_of_what_the_assembler_reads_compiles_its_reader_and_nobody_else(
    workspace: Workspace, toolchains: str, platform: str, name: str, text: str, blob: str
) -> None:
    workspace.write("WORKSPACE", f'name = "small"\nfamilies = ["core", "cc"]\ntoolchains = {toolchains}\n')
    workspace.write("app/BUILD.toml", f'[cc_library.held]\nsrcs = ["{name}", "other.c", "held.h", "{blob}"]\n')
    workspace.write("app/other.c", "int other;\n")
    workspace.write("app/held.h", "// Nothing.\n")
    workspace.write(f"app/{name}", text.replace("BLOB", blob))
    workspace.write(f"app/{blob}", " .byte 1\n")
    build = ("//app:held", f"--platform={platform}")
    workspace.build(*build)
    before = workspace.outputs()
    workspace.write(f"app/{blob}", " .byte 2\n")
    assert workspace.build(*build) == ["CcArchive //app:held", "CcCompile //app:held"]
    assert workspace.outputs() != before
    workspace.write(f"app/{blob}", " .byte 1\n")
    workspace.build(*build)
    assert workspace.outputs() == before


@pytest.mark.parametrize("platform", ["host", "linux_aarch64_musl"])
@pytest.mark.parametrize(("name", "text"), [("held.c", IN_C), ("held.S", IN_ASSEMBLY), ("plain.s", IN_PLAIN)])
def test_what_the_assembler_looks_for_in_vain_is_told_with_where_it_may_stand(
    workspace: Workspace, platform: str, name: str, text: str
) -> None:
    target = f'[cc_library.held]\nsrcs = ["{name}", "held.h"]\n'
    workspace.write("app/BUILD.toml", target)
    workspace.write("app/held.h", "// Nothing.\n")
    workspace.write(f"app/{name}", text.replace("BLOB", "blob.bin"))
    workspace.write("app/blob.bin", " .byte 1\n")
    assert workspace.refused("//app:held", f"--platform={platform}") == (
        "error[undeclared-header]: what '//app:held' reads by .include or .incbin must be in its srcs or come from its "
        "deps, 'app/blob.bin' does not\n"
        "--> app/BUILD.toml:2:8\n"
        "hint: in srcs it must end as a header does, as in .inc; in hdrs of a cc_library among deps as it likes"
    )
    workspace.write("app/BUILD.toml", f'{target}deps = [":blob"]\n[cc_library.blob]\nhdrs = ["blob.bin"]\n')
    workspace.build("//app:held", f"--platform={platform}")
