"""Words the sources that hold programs and their methods' memory in an image. Reads no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from image.method_memory import Allocation, allocations
from pte.program import Method, Program

SEGMENT_ALIGNMENT = 128
"""What the writer of programs aligns segments to: delegates' data may count on it."""
ALIGNMENT = 16
"""What it aligns tensors to, and the flatbuffer."""

SECTIONS = {
    "elf": ('.section .rodata.{symbol},"a",%progbits', ""),
    "coff": ('.section .rdata,"dr"', ""),
    "macho": (".const", "_"),
    "wasm": ('.section .rodata.{symbol},"",@\n.type {symbol},@object', ""),
}
"""By the objects' form: where constants go, and what C's names begin with."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A program of an image."""

    name: str
    """A C++ name."""
    path: str
    program: Program

    @property
    def symbol(self) -> str:
        """The linker's name of its bytes."""
        return f"etbuild_program_{self.name}"

    @property
    def alignment(self) -> int:
        """What its first byte must be aligned to, for all in it to be as the writer placed it."""
        return SEGMENT_ALIGNMENT if any("delegates" in s.holds for s in self.program.segments) else ALIGNMENT

    @property
    def methods(self) -> tuple[Method, ...]:
        """Those that compute: others only give a constant, and need no memory that lasts."""
        return self.program.methods


def assembly(programs: Sequence[Embedded], form: str) -> str:
    """Return the assembly that places each program's bytes among the constants."""
    section, prefix = SECTIONS[form]
    lines = []
    for each in programs:
        symbol = prefix + each.symbol
        lines += [
            section.format(symbol=symbol),
            f".globl {symbol}",
            f".balign {each.alignment}",
            f"{symbol}:",
            f'.incbin "{each.path}"',
            *([f".size {symbol}, . - {symbol}"] if form in {"elf", "wasm"} else ()),
        ]
    return "\n".join((*lines, ""))


def header(programs: Sequence[Embedded], owner: str) -> str:
    """Return programs.h."""
    lines = [
        f"// The programs of {owner}, and memory for their methods.",
        "#pragma once",
        "",
        "#include <executorch/runtime/executor/memory_manager.h>",
        "",
        "#include <cstddef>",
        "#include <cstdint>",
        "",
        '#include "method_memory.h"',
        "",
    ]
    lines += [f'extern "C" const uint8_t {each.symbol}[];' for each in programs]
    for each in programs:
        lines += ["", f"namespace programs::{each.name} {{", ""]
        lines += [
            f"inline constexpr size_t size = {each.program.file_bytes};",
            f"inline const uint8_t* const data = {each.symbol};",
        ]
        for method in each.methods:
            lines += _declaration(method)
        lines += ["", f"}}  // namespace programs::{each.name}"]
    return "\n".join((*lines, ""))


def _declaration(method: Method) -> Iterator[str]:
    planned = method.buffer_sizes[1:]
    yield ""
    yield f"struct {identifier(method.name)} {{"
    yield f'  static constexpr const char* name = "{method.name}";'
    yield f"  // Bytes of planned memory: {', '.join(map(str, planned)) or 'none'}."
    yield f"  static constexpr size_t planned_bytes = {sum(planned)};"
    yield "  // What loading the method takes."
    yield "  static constexpr size_t method_bytes = executorch::runtime::internal::method_bytes({"
    yield from _wrapped(allocations(method))
    yield "  });"
    yield "  // Static memory, emptied: for one loaded method at a time."
    yield "  static executorch::runtime::MemoryManager* memory();"
    yield "};"


def _wrapped(found: Sequence[Allocation]) -> Iterator[str]:
    words = [f"{{executorch::runtime::internal::Part::{kind}, {count}}}," for kind, count in found]
    yield from (f"      {word}" for word in words)


def definitions(programs: Sequence[Embedded], sections: Mapping[int, str], temp: int) -> str:
    """Return programs.cpp: the arenas, each in the section that its memory id is given, and the managers of them."""
    lines = ['#include "programs.h"', "", "#include <new>", "", "namespace {", ""]
    lines += ["using executorch::runtime::HierarchicalAllocator;", "using executorch::runtime::MemoryAllocator;"]
    lines += ["using executorch::runtime::MemoryManager;", "using executorch::runtime::Span;", ""]
    lines += [f"alignas(16) uint8_t temp_memory[{max(temp, 1)}];", "", "}  // namespace"]
    for each in programs:
        lines += ["", f"namespace programs::{each.name} {{"]
        for method in each.methods:
            lines += _definition(method, sections, temp)
        lines += ["", f"}}  // namespace programs::{each.name}"]
    return "\n".join((*lines, ""))


def _definition(method: Method, sections: Mapping[int, str], temp: int) -> Iterator[str]:
    name = identifier(method.name)
    planned = list(enumerate(method.buffer_sizes))[1:]
    yield from ("", "namespace {", "")
    for at, size in planned:
        place = f' __attribute__((section("{sections[at]}")))' if at in sections else ""
        yield f"alignas(16) uint8_t {name}_memory_{at}[{max(size, 1)}]{place};"
    yield f"alignas(8) uint8_t {name}_method_memory[{name}::method_bytes];"
    yield f"Span<uint8_t> {name}_planned[{max(len(planned), 1)}];"
    kinds = {"method": "MemoryAllocator", "temp": "MemoryAllocator", "planned": "HierarchicalAllocator"}
    for what, kind in kinds.items():
        yield f"alignas({kind}) uint8_t {name}_{what}_allocator[sizeof({kind})];"
    yield f"alignas(MemoryManager) uint8_t {name}_manager[sizeof(MemoryManager)];"
    yield from ("", "}  // namespace", "")
    yield f"MemoryManager* {name}::memory() {{"
    for index, (at, size) in enumerate(planned):
        yield f"  {name}_planned[{index}] = {{{name}_memory_{at}, {size}}};"
    yield f"  auto* method = new ({name}_method_allocator) MemoryAllocator({name}::method_bytes, {name}_method_memory);"
    yield f"  auto* temp = new ({name}_temp_allocator) MemoryAllocator({temp}, temp_memory);"
    yield f"  auto* planned = new ({name}_planned_allocator) HierarchicalAllocator({{{name}_planned, {len(planned)}}});"
    yield f"  return new ({name}_manager) MemoryManager(method, planned, temp);"
    yield "}"


def identifier(name: str) -> str:
    """Return a C++ name for the name of a program or method."""
    text = "".join(c if c.isalnum() and c.isascii() else "_" for c in name)
    return f"_{text}" if not text or text[0].isdigit() else text
