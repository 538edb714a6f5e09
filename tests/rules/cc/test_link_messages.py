"""link.sh: what each linker says of a symbol that is defined twice becomes one mistake that names two targets."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

TOOL = Path(__file__).resolve().parents[3] / "rules/cc/tools/link.sh"
LIBRARIES = "a/libone.a //a:one\na/libtwo.a //a:two\n"
SAID = {
    "GNU ld": """\
        /usr/bin/ld: a/libtwo.a(two.cc.o): in function `twice(int)':
        a/two.cc:1: multiple definition of `twice(int)'; a/libone.a(one.cc.o):a/one.cc:1: first defined here
        collect2: error: ld returned 1 exit status""",
    "lld for ELF": """\
        ld.lld: error: duplicate symbol: twice(int)
        >>> defined at one.cc:1 (a/one.cc:1)
        >>>            one.cc.o:(twice(int)) in archive a/libone.a
        >>> defined at two.cc:1 (a/two.cc:1)
        >>>            two.cc.o:(.text._Z5twicei+0x0) in archive a/libtwo.a""",
    "lld for Windows": """\
        lld-link: error: duplicate symbol: twice(int)
        >>> defined at .\\a\\one.cc:1
        >>>            libone.a(one.cc.o)
        >>> defined at libtwo.a(two.cc.o)""",
    "lld for WebAssembly": """\
        wasm-ld: error: duplicate symbol: twice(int)
        >>> defined in a/libone.a(one.cc.o)
        >>> defined in a/libtwo.a(two.cc.o)""",
    "zig's for macOS": """\
        error: duplicate symbol definition: twice(int)
            note: defined by HERE/a/libone.a(one.cc.o)
            note: defined by HERE/a/libtwo.a(two.cc.o)""",
}
OF_PROGRAM = {
    "GNU ld": """\
        ld: a/libtwo.a(two.cc.o): in function `twice(int)':
        a/two.cc:1: multiple definition of `twice(int)'; a/_cc/app/main.cc.o:a/main.cc:2: first defined here""",
    "lld for ELF": """\
        ld.lld: error: duplicate symbol: twice(int)
        >>> defined at main.cc:2 (a/main.cc:2)
        >>>            a/_cc/app/main.cc.o:(twice(int))
        >>> defined at two.cc:1 (a/two.cc:1)
        >>>            two.cc.o:(.text._Z5twicei+0x0) in archive a/libtwo.a""",
    "lld for Windows": """\
        lld-link: error: duplicate symbol: twice(int)
        >>> defined at .\\a\\main.cc:2
        >>>            a/_cc/app/main.cc.o
        >>> defined at libtwo.a(two.cc.o)""",
    "lld for WebAssembly": """\
        wasm-ld: error: duplicate symbol: twice(int)
        >>> defined in a/_cc/app/main.cc.o
        >>> defined in a/libtwo.a(two.cc.o)""",
    "zig's for macOS": """\
        error: duplicate symbol definition: twice(int)
            note: defined by HERE/a/_cc/app/main.cc.o
            note: defined by HERE/a/libtwo.a(two.cc.o)""",
}
OF_ONE = {
    "GNU ld": """\
        ld: a/_cc/app/deep/two.cc.o: in function `twice(int)':
        a/deep/two.cc:1: multiple definition of `twice(int)'; \
a/_cc/app/_of/made/one.cc.o:one.cc:2: first defined here""",
    "GNU ld without functions": """\
        /usr/bin/ld: a/_cc/app/deep/two.cc.o:(.bss.x+0x0): multiple definition of `twice(int)'; \
a/_cc/app/_of/made/one.cc.o:(.bss.x+0x0): first defined here""",
    "lld for ELF": """\
        ld.lld: error: duplicate symbol: twice(int)
        >>> defined at one.cc:2 (made/one.cc:2)
        >>>            a/_cc/app/_of/made/one.cc.o:(twice(int))
        >>> defined at two.cc:1 (a/two.cc:1)
        >>>            a/_cc/app/deep/two.cc.o:(twice(int))""",
    "lld for Windows": """\
        lld-link: error: duplicate symbol: twice(int)
        >>> defined at .\\made\\one.cc:2
        >>>            a/_cc/app/_of/made/one.cc.o
        >>> defined at a/_cc/app/deep/two.cc.o""",
    "lld for WebAssembly": """\
        wasm-ld: error: duplicate symbol: twice(int)
        >>> defined in a/_cc/app/_of/made/one.cc.o
        >>> defined in a/_cc/app/deep/two.cc.o""",
    "zig's for macOS": """\
        error: duplicate symbol definition: twice(int)
            note: defined by HERE/a/_cc/app/_of/made/one.cc.o
            note: defined by HERE/a/_cc/app/deep/two.cc.o""",
}


