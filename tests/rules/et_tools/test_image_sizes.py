"""What an image takes: whose its bytes are, how it is said, drawn and judged."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_bytes import add_program

from common.diagnostics import UserError
from size import budget, image_sizes, image_summary
from size.attribution import memory_use
from size.growth import grown, largest
from size.link_map import Piece, read_map, read_regions
from size.page import page
from size.symbols import Symbol, split, without_parameters
from size.treemap import Box, cut
from size.words import human

HOSTED = """
Discarded input sections

 .text.gone     0x0000000000000000     0x4000 libkernels.a(gone.o)

Linker script and memory map

.text           0x0000000000001000     0x2600
 .text          0x0000000000001000      0x400 libruntime.a(load.o)
 .text._ZN7etbuild7kernels12_GLOBAL__N_14rowsEv
                0x0000000000001400      0x800 libkernels.a(op_add.o)
 .text._ZN7etbuild7kernels3addEv 0x0000000000001c00 0x800 it.ltrans0.ltrans.o
 .rodata.etbuild_program_mlp 0x0000000000002400 0x1000 app/_et/it/programs.s.o
 .text          0x0000000000003400      0x200 /usr/lib/libc.a(puts.o)
.bss            0x0000000000008000     0x9000
 .bss           0x0000000000008000     0x9000 libruntime.a(load.o)
.debug_info     0x0000000000000000     0x7000
 .debug_info    0x0000000000000000     0x7000 libruntime.a(load.o)
"""
BARE = """
Memory Configuration

Name             Origin             Length             Attributes
flash            0x08000000         0x00004000         xr
ram              0x20000000         0x00001000         xrw
*default*        0x00000000         0xffffffff

Linker script and memory map

.text           0x08000000      0x300
 .vectors       0x08000000       0x40 t/_cc/m0/reset.c.o
 .text          0x08000040       0xc0 /tmp/cc1.ltrans0.ltrans.o
 .rodata.etbuild_program_net
                0x08000100      0x200 app/_et/it/programs.s.o
.data           0x20000000       0x10 load address 0x08000300
 .data          0x20000000       0x10 app/main.o
.bss            0x20000010      0x100 load address 0x08000310
 .bss._ZN8programs3net12_GLOBAL__N_116forward_memory_1E
                0x20000010       0x80 app/programs.o
 .bss._ZN8programs3net12_GLOBAL__N_121forward_method_memoryE
                0x20000090       0x80 app/programs.o
.stack          0x20000110      0x400 load address 0x08000310
 *fill*         0x20000110      0x400
"""


def measured(folder: Path, map_: str, *words: str) -> dict[str, Any]:
    (folder / "image").write_bytes(bytes(16384))
    (folder / "image.map").write_text(map_, encoding="utf-8")
    files = ("--image", f"{folder}/image", "--map", f"{folder}/image.map", "--output", f"{folder}/sizes.json")
    image_sizes.main([*files, *words])
    found: dict[str, Any] = json.loads((folder / "sizes.json").read_text(encoding="utf-8"))
    return found


def summed_up(folder: Path, *words: str) -> dict[str, Any]:
    image_summary.main(["--sizes", f"{folder}/sizes.json", *words, "--output", f"{folder}/summary.json"])
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def test_a_hosted_image_is_told_by_archive_and_what_is_optimized_when_linked_by_name(tmp_path: Path) -> None:
    measured(tmp_path, HOSTED, "--archive", "runtime=libruntime.a", "--archive", "kernels=libkernels.a")
    text = "program 16 KiB: runtime 1 KiB · kernels 4 KiB · programs 4 KiB · rest 7 KiB"
    assert summed_up(tmp_path) == {"lines": [text], "short": text}


def test_without_map_and_symbols_the_size_is_told(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(bytes(1000))
    image_sizes.main(["--image", f"{tmp_path}/image", "--output", f"{tmp_path}/sizes.json"])
    assert summed_up(tmp_path)["short"] == "program 1000 B"


def test_symbols_tell_by_the_archives_that_define_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {
        "runtime": "const char table[3000] = {1}; static char memory[9000]; char *load(void) { return memory; }",
        "kernels": "static const char rows[2048] = {1}; const char *add(int at) { return rows + at; }",
        "app": "extern const char table[3000]; extern const char etbuild_program_mlp[5000]; const char "
        "etbuild_program_mlp[5000] = {1}; char *load(void); const char *add(int);"
        "int main(int n, char **w) { return table[n] + *load() + *add(n) + etbuild_program_mlp[n]; }",
    }
    monkeypatch.chdir(tmp_path)
    for name, text in sources.items():
        Path(f"{name}.c").write_text(text, encoding="utf-8")
        subprocess.run(["gcc-12", "-O1", "-c", f"{name}.c"], check=True)
    for name in ("runtime", "kernels"):
        subprocess.run(["ar", "rcs", f"lib{name}.a", f"{name}.o"], check=True)
    subprocess.run(["gcc-12", "-o", "image", "app.o", "libkernels.a", "libruntime.a"], check=True)
    monkeypatch.setenv("CC_NM", "nm")
    archives = ("--archive", "runtime=libruntime.a", "--archive", "kernels=libkernels.a")
    image_sizes.main(["--image", "image", *archives, "--output", "sizes.json"])
    assert "runtime 2.9 KiB · kernels 2 KiB · programs 4.9 KiB · rest " in summed_up(tmp_path)["short"]


def test_memories_have_what_lies_in_them_and_what_is_loaded_from_them() -> None:
    assert [(each.name, each.nbytes, each.writable) for each in read_regions(BARE)] == [
        ("flash", 0x4000, False),
        ("ram", 0x1000, True),
    ]
    taken = {name: sum(p.nbytes for p in read_map(BARE) if name in p.memories) for name in ("flash", "ram")}
    assert taken == {"flash": 0x310, "ram": 0x510}


TIERS = """
Memory Configuration

