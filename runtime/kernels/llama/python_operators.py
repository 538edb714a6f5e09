"""Writes what the Python operators of `llama` give for seeded inputs, for the C++ ones to be compared with.

python_operators.py OUT.safetensors
"""

from __future__ import annotations

import sys

import torch
from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401 -- registers torch.ops.llama.*
from safetensors.torch import save_file

# batch, rows, heads, key-value heads, head size, length, start, is_causal, is_masked
CASES = [
    (1, 1, 9, 3, 64, 128, 0, 1, 0),
    (1, 1, 9, 3, 64, 128, 127, 1, 0),
    (1, 7, 9, 3, 64, 128, 60, 1, 0),
    (2, 5, 4, 4, 20, 70, 64, 1, 0),
    (1, 6, 8, 1, 8, 40, 10, 1, 0),
    (1, 6, 4, 2, 16, 40, 10, 0, 0),
    (1, 6, 4, 2, 16, 40, 10, 0, 1),
]


def main(out: str) -> None:
    """Run the operators and write inputs and results."""
    generator = torch.Generator().manual_seed(0)
    tensors: dict[str, torch.Tensor] = {}
    for index, case in enumerate(CASES):
        for name, tensor in results(case, generator).items():
            tensors[f"{index}/{name}"] = tensor.contiguous()
    save_file(tensors, out)


def results(case: tuple[int, ...], generator: torch.Generator) -> dict[str, torch.Tensor]:
    """Return the inputs of one case, and what the operators make of them."""
    batch, rows, heads, cache_heads, head_dim, length, start, is_causal, is_masked = case

    def numbers(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    query = numbers(batch, rows, heads, head_dim)
    key, value = (numbers(batch, length, cache_heads, head_dim) for _ in range(2))
    written = numbers(batch, rows, cache_heads, head_dim)
    mask = numbers(rows, length)
    found = {"case": torch.tensor(case), "query": query, "key": key.clone(), "value": value, "written": written}
    torch.ops.llama.update_cache(written, key, start)
    given = mask if is_masked else None
    attention = torch.ops.llama.custom_sdpa(query, key, value, start, given, 0.0, bool(is_causal), None)
    return found | {"mask": mask, "updated_key": key, "attention": attention}


if __name__ == "__main__":
    main(sys.argv[1])
