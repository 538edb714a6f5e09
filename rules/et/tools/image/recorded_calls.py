"""Finds the tensors of a method's proof in the files that hold them, by place: images embed these files as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from check.record_calls import longest_call
from common.diagnostics import mistake

INT64 = 8
"""Bytes of a token, and of a position."""
Source = Literal["inputs", "expected", "positions"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tensor's bytes are: in one of the proof's two files, or among the positions of a text, which count."""

    source: Source
    offset: int
    nbytes: int
    sizes: tuple[int, ...]

    def part(self, axis: int, start: int, stop: int) -> Place:
        """Return a part of it along a dimension, before which all have size 1."""
        row = self.nbytes // self.sizes[axis]
        sizes = [*self.sizes]
        sizes[axis] = stop - start
        return Place(self.source, self.offset + start * row, (stop - start) * row, tuple(sizes))


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the proof: what was given, and what the graph, or the program, gave for it."""

    inputs: tuple[Place, ...]
    expected: tuple[Place, ...]
    token: Place | None = None
    """Of a decoder: the token that must come next, an int64."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The calls of one method, and the two files that they are in."""

    program: str
    method: str
    inputs: str
    expected: str
    calls: tuple[Call, ...]


def read_proof(program: str, method: str, facts: str, inputs: str, expected: str, *, giver: str = "graph") -> Proof:
    """Return a method's calls. Raises `inputs-do-not-fit` for a method that is not called with tensors.

    What is expected is what `giver` gave, the `graph` or the `program` on the host; of a text always the graph.
    """
    known = json.loads(Path(facts).read_text(encoding="utf-8"))
    given, wanted = _places(Path(inputs), "inputs"), _places(Path(expected), "expected")
    calls: list[Call] = []
    names = [each["name"] for each in known["inputs"]]
    index = 0
    while given and all(f"{index}/{name}" in given for name in names):
        tokens = wanted.get(f"{index}/tokens")
        stem = f"{index}/{'graph' if tokens else giver}/"
        results = tuple(wanted[f"{stem}{output}"] for output in range(sum(key.startswith(stem) for key in wanted)))
        arguments = tuple(given[f"{index}/{name}"] for name in names)
        calls += _text(known, arguments, results[0], tokens) if tokens else [Call(arguments, results)]
        index += 1
    if not calls:
        message = f"method '{method}' of '{program}' must be proven by calls with tensors, is not"
        raise mistake("inputs-do-not-fit", message, "proofs")
    return Proof(program, method, inputs, expected, tuple(calls))


def _text(facts: Mapping[str, Any], prompt: Sequence[Place], logits: Place, tokens: Place) -> Iterator[Call]:
    """Yield a decoder's calls: the prompt, in pieces that it takes, and the tokens after it, one by one."""
    length, rows, chunk = prompt[0].sizes[-1], logits.sizes[0], longest_call(facts)
    pieces = [(start, min(start + chunk, length)) for start in range(0, length, chunk)]
    for number, (start, stop) in enumerate(pieces):
        told = (number, number + 1) if rows == len(pieces) else (start, stop)
        expected = (logits.part(0, *told),) if rows in {len(pieces), length} else ()
        following = tokens.part(0, 0, 1) if stop == length else None
        yield Call(tuple(each.part(-1, start, stop) for each in prompt), expected, following)
    for at in range(tokens.sizes[0] - 1):
        token = replace(tokens.part(0, at, at + 1), sizes=(1, 1))
        position = Place("positions", (length + at) * INT64, INT64, (1,))
        yield Call((token, position), (), tokens.part(0, at + 1, at + 2))


def _places(path: Path, source: Source) -> dict[str, Place]:
    """Return where each tensor of a safetensors file starts, from the file's first byte, its size and sizes."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        entries: dict[str, Any] = json.loads(stream.read(length))
    return {
        name: Place(source, 8 + length + entry["data_offsets"][0], _size(*entry["data_offsets"]), tuple(entry["shape"]))
        for name, entry in entries.items()
        if name != "__metadata__"
    }


def _size(start: int, end: int) -> int:
    return end - start
