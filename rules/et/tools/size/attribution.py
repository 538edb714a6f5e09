"""Whose the pieces of a program are: which part's, which operator's, which symbol's. Reads no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from size.kernel_facts import Kernel
from size.link_map import TABLES, Piece

ZEROED = "zeroed"
"""What takes memory, and nothing of the file."""
_RUNTIME = ("N10executorch", "executorch_flatbuffer", "7etbuild14Compiled")
_KERNELS = ("N7etbuild7kernels", "N7etbuild5boxed")
_PROGRAM = ("etbuild_program_", "_ZN8programs")


@dataclass
class Sizes:
    """Bytes by what they are."""

    file: int
    kinds: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    operators: Counter[str] = field(default_factory=Counter)
    """By operator; those of one source that cannot be told apart stand together."""
    dtypes: dict[str, str] = field(default_factory=dict)
    """By the same: what they are compiled for."""
    symbols: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Return them for --json."""
        operators = {
            name: {"bytes": size, "dtypes": self.dtypes.get(name, "")} for name, size in sorted(self.operators.items())
        }
        tables = {name: dict(sorted(getattr(self, name).items())) for name in ("kinds", "parts", "symbols")}
        return {"file_bytes": self.file, **tables, "operators": operators}


def attribute(file: int, pieces: Iterable[Piece], kernels: Sequence[Kernel], objects: frozenset[str]) -> Sizes:
    """Return what takes how much; `objects` are those of kernels. Symbols are as the linker knows them."""
    sizes = Sizes(file)
    by_function = {_mangled(kernel.function): kernel for kernel in kernels}
    together = _together(kernels)
    for kernel in kernels:
        sizes.dtypes[together[kernel.operator]] = ", ".join(kernel.dtypes) or "all dtypes"
    for piece in pieces:
        member = piece.object.rpartition("(")[2].rstrip(")").rpartition("/")[2]
        owner = _owner(piece, by_function) or next((each for each in kernels if each.object == member), None)
        sizes.kinds[piece.kind] += piece.nbytes
        if piece.kind == ZEROED:
            continue
        if owner and piece.kind != TABLES:
            sizes.operators[together[owner.operator]] += piece.nbytes
        sizes.parts["kernels" if owner else _part(piece, member in objects)] += piece.nbytes
        if piece.symbol:
            sizes.symbols[piece.symbol] += piece.nbytes
    return sizes


def _together(kernels: Sequence[Kernel]) -> Mapping[str, str]:
    """Return by operator how it is shown: with the others of its source."""
    of = {kernel.operator: kernel.object or kernel.operator for kernel in kernels}
    return {name: ", ".join(each for each in of if of[each] == source) for name, source in of.items()}


def _owner(piece: Piece, by_function: Mapping[str, Kernel]) -> Kernel | None:
    return next((kernel for name, kernel in by_function.items() if piece.symbol.startswith(name)), None)


def _mangled(function: str) -> str:
    return "_ZN" + "".join(f"{len(word)}{word}" for word in function.split("::")) + "E"


def _part(piece: Piece, is_kernels: bool) -> str:
    if not piece.object or piece.kind == TABLES:
        return "linker"
    if piece.symbol.startswith(_PROGRAM):
        return "programs"
    if is_kernels or any(word in piece.symbol for word in _KERNELS):
        return "kernels"
    if any(word in piece.symbol for word in _RUNTIME):
        return "runtime"
    return "start-up and C library" if piece.object.startswith("/usr/") else "app"
