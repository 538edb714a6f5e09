"""Writes the sources that hold programs in an image: their bytes, and static memory for their methods."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import mistake, run_tool
from image import compiled_sources, heapless, held_sources, image_sources, temp_memory, tiers
from image.backends import check as check_backends
from image.compiled_plan import check as check_compilable
from image.held_files import declarations, hold
from image.image_sources import SECTIONS, Embedded, assembly_of
from image.names import identifier
from image.pointer_limits import check as check_pointers
from image.recorded_calls import read_proof
from pte.reader import read_program

FORMS: dict[str, Any] = {"loaded": image_sources, "compiled": compiled_sources, "held": held_sources}
"""What words the sources, by what an image makes of methods."""


def main(argv: Sequence[str]) -> None:
    """Write programs.h, programs.cpp and programs.s, and what planned memory holds."""
    arguments = _parser().parse_args(argv)
    hot = dict(_pairs(arguments.hot))
    programs = [_embedded(word, arguments, hot) for word in arguments.program]
    places = {int(at): tier for at, tier in _pairs(arguments.tier)}
    folder = Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    files = [hold(path) for path in arguments.file]
    _check("programs", [each.name for each in programs])
    _check("files", [each.name for each in files])
    for each in programs:
        check_pointers(each.name, each.program, arguments.pointer_bits)
    if arguments.plan != "held":
        check_backends(programs, arguments.backend)
    if arguments.vectors is not None:
        heapless.check(programs)
    words = FORMS[arguments.plan]
    copied = [(piece, piece.nbytes()) for piece in words.pieces(programs) if piece.tier]
    tiers.check(programs, places, copied, {name: int(size) for name, size in _pairs(arguments.memory)})
    if arguments.plan == "compiled":
        for each in programs:
            check_compilable(each.name, each.program)
    temp, told, programs = _temp_memory(programs, arguments)
    for name, text in (
        ("programs.h", "\n".join((words.header(programs, arguments.owner), *declarations(files), ""))),
        ("programs.cpp", words.definitions(programs, places, temp)),
        (
            "programs.s",
            words.assembly(programs, arguments.form) + assembly_of((f.piece for f in files), arguments.form),
        ),
        ("contents.txt", "".join(f"{line}\n" for line in tiers.contents(programs, places, told))),
    ):
        (folder / name).write_text(text, encoding="utf-8")


def _temp_memory(
    programs: list[Embedded], arguments: argparse.Namespace
) -> tuple[int, list[tuple[int, str]], list[Embedded]]:
    """Return the bytes of temporary memory, and on a board what they are for, and the programs with what each asks."""
    if arguments.vectors is None:
        return arguments.temp_memory or 0, [], programs
    kernels = temp_memory.read_kernels((Path(toml), Path(python)) for toml, python in arguments.temp_memory_of)
    vectors = "" if arguments.vectors == "none" else arguments.vectors
    bound = temp_memory.bound(programs, kernels, vectors, is_given=arguments.temp_memory is not None)
    temp_memory.check(bound, arguments.temp_memory)
    size = bound.wanted.size if arguments.temp_memory is None else arguments.temp_memory
    told = [(size, f"temporary memory, most for {bound.wanted.place}")] if size and bound.wanted.size else []
    return size, told, [replace(each, asked=temp_memory.asked(bound, each)) for each in programs]


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (word.partition("=") for word in words)]


def _embedded(word: str, arguments: argparse.Namespace, hot: Mapping[str, str]) -> Embedded:
    [(name, path)] = _pairs([word])
    proofs = [read_proof(*words, giver=arguments.expected_of) for words in arguments.proof if words[0] == name]
    found = {proof.method: proof for proof in proofs}
    return Embedded(identifier(name), path, read_program(Path(path)), found, hot.get(name, ""))


def _check(what: str, names: Sequence[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise mistake("same-name", f"{what} must have different names in C++, {count} are called '{name}'", what)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="embed_programs", description=__doc__, allow_abbrev=False)
    parser.add_argument("--owner", required=True)
    parser.add_argument("--program", action="append", default=[], metavar="NAME=PATH")
    proof = ("PROGRAM", "METHOD", "FACTS", "INPUTS", "EXPECTED")
    parser.add_argument("--proof", action="append", nargs=5, default=[], metavar=proof)
    parser.add_argument("--expected-of", choices=("graph", "program"), default="graph")
    parser.add_argument("--file", action="append", default=[])
    parser.add_argument("--tier", action="append", default=[], metavar="ID=MEMORY")
    parser.add_argument("--hot", action="append", default=[], metavar="PROGRAM=MEMORY")
    parser.add_argument("--memory", action="append", default=[], metavar="NAME=BYTES")
    parser.add_argument("--backend", action="append", default=[], help="one that the image has")
    parser.add_argument("--pointer-bits", type=int, choices=(32, 64), default=64)
    parser.add_argument("--temp-memory", type=int, help="bytes; on a board what kernels ask for, if not given")
    parser.add_argument("--vectors", choices=("mve", "none", "plain"), help="on a board: what its kernels compute by")
    parser.add_argument("--temp-memory-of", action="append", nargs=2, default=[], metavar=("OPERATORS", "PYTHON"))
    parser.add_argument("--plan", choices=sorted(FORMS), default="loaded")
    parser.add_argument("--form", choices=sorted(SECTIONS), required=True)
    parser.add_argument("--output", required=True)
    return parser


if __name__ == "__main__":
    sys.exit(run_tool(main, sys.argv[1:]))
