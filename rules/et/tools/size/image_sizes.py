"""Measures an image: what takes how much of each memory, by part, operator, symbol and tensor. Judges nothing."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import run_tool
from image.names import identifier
from pte.program import Program
from pte.reader import read_program
from size.attribution import Owners, Sizes, attribute, memory_use
from size.kernel_facts import Kernel, read_kernels
from size.link_map import Piece, Region, read_map, read_regions
from size.page import page
from size.symbols import Symbol, as_pieces, defined_by, split, symbols_of
from size.tensors import arenas, tensors


def main(argv: Sequence[str]) -> None:
    """Write the sizes, and where it is asked for a page that draws them."""
    arguments = _parser().parse_args(argv)
    report = measure(arguments, os.environ.get("CC_NM", "").split())
    Path(arguments.output).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if arguments.page:
        Path(arguments.page).write_text(page(arguments.title, report), encoding="utf-8")


def measure(arguments: argparse.Namespace, nm: Sequence[str]) -> dict[str, Any]:
    """Return the report that docs/design/budgets.md describes."""
    image = Path(arguments.image)
    symbols = symbols_of(nm, str(image))
    text = Path(arguments.map).read_text(encoding="utf-8", errors="replace") if arguments.map else ""
    pieces = tuple(split(read_map(text), symbols)) if text else as_pieces(symbols)
    programs = {name: read_program(Path(path)) for name, path in _pairs(arguments.program)}
    sizes = attribute(image.stat().st_size, pieces, _kernels(arguments), frozenset(), _owners(arguments, nm))
    for name, program in programs.items():
        _open(sizes.within.get("programs", Counter()), name, program)
    return {
        **_named(sizes, {symbol.name: symbol.text for symbol in symbols}),
        "memories": {region.name: _memory(region, pieces, symbols) for region in read_regions(text)},
        "tensors": _tensors(programs),
        "arenas": [arena for name, program in programs.items() for arena in arenas(name, program)],
    }


def _named(sizes: Sizes, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return sizes as JSON, with symbols as C++ has them."""
    said = sizes.as_json()
    said["symbols"] = _summed((texts.get(name, name), nbytes) for name, nbytes in sizes.symbols.items())
    said["within"] = {
        part: _summed((texts.get(name, name) or "(others)", nbytes) for name, nbytes in found.items())
        for part, found in sorted(sizes.within.items())
    }
    return said


def _open(held: Counter[str], name: str, program: Program) -> None:
    """Tell a program's constants apart."""
    constants = Counter(_summed((called, size) for role, called, size in tensors(name, program) if role == "constant"))
    for symbol in (f"etbuild_program_{identifier(name)}", f"etbuild_program_{identifier(name)}_constants"):
        if held[symbol] >= constants.total() > 0:
            held[symbol] -= constants.total()
            held.update(constants)
            return


def _memory(region: Region, pieces: Iterable[Piece], symbols: Sequence[Symbol]) -> dict[str, Any]:
    inside = [piece for piece in pieces if region.name in piece.memories]
    texts = {symbol.name: symbol.text for symbol in symbols}
    said: dict[str, Any] = {
        "bytes": sum(piece.nbytes for piece in inside),
        "size": region.nbytes,
        "writable": region.writable,
    }
    if region.writable:
        said["parts"] = _summed((memory_use(piece), piece.nbytes) for piece in inside)
        said["symbols"] = _summed((texts.get(p.symbol, p.symbol) or "(others)", p.nbytes) for p in inside)
    return said


def _tensors(programs: Mapping[str, Program]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {"constant": Counter(), "planned": Counter()}
    for name, program in programs.items():
        for role, called, nbytes in tensors(name, program):
            found[role][called] += nbytes
    return {role: _summed(sizes.items()) for role, sizes in found.items()}


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for name, nbytes in pairs:
        total[name] += nbytes
    return dict(sorted(total.items()))


def _kernels(arguments: argparse.Namespace) -> list[Kernel]:
    return [kernel for path in arguments.kernels for kernel in read_kernels(Path(path).read_text(encoding="utf-8"))]


def _owners(arguments: argparse.Namespace, nm: Sequence[str]) -> Owners:
    archives = {path: part for part, path in _pairs(arguments.archive)}
    symbols: dict[str, str] = {}
    for part in dict.fromkeys(archives.values()):
        for symbol in defined_by(nm, [path for path, owner in archives.items() if owner == part]):
            symbols.setdefault(symbol, part)
    return Owners(archives, symbols, {start: part for part, start in _pairs(arguments.folder)})


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    return [(first, second) for first, _, second in (word.partition("=") for word in words)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="image_sizes", description=__doc__, allow_abbrev=False)
    parser.add_argument("--image", required=True)
    parser.add_argument("--map", default="", help="the linker's, in GNU ld's form")
    parser.add_argument("--program", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--kernels", action="append", default=[], help="what a choice of kernels says of them")
    parser.add_argument("--archive", action="append", default=[], metavar="PART=PATH")
    parser.add_argument("--folder", action="append", default=[], metavar="PART=BEGINNING")
    parser.add_argument("--title", default="")
    parser.add_argument("--page", default="")
    parser.add_argument("--output", required=True)
    return parser


if __name__ == "__main__":
    sys.exit(run_tool(main, sys.argv[1:]))
