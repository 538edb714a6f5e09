"""Finds the tensors of a method's proof in the files that hold them, by place: images embed these files as they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.diagnostics import mistake


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tensor's bytes are."""

    offset: int
    nbytes: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the proof: what was given, and what the graph gave for it."""

    inputs: tuple[Place, ...]
    expected: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The calls of one method, and the two files that they are in."""

    program: str
    method: str
    inputs: str
    expected: str
    calls: tuple[Call, ...]


def read_proof(program: str, method: str, facts: str, inputs: str, expected: str) -> Proof:
    """Return a method's calls. Raises `inputs-do-not-fit` for a method that is not called with tensors."""
    names = [each["name"] for each in json.loads(Path(facts).read_text(encoding="utf-8"))["inputs"]]
    given, wanted = _places(Path(inputs)), _places(Path(expected))
    calls: list[Call] = []
    while given and all(f"{len(calls)}/{name}" in given for name in names):
        at = len(calls)
        outputs = sum(key.startswith(f"{at}/graph/") for key in wanted)
        results = tuple(wanted[f"{at}/graph/{output}"] for output in range(outputs))
        calls.append(Call(tuple(given[f"{at}/{name}"] for name in names), results))
    if not calls:
        message = f"method '{method}' of '{program}' must be proven by calls with tensors, is not"
        raise mistake("inputs-do-not-fit", message, "proofs")
    return Proof(program, method, inputs, expected, tuple(calls))


def _places(path: Path) -> dict[str, Place]:
    """Return where each tensor of a safetensors file starts, from the file's first byte, and its size."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        entries: dict[str, Any] = json.loads(stream.read(length))
    spans = {name: entry["data_offsets"] for name, entry in entries.items() if name != "__metadata__"}
    return {name: Place(8 + length + begin, end - begin) for name, (begin, end) in spans.items()}
