"""Whose the pieces of a program are: which part's, which operator's, which symbol's. Reads no files."""

from __future__ import annotations

import re
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
_PROGRAM = ("etbuild_program_", "etbuild_file_", "_ZN8programs")
_ARENA = re.compile(r"_ZN8programs.*_memory_\d+E$")
_TEMPORARY = "_ZN12_GLOBAL__N_111temp_memoryE"


@dataclass(frozen=True, slots=True)
class Owners:
    """What a rule knows of a link: parts by archive, by symbol that an archive defines, by what paths begin with."""

    archives: Mapping[str, str] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)


NOBODY = Owners()


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
    within: dict[str, Counter[str]] = field(default_factory=dict)
    """By part: its operators, and symbols that are no operator's."""

    def as_json(self) -> dict[str, Any]:
        """Return them for --json."""
        operators = {
            name: {"bytes": size, "dtypes": self.dtypes.get(name, "")} for name, size in sorted(self.operators.items())
        }
        tables = {name: dict(sorted(getattr(self, name).items())) for name in ("kinds", "parts", "symbols")}
        return {"file_bytes": self.file, **tables, "operators": operators}


def attribute(
    file: int,
    pieces: Iterable[Piece],
    kernels: Sequence[Kernel],
    objects: frozenset[str],
    owners: Owners = NOBODY,
) -> Sizes:
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
        part = "kernels" if owner else _part(piece, owners, is_kernels=member in objects)
        sizes.parts[part] += piece.nbytes
        name = together[owner.operator] if owner and piece.kind != TABLES else piece.symbol
        sizes.within.setdefault(part, Counter())[name] += piece.nbytes
        if piece.symbol:
            sizes.symbols[piece.symbol] += piece.nbytes
    return sizes


def memory_use(piece: Piece) -> str:
    """Return what a piece is for that takes memory which can be written."""
    if "stack" in piece.section:
        return "stack"
    if "heap" in piece.section:
        return "heap"
    if _ARENA.search(piece.symbol):
        return "arena"
    if piece.symbol == _TEMPORARY:
        return "temporary"
    if piece.symbol.startswith("etbuild_"):
        return "programs"
    return "methods" if piece.symbol.startswith(_PROGRAM) else "rest"


def _together(kernels: Sequence[Kernel]) -> Mapping[str, str]:
    """Return by operator how it is shown: with the others of its source."""
    of = {kernel.operator: kernel.object or kernel.operator for kernel in kernels}
    return {name: ", ".join(each for each in of if of[each] == source) for name, source in of.items()}


def _owner(piece: Piece, by_function: Mapping[str, Kernel]) -> Kernel | None:
    return next((kernel for name, kernel in by_function.items() if piece.symbol.startswith(name)), None)


def _mangled(function: str) -> str:
    return "_ZN" + "".join(f"{len(word)}{word}" for word in function.split("::")) + "E"


def _part(piece: Piece, owners: Owners, *, is_kernels: bool) -> str:
    archive, symbol = piece.object.partition("(")[0], piece.symbol.partition(".")[0]
    if symbol.startswith(_PROGRAM):
        return "programs"
    if known := owners.archives.get(archive) or owners.symbols.get(symbol):
        return known
    if is_kernels or any(word in symbol for word in _KERNELS):
        return "kernels"
    if any(word in symbol for word in _RUNTIME):
        return "runtime"
    if not piece.object or piece.kind == TABLES:
        return "linker"
    found = next((part for start, part in owners.folders.items() if archive.startswith(start)), "")
    return found or ("C library" if archive.startswith("/usr/") else "app")
