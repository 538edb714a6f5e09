"""Gives the layers of a module their weights as blocks of a GGUF file, byte for byte: nothing is quantized again.

Which blocks a layer's weights come from is seen by what they stand for, row by row. So it knows no names, and no
architecture that orders rows otherwise in the file; what has been transformed meanwhile stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
import torch

from common.diagnostics import UserError, mistake
from common.gguf_operators import TYPES


@dataclass(frozen=True, slots=True)
class Blocks:
    """A tensor of the file."""

    rows: dict[bytes, int]
    """By a row's weights, as bytes of floats: its place."""
    data: np.ndarray
    type: int
    """GGML's number."""


class BlockLinear(torch.nn.Module):
    """A linear layer whose weights are blocks."""

    def __init__(self, weight: torch.Tensor, type_: int, bias: torch.nn.Parameter | None) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.type = type_
        self.bias = bias

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return what the layer gave."""
        return torch.ops.gguf.linear(values, self.weight, self.bias, self.type)


class BlockEmbedding(torch.nn.Module):
    """An embedding whose rows are blocks."""

    def __init__(self, weight: torch.Tensor, type_: int) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.type = type_

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        """Return the rows that `indices` name."""
        return torch.ops.gguf.embedding(self.weight, indices, self.type)


def keep_blocks(module: torch.nn.Module, weights: Sequence[str], dtype: str) -> None:
    """Replace each layer of `module` whose weights are blocks of the GGUF file that they were read from."""
    if not weights or not weights[0].endswith(".gguf"):
        message = "quantize = \"gguf\" keeps the blocks of a GGUF file, and 'weights' are none"
        raise mistake("no-blocks", message, "quantize", hint="8w and 4w quantize weights of any file")
    if dtype != "float32":
        raise mistake("no-blocks", f"quantize = \"gguf\" computes in float32, 'dtype' is {dtype}", "dtype")
    reader = gguf.GGUFReader(Path(weights[0]))
    by_shape: dict[tuple[int, ...], list[Blocks]] = {}
    for blocks in map(_read, (each for each in reader.tensors if int(each.tensor_type) in TYPES)):
        by_shape.setdefault((len(blocks.data), len(next(iter(blocks.rows))) // 4), []).append(blocks)
    made: dict[int, tuple[torch.Tensor, int] | None] = {}  # One tensor for layers that share their weights.
    for name, layer in list(_layers(module)):
        if id(layer.weight) not in made:
            made[id(layer.weight)] = _found(layer.weight, by_shape.get(tuple(layer.weight.shape), []))
        blocks_of_layer = made[id(layer.weight)]
        if blocks_of_layer is not None:
            module.set_submodule(name, _replacement(layer, *blocks_of_layer))
    if not any(made.values()):
        raise _nothing_kept(reader)


def _layers(module: torch.nn.Module) -> Iterator[tuple[str, torch.nn.Module]]:
    for name, layer in module.named_modules():
        if type(layer) is torch.nn.Linear or (type(layer) is torch.nn.Embedding and layer.max_norm is None):
            yield name, layer


def _replacement(layer: torch.nn.Module, weight: torch.Tensor, type_: int) -> torch.nn.Module:
    if isinstance(layer, torch.nn.Linear):
        return BlockLinear(weight, type_, layer.bias)
    return BlockEmbedding(weight, type_)


def _read(tensor: gguf.ReaderTensor) -> Blocks:
    data = tensor.data.reshape(-1, tensor.data.shape[-1])
    rows = gguf.dequantize(data, tensor.tensor_type)
    return Blocks({row.tobytes(): place for place, row in enumerate(rows)}, data, int(tensor.tensor_type))


def _found(weight: torch.Tensor, candidates: Sequence[Blocks]) -> tuple[torch.Tensor, int] | None:
    """Return the blocks of `weight` in the sequence of its rows, and their type."""
    rows = [row.tobytes() for row in weight.detach().numpy()]
    for blocks in candidates:
        if rows[0] in blocks.rows and rows[-1] in blocks.rows and all(row in blocks.rows for row in rows):
            return torch.from_numpy(blocks.data[[blocks.rows[row] for row in rows]]), blocks.type
    return None


def _nothing_kept(reader: gguf.GGUFReader) -> UserError:
    types = sorted({each.tensor_type.name for each in reader.tensors})
    wanted = ", ".join(type_.name for type_ in TYPES.values())
    message = f"no layer's weights are blocks of {wanted}: the file has {', '.join(types)}"
    return mistake("no-blocks", message, "quantize")