def mistakes(folder: Path, said: str, **variables: str) -> list[dict[str, Any]]:
    """Return what the tool makes of a linker that says this and fails."""
    text = "\n".join(line[8:] for line in said.replace("HERE", str(folder)).splitlines())
    linker = folder / "linker"
    linker.write_text(f"cat >&2 <<'END'\n{text}\nEND\nexit 1\n")
    found = folder / "mistakes.json"
    env = {
        "PATH": "/usr/bin:/bin",
        "CC_TARGET": "//a:app",
        "CC_LIBRARIES": LIBRARIES,
        "CC_SYMBOLS": "",
        "ETBUILD_DIAGNOSTICS": str(found),
        **variables,
    }
    done = subprocess.run(["sh", TOOL, "sh", linker], cwd=folder, env=env, check=False, capture_output=True)
    assert done.returncode == 65, done.stderr.decode()
    parsed: list[dict[str, Any]] = json.loads(found.read_text())
    return parsed


@pytest.mark.parametrize("linker", SAID)
def test_two_libraries_are_named(tmp_path: Path, linker: str) -> None:
    [mistake] = mistakes(tmp_path, SAID[linker])
    assert mistake["code"] == "duplicate-symbol"
    assert mistake["message"] == "'twice(int)' must be defined once in '//a:app', is by '//a:one' and by '//a:two'"


@pytest.mark.parametrize("linker", OF_PROGRAM)
def test_a_program_and_a_library_are_named(tmp_path: Path, linker: str) -> None:
    [mistake] = mistakes(tmp_path, OF_PROGRAM[linker])
    assert mistake["message"] == "'twice(int)' must be defined once in '//a:app', is by '//a:app' and by '//a:two'"


@pytest.mark.parametrize("linker", OF_ONE)
def test_two_sources_of_one_target_are_named(tmp_path: Path, linker: str) -> None:
    [mistake] = mistakes(tmp_path, OF_ONE[linker])
    said = "'twice(int)' must be defined once in '//a:app', is by 'made/one.cc' and by 'a/deep/two.cc'"
    assert (mistake["attribute"], mistake["message"]) == ("srcs", said)


@pytest.mark.parametrize("linker", SAID)
def test_two_sources_of_one_library_are_named_with_it(tmp_path: Path, linker: str) -> None:
    [mistake] = mistakes(tmp_path, SAID[linker].replace("libtwo.a", "libone.a"))
    said = "'twice(int)' must be defined once in '//a:one', is by 'one.cc' and by 'two.cc'"
    assert (mistake["attribute"], mistake["message"]) == ("deps", said)


def test_two_symbols_are_two_mistakes(tmp_path: Path) -> None:
    said = f"{SAID['lld for ELF']}\n\n{SAID['lld for ELF'].replace('twice(int)', 'other()')}"
    assert [each["message"].split("'")[1] for each in mistakes(tmp_path, said)] == ["twice(int)", "other()"]


MAP = """\
Memory Configuration

Name             Origin             Length             Attributes
flash            0x00000000         0x00040000         xr
ram              0x20000000         0x00000400         xrw

Linker script and memory map

.bss            0x20000000      0x800
 .bss.forward_1 0x20000000      0x600 app/_et/app/programs.cpp.o
 .bss.seen      0x20000600      0x200 app/main.cpp.o
"""
CONTENTS = """\
dtcm      4096  float32[1, 1024], input 0, in 'forward' of 'net'
ram      1024  int8[1, 1024], result of cortex_m::quantize_per_tensor.out (step 0), in 'forward' of 'net'
ram        512  float32[128], input 1, in 'forward' of 'net'
"""


def test_what_does_not_fit_is_told_with_the_tensors_that_fill_planned_memory(tmp_path: Path) -> None:
    (tmp_path / "app.map").write_text(MAP)
    (tmp_path / "contents.txt").write_text(CONTENTS)
    said = "        ld: region `ram' overflowed by 1024 bytes"
    given = {"CC_MAP": "app.map", "CC_SIZES": str(TOOL.with_name("sizes.sh"))}
    [told] = mistakes(tmp_path, said, **given, CC_CONTENTS="contents.txt")
    assert told == {
        "code": "image-overflow",
        "message": "'//a:app' must fit into memory 'ram', is 1024 bytes too big",
        "notes": [
            (
                "the largest pieces in it, in bytes:\n"
                "    1536  .bss.forward_1 of app/_et/app/programs.cpp.o\n"
                "    512  .bss.seen of app/main.cpp.o"
            ),
            (
                "the largest tensors planned in it, in bytes:\n"
                "    1024  int8[1, 1024], result of cortex_m::quantize_per_tensor.out (step 0), in 'forward' of 'net'\n"
                "    512  float32[128], input 1, in 'forward' of 'net'"
            ),
        ],
        "hint": "leave something out, build with --mode=size, or correct the platform's memory",
    }
    [plain] = mistakes(tmp_path, said, **given)
    assert len(plain["notes"]) == 1
