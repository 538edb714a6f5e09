"""Programs where there is no operating system: what is linked into them, and what is made of them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.rule import DefaultInfo
from etbuild.testing import Analyzed
from rules.cc.binary import cc_binary
from tests.rules.cc.compiler import made_by, without

START = tuple(
    Artifact(f"tools/{name}", location=f"/workspace/tools/{name}") for name in ("start.c", "reset.S", "bare.h")
)
BARE = without(
    program_suffix=".elf",
    is_bare_metal=True,
    startup=START,
    linker_script=Artifact("tools/sections.ld", location="/workspace/tools/sections.ld"),
    objcopy=("/usr/bin/objcopy",),
)
ROOT = Path(__file__).resolve().parents[3]
MEMORY = {"flash": (0x8000000, 1 << 20), "ram": (0x20000000, 1 << 16)}


def firmware(memory: dict[str, Any] = MEMORY) -> Analyzed:
    return made_by(cc_binary, {"srcs": ("main.cc",)}, toolchain=BARE, platform="//p:board", memory=memory)


def test_start_up_code_is_compiled_where_the_toolchain_is_so_that_programs_share_it() -> None:
    made = [action.outputs[0].path for action in firmware().actions if action.mnemonic == "CcCompile"]
    assert made == ["app/_cc/it/main.cc.o", "tools/_cc/gcc/start.c.o", "tools/_cc/gcc/reset.S.o"]


def test_the_linker_is_told_of_the_platforms_memory() -> None:
    words = firmware().action("CcLink").argv
    symbols = [word.removeprefix("-Wl,--defsym=") for word in words if "defsym" in word]
    assert symbols == [
        "__memory_flash_origin=0x8000000", "__memory_flash_size=0x100000",
        "__memory_ram_origin=0x20000000", "__memory_ram_size=0x10000",
    ]  # fmt: skip
    assert words[words.index("-T") + 1] == "tools/sections.ld"


def test_images_for_flash_and_a_report_of_sizes_stand_beside_the_program() -> None:
    info = firmware().get(DefaultInfo)
    assert [file.path for file in info.files] == ["app/it.elf"]
    assert [file.path for file in info.beside] == ["app/it.map", "app/it.bin", "app/it.hex", "app/it.sizes.txt"]


@pytest.mark.parametrize(
    ("memory", "lacks"), [({}, "flash and ram"), ({"ram": (0, 8)}, "flash"), ({"flash": (0, 8)}, "ram")]
)
def test_a_platform_without_memory_is_refused(memory: dict[str, Any], lacks: str) -> None:
    message = rf"no-memory.*platform '//p:board' must have memory 'flash' and 'ram', lacks {lacks}$"
    with pytest.raises(EtbuildError, match=f"(?m){message}"):
        firmware(memory)


@pytest.mark.parametrize(
    ("ram", "message"),
    [
        ((0xFFFFF000, 0x2000), "must end within 32 bits of address, ends at 0x100001000"),
        ((0x20000002, 0x1000), "must start and end at multiples of 8, is 0x20000002 to 0x20001002"),
        ((0x20000000, 1001), "must start and end at multiples of 8, is 0x20000000 to 0x200003e9"),
    ],
)
def test_memory_that_linkers_take_and_processors_do_not_is_refused(ram: tuple[int, int], message: str) -> None:
    with pytest.raises(EtbuildError, match=f"wrong-memory.*memory 'ram' of platform '//p:board' {message}"):
        firmware({"flash": (0, 0x1000), "ram": ram})


def test_memories_beside_flash_and_ram_get_a_script_of_the_programs_own(tmp_path: Path) -> None:
    made = firmware({**MEMORY, "dtcm": (0x10000000, 0x1000)})
    assert "-Wl,--defsym=__memory_dtcm_size=0x1000" in made.action("CcLink").argv
    assert "app/_cc/it.ld" in made.action("CcLink").argv
    words = made.action("CcLinkerScript").argv
    script = tmp_path / "made.ld"
    source = ROOT / "toolchains/bare/sections.ld"
    subprocess.run(["sh", ROOT / "rules/cc/tools/tiers.sh", source, script, *words[-2:]], check=True)
    text = script.read_text(encoding="utf-8")
    assert "  dtcm (rwx) : ORIGIN = __memory_dtcm_origin, LENGTH = __memory_dtcm_size\n}" in text
    assert "  .hot.dtcm : ALIGN(16) { *(.hot.dtcm .hot.dtcm.*) . = ALIGN(16); } > dtcm AT > flash\n" in text
    row = "    LONG(0) LONG(ADDR(.bss.tier.dtcm)) LONG(ADDR(.bss.tier.dtcm) + SIZEOF(.bss.tier.dtcm))\n"
    assert row in text
    assert "/* tiers */" not in text
