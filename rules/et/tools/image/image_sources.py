"""Words the sources that hold programs and their methods' memory in an image. Reads no files but for their sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from image.method_memory import Allocation, allocations
from image.names import described, identifier
from image.proof_sources import CALLS, PROVEN, proven, recorded_calls
from image.recorded_calls import Proof
from pte.program import Method, Program

SEGMENT_ALIGNMENT = 128
"""What the writer of programs aligns segments to: delegates' data may count on it."""
ALIGNMENT = 16
"""What it aligns tensors to, and the flatbuffer."""
CACHE_LINE = 64
MAIN = "ram"
"""The memory that planned memory lies in of which nothing is said."""

SECTIONS = {
    "elf": ('.section .rodata.{symbol},"a",%progbits', ""),
    "bare": ('.section .rodata.{symbol},"a",%progbits', ""),
    "coff": ('.section .rdata,"dr"', ""),
    "macho": (".const", "_"),
    "wasm": ('.section .rodata.{symbol},"",@\n.type {symbol},@object', ""),
}
"""By the objects' form: where constants go, and what C's names begin with."""
HOT = '.section .hot.{tier}.{symbol},"aw",%progbits'
"""Where constants go that are copied to a memory of a board."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file, or a part of it, among the constants."""

    symbol: str
    path: str
    alignment: int
    span: tuple[int, int] | None = None
    """Offset and bytes; all of it if not given."""
    tier: str = ""
    """The memory that it is copied to at the start; none where it is read in place."""

    def nbytes(self) -> int:
        """Return its size."""
        return self.span[1] if self.span else Path(self.path).stat().st_size


@dataclass(frozen=True, slots=True)
class Embedded:
    """A program of an image."""

    name: str
    """A C++ name."""
    path: str
    program: Program
    proofs: Mapping[str, Proof]
    """By method."""
    tier: str = ""
    """The memory that it is copied to at the start."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """On a board: the most bytes of temporary memory that a call asks for, by method."""

    @property
    def symbol(self) -> str:
        """The linker's name of its bytes."""
        return f"etbuild_program_{self.name}"

    @property
    def alignment(self) -> int:
        """What its first byte must be aligned to, for all in it to be as the writer placed it."""
        return SEGMENT_ALIGNMENT if any("delegates" in s.holds for s in self.program.segments) else ALIGNMENT

    def files(self) -> Iterator[Piece]:
        """Yield what is held for it."""
        yield Piece(self.symbol, self.path, self.alignment, tier=self.tier)
        yield from self.proof_files()

    def proof_files(self) -> Iterator[Piece]:
        """Yield what its methods were proven with."""
        for name, proof in self.proofs.items():
            for what, path in (("inputs", proof.inputs), ("expected", proof.expected)):
                yield Piece(f"{self.symbol}_{identifier(name)}_{what}", path, ALIGNMENT)


def pieces(programs: Sequence[Embedded]) -> Iterator[Piece]:
    """Yield what is held of files: each program, and what it was proven with."""
    return (piece for each in programs for piece in each.files())


def assembly(programs: Sequence[Embedded], form: str) -> str:
    """Return the assembly that places each program's bytes among the constants."""
    return assembly_of(pieces(programs), form)


def assembly_of(pieces: Iterable[Piece], form: str) -> str:
    """Return the assembly that places `pieces`."""
    section, prefix = SECTIONS[form]
    lines = []
    for piece in pieces:
        symbol = prefix + piece.symbol
        span = "" if piece.span is None else f", {piece.span[0]}, {piece.span[1]}"
        lines += [
            HOT.format(tier=piece.tier, symbol=symbol) if piece.tier else section.format(symbol=symbol),
            f".globl {symbol}",
            f".balign {piece.alignment}",
            f"{symbol}:",
            f'.incbin "{piece.path}"{span}',
            *([f".size {symbol}, . - {symbol}"] if form in {"elf", "bare", "wasm"} else ()),
        ]
    if form == "elf":
        lines.append('.section .note.GNU-stack,"",%progbits')  # Without it, Linux makes the stack executable.
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
    lines += [f'extern "C" const uint8_t {piece.symbol}[];' for each in programs for piece in each.files()]
    if any(each.proofs for each in programs):
        lines += ["", *CALLS, "", *PROVEN]
    for each in programs:
        lines += ["", f"namespace programs::{each.name} {{", ""]
        lines += bytes_of(each)
        for method in each.program.methods:
            lines += _declaration(method, each)
        lines += ["", f"}}  // namespace programs::{each.name}"]
    return "\n".join((*lines, ""))


def bytes_of(program: Embedded) -> tuple[str, str]:
    """Return the lines that declare where a program is."""
    return (
        f"inline constexpr size_t size = {program.program.file_bytes};",
        f"inline const uint8_t* const data = {program.symbol};",
    )


