"""Writes a proof's calls down as files that a program on a device reads: .npy arrays and a list. Runs no program."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from check.tolerances import GRAPH, TOLERANCES, parse_tolerances
from common.diagnostics import mistake, run_tool


@dataclass(frozen=True, slots=True)
class Proof:
    """What one method's proof left."""

    method: str
    facts: Mapping[str, Any]
    measure: Mapping[str, Any]
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]


class Arrays:
    """Writes arrays into a folder, and returns their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def write(self, tensor: Any) -> str:
        """Write a tensor; bfloat16 as the uint16 of its bits, which numpy has."""
        import numpy as np
        import torch

        name = f"{self._count:04}.npy"
        self._count += 1
        tensor = tensor.contiguous()
        bits = tensor.view(torch.int16).numpy().view(np.uint16) if tensor.dtype == torch.bfloat16 else tensor.numpy()
        np.save(self._folder / name, bits)
        return name


def main(argv: Sequence[str]) -> None:
    """Write the folder."""
    arguments = parse(argv)
    folder = Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    arrays = Arrays(folder)
    lines = ["etbuild-calls 1"]
    for index, method in enumerate(arguments.method):
        proof = read_proof(arguments, index, method)
        given = [text for name, _, text in (each.partition(":") for each in arguments.tolerance) if name == method]
        lines += [f"method {method}", *tolerance_lines(given, proof.measure)]
        is_text = proof.measure["kind"] == "text-generation"
        lines += text_lines(proof, arrays, arguments.tokens) if is_text else tensor_lines(proof, arrays)
    (folder / "calls.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def tolerance_lines(given: Sequence[str], measure: Mapping[str, Any]) -> Iterator[str]:
    """Yield the bounds against the graph: those against a float model are about the model, not about the device."""
    for key, bound in parse_tolerances(given, measure).items():
        if TOLERANCES[key].section == GRAPH:
            yield f"tolerance {key}={bound:.9g}"


def tensor_lines(proof: Proof, arrays: Arrays) -> Iterator[str]:
    """Yield the calls of a method from tensors to tensors, each by itself."""
    compared = [each["index"] for each in proof.measure["outputs"] if each["compared"]]
    names = [each["name"] for each in proof.facts["inputs"]]
    for index, call in enumerate(proof.measure["inputs"]):
        yield "sequence"
        yield f"call {one_line(call)}"
        for name in names:
            tensor = proof.inputs.get(f"{index}/{name}")
            if tensor is None:
                message = f"input '{name}' of method '{proof.method}' must be a recorded tensor, is none"
                raise mistake("inputs-do-not-fit", message)
            yield f"input {arrays.write(tensor)}"
        for output in compared:
            tensor = proof.expected.get(f"{index}/graph/{output}")
            if tensor is not None:
                yield f"expected {output} {arrays.write(tensor)}"


def text_lines(proof: Proof, arrays: Arrays, most: int) -> Iterator[str]:
    """Yield the calls of a decoder: each prompt, in pieces that it takes, and the tokens that must follow."""
    import torch

    chunk = longest_call(proof.facts)
    for index, text in enumerate(proof.measure["inputs"]):
        prompt = proof.inputs[f"{index}/input_ids"][0]
        tokens = proof.expected[f"{index}/tokens"][:most].tolist()
        rows = proof.expected[f"{index}/graph/0"]
        starts = range(0, len(prompt), chunk)
        yield "sequence"
        for at, start in enumerate(starts):
            piece = prompt[start : start + chunk]
            yield from call_lines(f"prompt '{one_line(text)}' from token {start + 1}", piece, start, arrays)
            if len(rows) == len(starts):
                yield f"logits {arrays.write(rows[at : at + 1])}"
            elif len(rows) == len(prompt):
                yield f"logits {arrays.write(rows[start : start + len(piece)])}"
        yield f"token {tokens[0]}"
        for at, (token, following) in enumerate(itertools.pairwise(tokens)):
            yield from call_lines(f"token {at + 2}", torch.tensor([token]), len(prompt) + at, arrays)
            yield f"token {following}"


def call_lines(name: str, tokens: Any, start: int, arrays: Arrays) -> Iterator[str]:
    """Yield one call of a decoder with `tokens` that stand at `start`."""
    import torch

    yield f"call {name}"
    yield f"input {arrays.write(tokens[None])}"
    yield f"input {arrays.write(torch.arange(start, start + len(tokens)))}"


def longest_call(facts: Mapping[str, Any]) -> int:
    """Return how many tokens a call may take."""
    size = facts["inputs"][0]["shape"][-1]
    longest = int(size[-1]) if isinstance(size, list) else int(size)
    constants = facts.get("constant_methods", {})
    limit = constants.get("get_max_context_len") or constants.get("get_max_seq_len") or longest
    return min(longest, int(limit))


def one_line(text: str) -> str:
    """Return a name that fits into a line."""
    return " ".join(text.split())


def read_proof(arguments: argparse.Namespace, index: int, method: str) -> Proof:
    """Return the files of one method."""
    from safetensors.torch import load_file

    facts, measure = (
        json.loads(Path(paths[index]).read_text(encoding="utf-8")) for paths in (arguments.facts, arguments.measure)
    )
    return Proof(method, facts, measure, load_file(arguments.inputs[index]), load_file(arguments.expected[index]))


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line: for each method its name and the four files of its proof."""
    parser = argparse.ArgumentParser(prog="record_calls", description=__doc__, allow_abbrev=False)
    for flag in ("--method", "--facts", "--measure", "--inputs", "--expected"):
        parser.add_argument(flag, action="append", required=True)
    parser.add_argument("--tolerance", action="append", default=[], metavar="METHOD:FIGURE=BOUND")
    parser.add_argument("--tokens", type=int, required=True)
    parser.add_argument("--output", required=True)
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
