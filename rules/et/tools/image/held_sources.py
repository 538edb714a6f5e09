"""Words the sources of an image whose runtime is another's: the programs' bytes, and no memory. Reads no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from image.image_sources import Embedded, assembly, bytes_of, pieces
from image.names import described, identifier
from image.proof_sources import CALLS, recorded_calls

__all__ = ["assembly", "definitions", "header", "pieces"]


def header(programs: Sequence[Embedded], owner: str) -> str:
    """Return programs.h."""
    lines = [f"// The programs of {owner}.", "#pragma once", ""]
    lines += ["#include <executorch/runtime/core/span.h>", "", "#include <cstddef>", "#include <cstdint>", ""]
    lines += [f'extern "C" const uint8_t {piece.symbol}[];' for each in programs for piece in each.files()]
    if any(each.proofs for each in programs):
        lines += ["", *CALLS]
    for each in programs:
        lines += ["", f"namespace programs::{each.name} {{", "", *bytes_of(each)]
        for method in each.program.methods:
            lines += ["", f"struct {identifier(method.name)} {{"]
            lines += described(method)
            if method.name in each.proofs:
                lines += ["  // What it was proven with.", "  static executorch::runtime::Span<const Call> calls();"]
            lines += ["};"]
        lines += ["", f"}}  // namespace programs::{each.name}"]
    return "\n".join((*lines, ""))


def definitions(programs: Sequence[Embedded], tiers: Mapping[int, str], temp: int) -> str:
    """Return programs.cpp: what methods were proven with."""
    del tiers, temp
    lines = ['#include "programs.h"', "", "using executorch::runtime::Span;"]
    for each in programs:
        lines += ["", f"namespace programs::{each.name} {{"]
        for proof in each.proofs.values():
            lines += recorded_calls(each.symbol, proof)
        lines += ["", f"}}  // namespace programs::{each.name}"]
    return "\n".join((*lines, ""))