def _declaration(method: Method, program: Embedded) -> Iterator[str]:
    planned = method.buffer_sizes[1:]
    yield ""
    yield f"struct {identifier(method.name)} {{"
    yield from described(method)
    yield f"  // Bytes of planned memory: {', '.join(map(str, planned)) or 'none'}."
    yield f"  static constexpr size_t planned_bytes = {sum(planned)};"
    if method.name in program.asked:
        yield "  // Bytes of temporary memory: the most that a call asks for."
        yield f"  static constexpr size_t temp_bytes = {program.asked[method.name]};"
    yield "  // What loading the method takes."
    yield "  static constexpr size_t method_bytes = executorch::runtime::internal::method_bytes({"
    yield from _wrapped(allocations(method))
    yield "  });"
    yield "  // Static memory, emptied: for one loaded method at a time."
    yield "  static executorch::runtime::MemoryManager* memory();"
    if method.name in program.proofs:
        yield "  // What it was proven with."
        yield "  static executorch::runtime::Span<const Call> calls();"
    yield "};"


def _wrapped(found: Sequence[Allocation]) -> Iterator[str]:
    words = [f"{{executorch::runtime::internal::Part::{kind}, {count}}}," for kind, count in found]
    yield from (f"      {word}" for word in words)


def definitions(programs: Sequence[Embedded], tiers: Mapping[int, str], temp: int) -> str:
    """Return programs.cpp: the arenas, each in the memory that its id is given, and the managers of them."""
    lines = ['#include "programs.h"', "", "#include <new>", "", "namespace {", ""]
    lines += ["using executorch::runtime::HierarchicalAllocator;", "using executorch::runtime::MemoryAllocator;"]
    lines += ["using executorch::runtime::MemoryManager;", "using executorch::runtime::Span;", ""]
    lines += [f"alignas({temp_alignment(temp)}) uint8_t temp_memory[{max(temp, 1)}];", "", "}  // namespace"]
    for each in programs:
        lines += ["", f"namespace programs::{each.name} {{"]
        for method in each.program.methods:
            lines += _definition(each, method, tiers, temp)
            if method.name in each.proofs:
                lines += recorded_calls(each.symbol, each.proofs[method.name])
        lines += ["", f"}}  // namespace programs::{each.name}"]
    found = [
        (each.name, method.name, each.asked.get(method.name, 0))
        for each in programs
        for method in each.program.methods
        if method.name in each.proofs
    ]
    return "\n".join((*lines, *(proven(found) if found else ()), ""))


def temp_alignment(temp: int) -> int:
    """Return what so much temporary memory is aligned to: kernels ask for lines of a cache."""
    return CACHE_LINE if temp >= CACHE_LINE else ALIGNMENT


def _definition(program: Embedded, method: Method, tiers: Mapping[int, str], temp: int) -> Iterator[str]:
    name = identifier(method.name)
    planned = list(enumerate(method.buffer_sizes))[1:]
    yield from ("", "namespace {", "")
    yield from arenas(program, method, tiers)
    yield f"alignas(8) uint8_t {name}_method_memory[{name}::method_bytes];"
    yield f"Span<uint8_t> {name}_planned[{max(len(planned), 1)}];"
    kinds = {"method": "MemoryAllocator", "temp": "MemoryAllocator", "planned": "HierarchicalAllocator"}
    for what, kind in kinds.items():
        yield f"alignas({kind}) uint8_t {name}_{what}_allocator[sizeof({kind})];"
    yield f"alignas(MemoryManager) uint8_t {name}_manager[sizeof(MemoryManager)];"
    yield from ("", "}  // namespace", "")
    yield f"MemoryManager* {name}::memory() {{"
    buffers = f"{name}_planned, size_t{{{len(planned)}}}"
    for index, (at, size) in enumerate(planned):
        yield f"  {name}_planned[{index}] = {{{name}_memory_{at}, {size}}};"
    yield f"  auto* method = new ({name}_method_allocator) MemoryAllocator({name}::method_bytes, {name}_method_memory);"
    yield f"  auto* temp = new ({name}_temp_allocator) MemoryAllocator({temp}, temp_memory);"
    yield f"  auto* planned = new ({name}_planned_allocator) HierarchicalAllocator({{{buffers}}});"
    yield f"  return new ({name}_manager) MemoryManager(method, planned, temp);"
    yield "}"


def arenas(program: Embedded, method: Method, tiers: Mapping[int, str]) -> Iterator[str]:
    """Yield the planned memory of `method`."""
    for at, size in list(enumerate(method.buffer_sizes))[1:]:
        name = f"{identifier(method.name)}_memory_{at}"
        section = f".bss.tier.{tiers[at]}.{program.name}_{name}" if tiers.get(at, MAIN) != MAIN else ""
        place = f' __attribute__((section("{section}")))' if section else ""
        yield f"alignas(16) uint8_t {name}[{max(size, 1)}]{place};"
