"""Reads constants and layers of a .tflite file, as numbers; knows of no model, and runs nothing."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from pathlib import Path

CONV, DEPTHWISE, DENSE = 3, 4, 9
"""Codes of the schema's operators that have weights."""
FORMS = {0: torch.float32, 2: torch.int32, 9: torch.int8}


@dataclass(frozen=True)
class Layer:
    """An operator with weights, as floats in the file's layout."""

    code: int
    weight: torch.Tensor
    bias: torch.Tensor


class Table:
    """A table of a flatbuffer; fields are asked for by number, in the sequence of the schema."""

    def __init__(self, data: bytes, position: int) -> None:
        """Stand at `position` of `data`."""
        self.data, self.position = data, position
        self.fields = position - self.read("<i", position)

    def read(self, form: str, position: int) -> int:
        """Read a number."""
        return int(struct.unpack_from(form, self.data, position)[0])

    def field(self, number: int) -> int:
        """Return where a field is, or 0 where it was left out."""
        at = self.fields + 4 + 2 * number
        inside = at < self.fields + self.read("<H", self.fields)
        offset = self.read("<H", at) if inside else 0
        return self.position + offset if offset else 0

    def integer(self, number: int, form: str = "<i") -> int:
        """Read a whole number."""
        at = self.field(number)
        return self.read(form, at) if at else 0

    def table(self, number: int) -> Table:
        """Read a table that must be there."""
        at = self.field(number)
        return Table(self.data, at + self.read("<I", at))

    def vector(self, number: int, form: str) -> list[float]:
        """Read a list of numbers, empty where there is none."""
        at = self.field(number)
        if not at:
            return []
        start = at + self.read("<I", at)
        count = self.read("<I", start)
        return list(struct.unpack_from(f"<{count}{form}", self.data, start + 4))

    def tables(self, number: int) -> list[Table]:
        """Read a list of tables."""
        at = self.field(number)
        start = at + self.read("<I", at) + 4
        return [Table(self.data, start + 4 * i + int(o)) for i, o in enumerate(self.vector(number, "I"))]


def layers(path: Path) -> list[Layer]:
    """Return the operators with weights, in the sequence in which they run."""
    data = path.read_bytes()
    model = Table(data, struct.unpack_from("<I", data)[0])
    codes = [max(code.integer(0, "<b"), code.integer(3)) for code in model.tables(1)]
    graph, buffers = model.tables(2)[0], model.tables(4)
    tensors = graph.tables(0)
    found = []
    for operator in graph.tables(3):
        code = codes[operator.integer(0, "<I")]
        if code in (CONV, DEPTHWISE, DENSE):
            weight, bias = (_constant(tensors[int(index)], buffers) for index in operator.vector(1, "i")[1:3])
            found.append(Layer(code, weight, bias))
    return found


def _constant(tensor: Table, buffers: list[Table]) -> torch.Tensor:
    """Return a constant with its scale and zero point applied."""
    raw = buffers[tensor.integer(2, "<I")].vector(0, "B")
    shape = [int(size) for size in tensor.vector(0, "i")]
    stored = torch.frombuffer(bytearray(int(byte) for byte in raw), dtype=FORMS[tensor.integer(1, "<b")])
    stored = stored.reshape(shape).to(torch.float32)
    quantization = tensor.table(4)
    scale, zero = (torch.tensor(quantization.vector(n, f), dtype=torch.float32) for n, f in ((2, "f"), (3, "q")))
    if scale.numel() > 1:
        along = [1] * len(shape)
        along[quantization.integer(6)] = -1
        scale, zero = scale.reshape(along), zero.reshape(along)
    return (stored - zero) * scale
