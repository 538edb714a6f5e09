"""size: what a linker's map and a program's actions say, and whose each piece is."""

from __future__ import annotations

from collections import Counter

import pytest

from size.attribution import Sizes, attribute
from size.kernel_facts import Kernel, kernels_of, objects_of_kernels
from size.link_map import Piece, read_map
from size.size import name_of
from size.size_text import render

MAP = """
Memory Configuration

Linker script and memory map

LOAD a.o
.text           0x0000000000001000       0x60
 *(.text .stub .text.*)
 .text.startup.main
                0x0000000000001000       0x10 _cc/app/main.o
 .text._ZN2my5twiceEv
                0x0000000000001010       0x20 libkernels.a(op_twice.cpp.o)
 .text.unlikely
                0x0000000000001030        0x0 libkernels.a(op_twice.cpp.o)
 *fill*         0x0000000000001030       0x10
 .text          0x0000000000001040       0x20 /usr/lib/crt1.o
.rodata         0x0000000000002000       0x10
 .rodata.str1.1
                0x0000000000002000       0x30 libkernels.a(op_twice.cpp.o)
                                         0x40 (size before relaxing)
.bss            0x0000000000003000      0x100
 .bss.arena     0x0000000000003000      0x100 _cc/app/main.o
.comment        0x0000000000000000       0x27
 .comment       0x0000000000000000       0x27 _cc/app/main.o
"""
TWICE = Kernel("my::twice.out", "my::twice", "op_twice.cpp.o", ("float32",))


def test_a_map_is_read_piece_by_piece_and_adds_up_to_its_sections() -> None:
    assert read_map(MAP) == (
        Piece("code", "main", "_cc/app/main.o", 16),
        Piece("code", "_ZN2my5twiceEv", "libkernels.a(op_twice.cpp.o)", 32),
        Piece("code", "", "/usr/lib/crt1.o", 32),
        Piece("code", "", "", 16),
        # Merged: it was 48 bytes before.
        Piece("constants", "", "libkernels.a(op_twice.cpp.o)", 16),
        Piece("zeroed", "arena", "_cc/app/main.o", 256),
    )


@pytest.mark.parametrize(("label", "name"), [("//a:b", "b"), ("//a/b", "b"), ("@r//a/b:c", "c"), ("//:b", "b")])
def test_a_map_has_the_name_of_its_target(label: str, name: str) -> None:
    assert name_of(label) == name


def test_an_operator_has_all_of_its_source_and_what_is_zeroed_counts_for_nobody() -> None:
    sizes = attribute(500, read_map(MAP), [TWICE], frozenset({"op_twice.cpp.o"}))
    assert sizes.operators == {"my::twice.out": 48}
    assert sizes.dtypes == {"my::twice.out": "float32"}
    assert sizes.parts == {"app": 16, "kernels": 48, "C library": 32, "linker": 16}
    assert sizes.kinds == {"code": 96, "constants": 16, "zeroed": 256}
    assert sizes.symbols == {"main": 16, "_ZN2my5twiceEv": 32}


def test_what_was_optimized_when_linking_is_told_by_its_symbol() -> None:
    linked = read_map(MAP.replace("libkernels.a(op_twice.cpp.o)", "x.ltrans0.o"))
    assert attribute(500, linked, [TWICE], frozenset()).operators == {"my::twice.out": 32}


def test_operators_of_one_source_stand_together() -> None:
    thrice = Kernel("my::thrice.out", "my::thrice", "op_twice.cpp.o", ("float32",))
    sizes = attribute(500, read_map(MAP), [thrice, TWICE], frozenset())
    assert sizes.operators == {"my::thrice.out, my::twice.out": 48}


def test_actions_say_which_kernels_there_are_and_for_which_dtypes() -> None:
    def action(mnemonic: str, *argv: str, inputs: tuple[str, ...] = (), made: str = "") -> dict[str, object]:
        return {
            "mnemonic": mnemonic,
            "argv": argv,
            "inputs": inputs,
            "outputs": [made],
            "places": [["k.toml", "p/k.toml"]],
        }

    made = "p/_cc/catalog/0123456789abcdef/42/"
    actions = [
        action("EtSelectKernels", inputs=("k.toml", "op.cpp")),
        action("EtWrite", "x.cpp", '  Kernel("my::twice.out", ::my::twice),', '  Kernel("my::s.out", ::my::s),'),
        action("CcCompile", made=f"{made}op_twice.cpp.o"),
        action("CcCompile", made=f"{made}_et/catalog/01/boxed_op_s.cpp.o"),
        action("CcCompile", made="p/_cc/catalog/0123456789abcdef/all/shared.cpp.o"),
        action("CcCompile", made="p/_cc/app/main.cpp.o"),
    ]
    toml = b'"my::twice.out" = { source = "op_twice.cpp" }\n"my::s.out" = { source = "op_s.cpp" }\n'
    found = kernels_of(actions, lambda path: toml if path == "p/k.toml" else None)
    assert found == (
        Kernel("my::s.out", "my::s", "boxed_op_s.cpp.o", ("int8", "float32")),
        Kernel("my::twice.out", "my::twice", "op_twice.cpp.o", ("int8", "float32")),
    )
    assert objects_of_kernels(actions) == {"op_twice.cpp.o", "boxed_op_s.cpp.o", "shared.cpp.o"}


def test_the_text_has_what_differs_largest_first_and_what_dtypes_came() -> None:
    before = Sizes(
        100, Counter(code=50), Counter(kernels=50), Counter({"a": 10, "b": 5}), {"a": "float32", "b": "bool"}
    )
    now = Sizes(1300, Counter(code=1250), Counter(kernels=1250), Counter({"a": 1200, "c": 6}), {"a": "float32, int8"})
    assert "\n".join(render("//x:y", now, before, "HEAD", 2)) == (
        "//x:y  1,300 bytes, +1,200 against HEAD (100)\n"
        "\n"
        "     before         now      change  what\n"
        "         50       1,250      +1,200  code\n"
        "\n"
        "     before         now      change  part\n"
        "         50       1,250      +1,200  kernels\n"
        "\n"
        "     before         now      change  operator\n"
        "         10       1,200      +1,190  a  float32, int8 (before: float32)\n"
        "          -           6          +6  c\n"
        "             and 1 more"
    )
    assert list(render("//x:y", now, now, "HEAD", 2)) == ["//x:y  1,300 bytes, as many as against HEAD"]
