"""Words the sources of an image whose methods are compiled plans: constants alone, no program. Reads no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from image.compiled_plan import definition
from image.image_sources import ALIGNMENT, Embedded, Piece, arenas, assembly_of, temp_alignment
from image.names import described, identifier
from image.needed_values import needed_values
from image.proof_sources import CALLS, recorded_calls
from pte.program import Method


def pieces(programs: Sequence[Embedded]) -> Iterator[Piece]:
    """Yield what is held of files: each program's constants, and what it was proven with."""
    for each in programs:
        for segment in each.program.segments:
            if "constants" in segment.holds:
                yield Piece(_constants(each), each.path, ALIGNMENT, (segment.offset, segment.nbytes), each.tier)
        yield from each.proof_files()


def _constants(program: Embedded) -> str:
    return f"{program.symbol}_constants"


def assembly(programs: Sequence[Embedded], form: str) -> str:
    """Return the assembly that places them."""
    return assembly_of(pieces(programs), form)


def header(programs: Sequence[Embedded], owner: str) -> str:
    """Return programs.h."""
    lines = [f"// The programs of {owner}: methods as tables, in static memory.", "#pragma once", ""]
    lines += ['#include "compiled_method.h"', ""]
    lines += [f'extern "C" const uint8_t {piece.symbol}[];' for piece in pieces(programs)]
    if any(each.proofs for each in programs):
        lines += ["", *CALLS]
    for each in programs:
        lines += ["", f"namespace programs::{each.name} {{"]
        for method in each.program.methods:
            lines += _declaration(method, proven=method.name in each.proofs)
        lines += ["", f"}}  // namespace programs::{each.name}"]
    return "\n".join((*lines, ""))


def _declaration(method: Method, *, proven: bool) -> Iterator[str]:
    yield ""
    yield f"struct {identifier(method.name)} {{"
    yield from described(method)
    yield f"  static constexpr size_t planned_bytes = {sum(method.buffer_sizes[1:])};"
    yield "  // For one etbuild::CompiledMethod at a time."
    yield "  static const etbuild::CompiledPlan plan;"
    if proven:
        yield "  // What it was proven with."
        yield "  static executorch::runtime::Span<const Call> calls();"
    yield "};"


def definitions(programs: Sequence[Embedded], tiers: Mapping[int, str], temp: int) -> str:
    """Return programs.cpp: tables and memory."""
    lines = ['#include "programs.h"', "", "#include <new>", "", "namespace {", ""]
    lines += ["using executorch::runtime::EValue;", "using executorch::runtime::MemoryAllocator;"]
    lines += ["using executorch::runtime::OpFunction;", "using executorch::runtime::Span;"]
    lines += ["using executorch::runtime::etensor::TensorImpl;"]
    if temp:
        lines += ["", f"alignas({temp_alignment(temp)}) uint8_t temp_memory[{temp}];"]
        lines += ["alignas(MemoryAllocator) uint8_t temp_allocator[sizeof(MemoryAllocator)];", ""]
        lines += ["MemoryAllocator* temp() {"]
        lines += [f"  return new (temp_allocator) MemoryAllocator({temp}, temp_memory);", "}"]
    lines += ["", "}  // namespace"]
    for each in programs:
        lines += ["", f"namespace programs::{each.name} {{"]
        for method in map(needed_values, each.program.methods):
            name = identifier(method.name)
            lines += ["", "namespace {", "", *arenas(each, method, tiers)]
            lines += [f"MemoryAllocator* (*const {name}_temp)() = {'temp' if temp else 'nullptr'};"]
            lines += definition(name, method, each.program.constant_offsets, _constants(each))
            if method.name in each.proofs:
                lines += recorded_calls(each.symbol, each.proofs[method.name])
        lines += ["", f"}}  // namespace programs::{each.name}"]
    return "\n".join((*lines, ""))