Name             Origin             Length             Attributes
flash            0x08000000         0x00004000         xr
ram              0x20000000         0x00001000         xrw
dtcm             0x30000000         0x00001000         xrw

Linker script and memory map

.bss.tier.dtcm  0x30000000       0x80
 .bss.tier.dtcm.net_forward
                0x30000000       0x80 app/programs.o
.hot.dtcm       0x30000080      0x200 load address 0x08000100
 .hot.dtcm.etbuild_program_net
                0x30000080      0x200 app/_et/it/programs.s.o
"""


def test_what_is_copied_to_a_tier_lies_in_flash_too(tmp_path: Path) -> None:
    found = measured(tmp_path, TIERS, "--page", f"{tmp_path}/page.html")
    assert {name: memory["bytes"] for name, memory in found["memories"].items()} == {
        "flash": 0x200,
        "ram": 0,
        "dtcm": 0x280,
    }
    assert found["parts"] == {"programs": 0x200}
    assert found["memories"]["dtcm"]["parts"] == {"programs": 0x200, "rest": 0x80}
    # Of memories that nothing lies in nothing is said.
    assert summed_up(tmp_path)["short"] == "flash 512 B of 16 KiB · ram 640 B of 4 KiB"
    assert "<td>ram</td>" not in (tmp_path / "page.html").read_text(encoding="utf-8")
    arena = Symbol(0x30000000, 0x80, "zeroed", "_ZN8programs3net12_GLOBAL__N_116forward_memory_1E", "")
    assert [memory_use(piece) for piece in split(read_map(TIERS), [arena])] == ["arena", "programs"]


def test_firmware_is_told_by_memory_with_what_is_left_of_a_budget(tmp_path: Path) -> None:
    found = measured(tmp_path, BARE, "--folder", "start-up=t/_cc/m0/")
    assert found["parts"] == {"app": 208, "programs": 512, "start-up": 64}
    assert found["memories"]["ram"]["parts"] == {"arena": 128, "methods": 128, "rest": 16, "stack": 1024}
    assert summed_up(tmp_path, "--budget", "flash=1024")["lines"] == [
        "flash 784 B of 1 KiB, 240 B left: programs 512 B · app 208 B · start-up 64 B",
        "ram 1.3 KiB of 4 KiB: stack 1 KiB · arena 128 B · methods 128 B · rest 16 B",
    ]
    assert summed_up(tmp_path, "--budget", "ram=1024")["short"] == (
        "flash 784 B of 16 KiB · ram 1.3 KiB of 1 KiB, 272 B too much"
    )


def test_a_name_is_split_by_symbols_and_read_without_parameters() -> None:
    piece = Piece("code", "", "x.ltrans0.o", 100, 1000)
    symbols = [Symbol(1000, 60, "code", "_Z1fv", "f"), Symbol(1060, 30, "code", "g", "g"), Symbol(1100, 9, "", "h", "")]
    assert [(p.symbol, p.nbytes) for p in split([piece], symbols)] == [("_Z1fv", 60), ("g", 30), ("", 10)]
    assert without_parameters("a::(anonymous namespace)::f(int (*)(char)) const") == "a::f"


def test_a_programs_constants_are_told_apart_and_its_arena_has_a_bound(tmp_path: Path) -> None:
    (tmp_path / "net.pte").write_bytes(add_program())
    found = measured(tmp_path, BARE, "--program", f"net={tmp_path}/net.pte", "--page", f"{tmp_path}/page.html")
    assert found["tensors"] == {"constant": {"net: float32[1]": 4}, "planned": {"net: float32[2, 3]": 48}}
    assert found["within"]["programs"] == {"etbuild_program_net": 508, "net: float32[1]": 4}
    [arena] = found["arenas"]
    assert (arena["method"], arena["memory_id"], arena["bytes"], arena["lower_bound"]) == ("forward", 1, 64, 48)
    drawn = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert drawn.count('class="tensor"') == 2
    assert "http" not in drawn
    assert "1.33 times the most that lives at once (48 B)" in drawn


@pytest.mark.parametrize(
    ("nbytes", "text"), [(0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (4 << 20, "4 MiB")]
)
def test_sizes_have_a_unit(nbytes: int, text: str) -> None:
    assert human(nbytes) == text


def report(**changes: Any) -> dict[str, Any]:
    ram = {"bytes": 100, "size": 1000, "writable": True, "parts": {"stack": 90, "rest": 10}, "symbols": {"s": 10}}
    return {
        "memories": {"flash": {"bytes": 500, "size": 1000, "writable": False}, "ram": ram},
        "parts": {"kernels": 300, "app": 200},
        "operators": {"aten::add.out": {"bytes": 300, "dtypes": "float32"}},
        "symbols": {"main": 200, "add": 300},
        "tensors": {"constant": {"net: int8[4]": 4}, "planned": {}},
        **changes,
    }


def judged(folder: Path, now: Mapping[str, Any], *budgets: str) -> list[dict[str, Any]]:
    (folder / "sizes.json").write_text(json.dumps(now), encoding="utf-8")
    words = [word for each in budgets for word in ("--budget", each)]
    try:
        budget.main(["--sizes", f"{folder}/sizes.json", *words, "--owner", "//a:b", "--output", f"{folder}/verdict"])
    except UserError as error:
        return [{"attribute": d.attribute, "message": d.message, "notes": d.notes} for d in error.diagnostics]
    assert (folder / "verdict").read_text(encoding="utf-8") == '{"passed": true}\n'
    return []


def test_a_budget_is_kept_to_the_byte(tmp_path: Path) -> None:
    assert judged(tmp_path, report(), "flash=500", "ram=100") == []
    [flash, ram] = judged(tmp_path, report(), "flash=499", "ram=99")
    assert flash["message"] == "'//a:b' must take at most 499 B of flash, takes 500 B: 1 B too much"
    assert (flash["attribute"], ram["attribute"]) == ("flash", "ram")
    assert flash["notes"] == (
        "the largest by part, in bytes: kernels 300, app 200",
        "the largest by operator, in bytes: aten::add.out 300",
        "the largest by symbol, in bytes: add 300, main 200",
        "the largest by tensor, in bytes: net: int8[4] 4",
    )


def test_what_grew_since_the_last_good_build_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = report(operators={}, symbols={"main": 250}, tensors={"constant": {}, "planned": {}})
    older["memories"] = {**older["memories"], "flash": {"bytes": 250, "size": 1000, "writable": False}}
    (tmp_path / "before").write_text(json.dumps(older), encoding="utf-8")
    monkeypatch.setenv("ETBUILD_BEFORE", f"{tmp_path}/before")
    [flash] = judged(tmp_path, report(), "flash=400")
    assert flash["notes"] == (
        "since the last good build: +250 bytes",
        "grown by operator, in bytes: aten::add.out +300",
        "grown by symbol, in bytes: add +300",
        "grown by tensor, in bytes: net: int8[4] +4",
    )
    (tmp_path / "before").write_text("half a rep", encoding="utf-8")
    [flash] = judged(tmp_path, report(), "flash=400")
    assert flash["notes"][0].startswith("the largest by part")


def test_what_is_largest_and_what_grew_are_of_one_memory() -> None:
    assert list(largest(report(), "ram")) == [
        "the largest by part, in bytes: stack 90, rest 10",
        "the largest by symbol, in bytes: s 10",
    ]
    assert list(grown(report(), report(), "flash")) == []


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=40), st.floats(1, 2000), st.floats(1, 2000))
def test_rectangles_have_the_areas_that_they_stand_for_and_stay_inside(
    weights: list[int], width: float, height: float
) -> None:
    ranked = sorted(weights, reverse=True)
    boxes = cut(Box(5, 7, width, height), ranked)
    assert len(boxes) == len(ranked)
    for box, weight in zip(boxes, ranked, strict=True):
        assert box.width * box.height == pytest.approx(weight / sum(ranked) * width * height, rel=1e-6)
        assert box.x >= 5 - 1e-6
        assert box.x + box.width <= 5 + width + 1e-6
        assert box.y >= 7 - 1e-6
        assert box.y + box.height <= 7 + height + 1e-6


def test_what_is_drawn_is_escaped() -> None:
    drawn = page("//a:<b>", {**report(), "within": {"app": {"f<int>": 9}}, "arenas": []})
    assert "//a:&lt;b&gt;" in drawn
    assert "f&lt;int&gt;: 9 B" in drawn
