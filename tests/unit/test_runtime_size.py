"""benchmarks/runtime_size.py: what of a map counts, and when a figure has grown too much."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))

import runtime_size

MAP = """
Discarded input sections

 .text.unused   0x00000000       0xff a/lib.a(gone.o)

Linker script and memory map

LOAD a/lib.a
.text           0x00000000      0x120
 *(.text .text.*)
 .text.main     0x00000000       0x10 a/main.o
 .text._ZN10a_long_nameE
                0x00000010       0x20 a/lib.a(used.o)
 .rodata.table  0x00000030        0x8 a/lib.a(used.o)
.bss            0x20000000      0x400
 .bss.buffer    0x20000000      0x400 a/lib.a(used.o)
.data           0x20000400        0x4 load address 0x00000120
 .data          0x20000400        0x4 a/main.o
"""


def test_what_lies_in_flash_is_counted_by_object() -> None:
    assert runtime_size.linked_bytes(MAP) == {"main.o": 20, "lib.a(used.o)": 40}


def test_three_percent_more_is_too_much() -> None:
    before = {"core": 1000, "app": 1000}
    assert runtime_size.growth(before, {"core": 1030, "app": 900}) == []
    assert runtime_size.growth(before, {"core": 1031, "app": 900}) == [
        "core must be 1030 bytes at most (3 % above 1000), is 1031"
    ]
