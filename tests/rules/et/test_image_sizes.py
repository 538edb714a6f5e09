"""image_sizes.sh: whose the bytes of a hosted image are, by symbols or by the linker's map."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

TOOL = Path(__file__).resolve().parents[3] / "rules/et/tools/image/image_sizes.sh"
MAP = """
Discarded input sections

 .text.gone     0x0000000000000000     0x4000 libkernels.a(gone.o)

Linker script and memory map

 .text          0x0000000000001000      0x400 libruntime.a(load.o)
 .text._ZN7etbuild7kernels12_GLOBAL__N_14rowsEv
                0x0000000000001400      0x800 libkernels.a(op_add.o)
 .text._ZN7etbuild7kernels3addEv 0x0000000000001c00 0x800 it.ltrans0.ltrans.o
 .rodata.etbuild_program_mlp 0x0000000000002400 0x1000 app/_et/it/programs.s.o
 .bss           0x0000000000008000     0x9000 libruntime.a(load.o)
 .text          0x0000000000003400      0x200 libc.a(puts.o)
 .debug_info    0x0000000000000000     0x7000 libruntime.a(load.o)
"""


def said(folder: Path, image: str, map_: str, nm: str = "", **archives: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "CC_NM": nm,
        "RUNTIME": "",
        "KERNELS": "",
        **archives,
    }
    subprocess.run(["/bin/sh", TOOL, image, map_, "summary.json"], cwd=folder, env=environment, check=True)
    found = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert found["lines"] == [found["short"]]
    return str(found["short"])


def test_a_map_tells_by_archive_and_what_is_optimized_when_linked_by_name(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(bytes(16384))
    (tmp_path / "image.map").write_text(MAP, encoding="utf-8")
    text = said(tmp_path, "image", "image.map", RUNTIME="libruntime.a\n", KERNELS="libkernels.a\n")
    assert text == "program 16 KiB: runtime 1 KiB · kernels 4 KiB · programs 4 KiB · rest 7 KiB"


def test_without_map_and_symbols_the_size_is_told(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(bytes(1000))
    assert said(tmp_path, "image", "") == "program 1000 B"


def test_symbols_tell_by_the_archives_that_define_them(tmp_path: Path) -> None:
    sources = {
        "runtime": "const char table[3000] = {1}; static char memory[9000]; char *load(void) { return memory; }",
        "kernels": "static const char rows[2048] = {1}; const char *add(int at) { return rows + at; }",
        "app": "extern const char table[3000]; extern const char etbuild_program_mlp[5000]; const char "
        "etbuild_program_mlp[5000] = {1}; char *load(void); const char *add(int);"
        "int main(int n, char **w) { return table[n] + *load() + *add(n) + etbuild_program_mlp[n]; }",
    }
    for name, text in sources.items():
        (tmp_path / f"{name}.c").write_text(text, encoding="utf-8")
        subprocess.run(["gcc-12", "-O1", "-c", f"{name}.c"], cwd=tmp_path, check=True)
    for name in ("runtime", "kernels"):
        subprocess.run(["ar", "rcs", f"lib{name}.a", f"{name}.o"], cwd=tmp_path, check=True)
    words = ["gcc-12", "-o", "image", "app.o", "libkernels.a", "libruntime.a"]
    subprocess.run(words, cwd=tmp_path, check=True)
    text = said(tmp_path, "image", "", "nm", RUNTIME="libruntime.a\n", KERNELS="libkernels.a\n")
    assert "runtime 2.9 KiB · kernels 2 KiB · programs 4.9 KiB · rest " in text
