"""Holds what an image lays out in a platform's memories against their sizes. Knows neither C++ nor linkers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from common.diagnostics import mistake
from image.image_sources import ALIGNMENT, MAIN, Embedded, Piece
from pte.plan import method_plan
from pte.program import Method

TOLD = 5
"""How many tensors a mistake names."""


def check(
    programs: Sequence[Embedded], tiers: Mapping[int, str], hot: Sequence[tuple[Piece, int]], sizes: Mapping[str, int]
) -> None:
    """Refuse memory ids that no method has, and what does not fit. Raises `unknown-memory-id`, `tier-overflow`."""
    known = {at for each in programs for method in each.program.methods for at, _ in _arenas(method)}
    for at in sorted(tiers.keys() - known):
        has = ", ".join(map(str, sorted(known))) or "none"
        raise mistake("unknown-memory-id", f"memory ids must be those of the programs, {has}; {at} is not", "tiers")
    for tier, size in sizes.items():
        arenas = [
            (each.name, method, at, room)
            for each in programs
            for method in each.program.methods
            for at, room in _arenas(method)
            if tiers.get(at, MAIN) == tier
        ]
        copied = [(piece, room) for piece, room in hot if piece.tier == tier]
        rooms = (*(room for _, _, _, room in arenas), *(room for _, room in copied))
        needed = sum(-(-room // ALIGNMENT) * ALIGNMENT for room in rooms)
        if needed > size:
            message = f"programs must fit into memory '{tier}' of {size} bytes, need {needed} there"
            pieces = sorted((*_tensors(arenas), *_copies(copied)), key=lambda piece: -piece[0])[:TOLD]
            told = "".join(f"\n    {room:9}  {what}" for room, what in pieces)
            note = f"the largest in it, in bytes:{told}"
            raise mistake("tier-overflow", message, "tiers", notes=(note,), hint=_hint(tier, sizes))


def _hint(tier: str, sizes: Mapping[str, int]) -> str:
    larger = [name for name in sizes if sizes[name] > sizes[tier]]
    where = f"a larger memory, {' or '.join(larger)}" if larger else "a memory of its own, which the platform must have"
    return f"give a memory id {where}, by 'tiers'; or plan less by 'memory_planner' of pte"


def contents(
    programs: Sequence[Embedded], tiers: Mapping[int, str], more: Sequence[tuple[int, str]] = ()
) -> Iterator[str]:
    """Yield "memory text" for the largest planned tensors of each memory: what a linker, which knows none, tells.

    `more` lies in the main memory, too.
    """
    found: dict[str, list[tuple[int, str]]] = {MAIN: list(more)}
    for each in programs:
        for method in each.program.methods:
            for at, room in _arenas(method):
                found.setdefault(tiers.get(at, MAIN), []).extend(_tensors([(each.name, method, at, room)]))
    for memory, tensors in sorted(found.items()):
        for room, what in sorted(tensors, key=lambda piece: -piece[0])[:TOLD]:
            yield f"{memory} {room:9}  {what}"


def _arenas(method: Method) -> Iterator[tuple[int, int]]:
    return ((at, size) for at, size in enumerate(method.buffer_sizes) if at > 0 and size > 0)


def _copies(copied: Sequence[tuple[Piece, int]]) -> Iterator[tuple[int, str]]:
    return ((room, f"copy of {piece.path}") for piece, room in copied)


def _tensors(arenas: Sequence[tuple[str, Method, int, int]]) -> Iterator[tuple[int, str]]:
    for program, method, at, _ in arenas:
        for tensor in method_plan(method)["tensors"]:
            if tensor["memory_id"] == at:
                form = f"{tensor['dtype']}[{', '.join(map(str, tensor['sizes']))}]"
                place = "state" if tensor["role"] == "state" else origin(method, tensor["value"])
                yield tensor["bytes"], f"{form}, {place}, in '{method.name}' of '{program}'"


def origin(method: Method, value: int) -> str:
    """Say what a tensor is to its method: tensors of programs have no names."""
    if value in method.inputs:
        return f"input {method.inputs.index(value)}"
    for at, step in enumerate(method.instructions):
        if step.kind == "kernel" and value in step.args:
            name, overload = method.operators[step.target]
            return f"result of {name}{'.' if overload else ''}{overload} (step {at})"
    return "never used"
