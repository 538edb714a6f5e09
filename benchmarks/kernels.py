"""What a call of a program takes with our kernels and runtime, with the wheel's optimized kernels, and with XNNPACK.

    ./etbuild -c opt //benchmarks:kernel_rounds //benchmarks:official_kernel_rounds
    ./etbuild //models:efficientnet_lite0_portable //models:efficientnet_lite0_xnnpack
    ./etbuild run //toolchains/python:base -- benchmarks/kernels.py [--rounds 5] [--folder DIR]
        [mlp dscnn llama effnet effnet_real]

Each model is lowered twice, as a `pte` of either backend is. effnet has the sizes of EfficientNet-Lite0 and random
weights; effnet_real are its programs themselves, built before. The programs live as long as the benchmark, on one and
the same core, and take turns, so that what else the machine does meets all. Printed is what the quickest call took of
the CPU, in microseconds, and how many times faster ours is. With --folder, programs that are there are not lowered
again. The wheel has no library of its portable kernels alone.
"""

# ruff: noqa: E402 -- imports come when this folder has left the search path.
from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# In place of this folder, whose kernels.py transformers takes for a library.
sys.path[0] = str(ROOT / "rules/et/tools")

import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import EdgeCompileConfig, to_edge_transform_and_lower
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from lower.folded_norms import fold_batch_norms
from lower.kept_layers import KeptLayers

OUT = ROOT / "etbuild-out/host-opt/benchmarks"
LOWERINGS = ("portable", "xnnpack")
CALLS = {"mlp": 300, "dscnn": 30, "llama": 10, "effnet": 5, "effnet_real": 5}
SLOW = {"dscnn": 1, "llama": 3, "effnet": 0, "effnet_real": 0}
"""How many calls the wheel's kernels make where they take long; EfficientNet-Lite0 takes them seconds."""


def mlp() -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    """Return two linear layers."""
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)), (torch.randn(1, 784),)


def separable(channels: int) -> list[nn.Module]:
    """Return a depthwise and a pointwise convolution."""
    return [
        *(nn.Conv2d(channels, channels, 3, padding=1, groups=channels), nn.BatchNorm2d(channels), nn.ReLU()),
        *(nn.Conv2d(channels, channels, 1), nn.BatchNorm2d(channels), nn.ReLU()),
    ]


def dscnn() -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    """Return a network of depthwise separable convolutions."""
    first = [nn.Conv2d(3, 64, 3, stride=2, padding=1), nn.BatchNorm2d(64), nn.ReLU()]
    blocks = [layer for _ in range(4) for layer in separable(64)]
    last = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 12)]
    return nn.Sequential(*first, *blocks, *last), (torch.randn(1, 3, 96, 96),)


class Logits(nn.Module):
    """A language model that gives logits alone."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        return self.model(input_ids=tokens, use_cache=False).logits


def llama() -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    """Return a Llama of 6 layers, and 16 tokens."""
    heads = {"num_attention_heads": 8, "num_key_value_heads": 8}
    sizes = {"hidden_size": 256, "intermediate_size": 688, "num_hidden_layers": 6, "vocab_size": 1024}
    config = LlamaConfig(**sizes, **heads, max_position_embeddings=128)
    return Logits(LlamaForCausalLM(config)), (torch.randint(0, 1024, (1, 16)),)


class Inverted(nn.Module):
    """A block of EfficientNet-Lite: wide, depthwise, narrow."""

    def __init__(self, inputs: int, outputs: int, wider: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = inputs * wider
        layers: list[nn.Module] = []
        if wider > 1:
            layers += [nn.Conv2d(inputs, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6()]
        depthwise = nn.Conv2d(wide, wide, kernel, stride, kernel // 2, groups=wide, bias=False)
        layers += [depthwise, nn.BatchNorm2d(wide), nn.ReLU6()]
        layers += [nn.Conv2d(wide, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.layers = nn.Sequential(*layers)
        self.is_added = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the block's output."""
        return x + self.layers(x) if self.is_added else self.layers(x)


def effnet() -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    """Return a network of the sizes of EfficientNet-Lite0."""
    stages = (
        *((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3)),
        *((6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3)),
    )
    layers: list[nn.Module] = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6()]
    inputs = 32
    for wider, outputs, count, stride, kernel in stages:
        for number in range(count):
            layers.append(Inverted(inputs, outputs, wider, kernel, stride if number == 0 else 1))
            inputs = outputs
    layers += [nn.Conv2d(inputs, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6()]
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000)]
    return nn.Sequential(*layers), (torch.randn(1, 3, 224, 224),)


MODELS: dict[str, Callable[[], tuple[nn.Module, tuple[torch.Tensor, ...]]]] = {
    "mlp": mlp,
    "dscnn": dscnn,
    "llama": llama,
    "effnet": effnet,
}


def lower(model: nn.Module, inputs: tuple[torch.Tensor, ...], lowering: str) -> bytes:
    """Return a program."""
    program = torch.export.export(model, inputs)
    if lowering == "portable":
        fold_batch_norms(program)
    edge = to_edge_transform_and_lower(
        program,
        partitioner=[XnnpackPartitioner() if lowering == "xnnpack" else KeptLayers()],
        compile_config=EdgeCompileConfig(_check_ir_validity=False),
    )
    return bytes(edge.to_executorch().buffer)


def keep_size(model: nn.Module) -> None:
    """Give layers weights that keep a signal's size: arithmetic with denormal numbers would be slow."""
    for parameter in model.parameters():
        if parameter.dim() > 1:
            bound = (6.0 / parameter[0].numel()) ** 0.5
            nn.init.uniform_(parameter, -bound, bound)


def write(folder: Path, name: str) -> dict[str, Path]:
    """Write a model's programs, and return them by lowering."""
    if name == "effnet_real":
        return {each: ROOT / f"etbuild-out/host/models/efficientnet_lite0_{each}.pte" for each in LOWERINGS}
    files = {lowering: folder / f"{name}_{lowering}.pte" for lowering in LOWERINGS}
    torch.manual_seed(0)
    model, inputs = MODELS[name]()
    keep_size(model)
    for lowering, file in files.items():
        if not file.exists():
            file.write_bytes(lower(model.eval(), inputs, lowering))
    return files


class Rounds:
    """A program that times calls; answers as long as the benchmark runs."""

    def __init__(self, program: Path) -> None:
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, file: Path, calls: int) -> float:
        """Return the quickest call, in microseconds; infinity if none is to be made."""
        if calls == 0:
            return float("inf")
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{file} {calls}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline().split()[0])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=list(CALLS), metavar="MODEL")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ours, wheel = Rounds(OUT / "kernel_rounds"), Rounds(OUT / "official_kernel_rounds")
    print(f"{'model':<11} {'ours':>10} {'optimized':>11} {'ratio':>8} {'XNNPACK':>10} {'ratio':>7}")
    with tempfile.TemporaryDirectory() as made:
        for name in given.models:
            files = write(given.folder or Path(made), name)
            calls, slow = CALLS[name], SLOW.get(name, CALLS[name])
            mine = optimized = delegated = float("inf")
            for number in range(given.rounds):
                mine = min(mine, ours.ask(files["portable"], calls))
                delegated = min(delegated, wheel.ask(files["xnnpack"], calls))
                optimized = min(optimized, wheel.ask(files["portable"], slow if number == 0 else 0))
            second = f"{optimized:11.1f} {optimized / mine:7.2f}x" if slow else f"{'not made':>20}"
            print(f"{name:<11} {mine:10.1f} {second} {delegated:10.1f} {delegated / mine:6.2f}x", flush=True)


if __name__ == "__main__":
    main()
