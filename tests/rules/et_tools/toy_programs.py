"""Small seeded models and their programs, made once a test session; imported only where torch is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

VOCABULARY, LENGTH, HIDDEN = 32, 24, 16
METADATA = {"get_max_seq_len": LENGTH, "get_max_context_len": LENGTH, "get_vocab_size": VOCABULARY, "get_eos_ids": [1]}


class Classifier(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = torch.nn.Conv2d(3, 8, 3, padding=1)
        self.body = torch.nn.Conv2d(8, 16, 3, stride=2)
        self.head = torch.nn.Linear(16, 10)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.head(torch.relu(self.body(torch.relu(self.stem(pixels)))).mean((2, 3)))


class Decoder(torch.nn.Module):
    """One attention over everything that it was told, with its own cache."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = torch.nn.Embedding(VOCABULARY, HIDDEN)
        self.key = torch.nn.Linear(HIDDEN, HIDDEN)
        self.mix = torch.nn.Linear(HIDDEN, HIDDEN)
        self.head = torch.nn.Linear(HIDDEN, VOCABULARY)
        self.register_buffer("cache", torch.zeros(1, LENGTH, HIDDEN))

    def forward(self, input_ids: torch.Tensor, cache_position: torch.Tensor) -> torch.Tensor:
        tokens = self.embed(input_ids) + 0.1 * cache_position[None, :, None]
        self.cache.index_copy_(1, cache_position, tokens)
        scores = self.key(tokens) @ self.cache.transpose(1, 2)
        seen = torch.arange(LENGTH)[None, :] <= cache_position[:, None]
        weights = torch.softmax(scores.masked_fill(~seen, -1e9), -1)
        return self.head(torch.tanh(self.mix(weights @ self.cache)))


class Constant(torch.nn.Module):
    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values * 0 + 3


def export(model: torch.nn.Module, inputs: tuple[torch.Tensor, ...], path: Path, dynamic: Any = None) -> Path:
    frozen = model.eval().requires_grad_(requires_grad=False)
    torch.export.save(torch.export.export(frozen, inputs, dynamic_shapes=dynamic), path)
    return path


def lower(
    graph: Path, path: Path, *, xnnpack: bool = False, change: Callable[[Any], None] | None = None, **constants: Any
) -> Path:
    """Lower the reloaded graph; `change` may put a fault in first."""
    # Imported late: collecting tests must not take seconds.
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner  # noqa: PLC0415
    from executorch.exir import to_edge_transform_and_lower  # noqa: PLC0415

    exported = torch.export.load(graph)
    if change is not None:
        change(exported)
    partitioner = [XnnpackPartitioner()] if xnnpack else []
    program = to_edge_transform_and_lower(exported, partitioner=partitioner, constant_methods=constants or None)
    path.write_bytes(program.to_executorch().buffer)
    return path


def scaled(name: str, factor: float) -> Callable[[Any], None]:
    """Put a fault in: a weight of another size."""

    def change(exported: Any) -> None:
        with torch.no_grad():
            exported.state_dict[name].mul_(factor)

    return change


def swapped(operator: str, other: Any) -> Callable[[Any], None]:
    """Put a fault in: another operator in the first one's place."""

    def change(exported: Any) -> None:
        node = next(node for node in exported.graph.nodes if operator in str(node.target))
        node.target = other
        exported.graph_module.recompile()

    return change


def make(folder: Path) -> Path:
    """Make every graph and program of the tests in `folder`."""
    torch.manual_seed(3)
    size = torch.export.Dim("size", min=1, max=LENGTH - 1)
    classifier = export(Classifier(), (torch.randn(1, 3, 16, 16),), folder / "classifier.pt2")
    ids, position = torch.tensor([[3, 4, 5]]), torch.arange(3)
    decoder = export(Decoder(), (ids, position), folder / "decoder.pt2", ({1: size}, {0: size}))
    export(Constant(), (torch.randn(4),), folder / "constant.pt2")
    lower(classifier, folder / "classifier.pte")
    lower(classifier, folder / "classifier_xnnpack.pte", xnnpack=True)
    lower(classifier, folder / "classifier_body.pte", change=scaled("body.weight", 1.5))
    lower(classifier, folder / "classifier_head_xnnpack.pte", xnnpack=True, change=scaled("head.weight", 1.5))
    lower(folder / "constant.pt2", folder / "constant.pte")
    lower(decoder, folder / "decoder.pte", **METADATA)
    lower(decoder, folder / "decoder_xnnpack.pte", xnnpack=True, **METADATA)
    lower(decoder, folder / "decoder_tanh.pte", change=swapped("tanh", torch.ops.aten.sigmoid.default), **METADATA)
    lower(decoder, folder / "decoder_key.pte", change=scaled("key.weight", 3.0), **METADATA)
    (folder / "facts.json").write_text('{"dtype": "float32"}')
    return folder
