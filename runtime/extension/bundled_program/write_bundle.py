"""Writes a bundled program with the wheel's own tools, for the reader to be held to: write_bundle.py OUT.bpte."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from executorch.devtools import BundledProgram
from executorch.devtools.bundled_program.config import MethodTestCase, MethodTestSuite
from executorch.devtools.bundled_program.serialize import serialize_from_bundled_program_to_flatbuffer
from executorch.exir import to_edge


class Sum(torch.nn.Module):
    """Two tensors added."""

    def forward(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """Return the sum."""
        return left + right


def main(out: str) -> None:
    """Export, bundle and write."""
    pairs = [(torch.full((2, 2), float(number)), torch.arange(4.0).reshape(2, 2)) for number in range(3)]
    program = to_edge(torch.export.export(Sum().eval(), pairs[0], strict=True)).to_executorch()
    cases = [MethodTestCase(inputs=pair, expected_outputs=(pair[0] + pair[1],)) for pair in pairs]
    bundle = BundledProgram(program, [MethodTestSuite(method_name="forward", test_cases=cases)])
    Path(out).write_bytes(serialize_from_bundled_program_to_flatbuffer(bundle))


if __name__ == "__main__":
    main(sys.argv[1])
