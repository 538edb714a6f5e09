"""A program that turns a text into a vector; knows no similarity."""

from __future__ import annotations

from pathlib import Path

import torch

from common.diagnostics import mistake
from pte.program import Tensor
from run.program_runner import ProgramRunner
from run.tokenizer import Tokenizer

ROLES = ("input_ids", "attention_mask", "token_type_ids", "position_ids")
"""What an encoder's inputs are, in the usual sequence: a program does not name them."""


class TextEncoder:
    """An encoder `forward(input_ids[1, S], attention_mask[1, S], …)` that gives [1, hidden] or [1, S, hidden]."""

    def __init__(self, path: Path, method: str, tokenizer: Tokenizer) -> None:
        self._runner = ProgramRunner(path, method)
        self._tokenizer = tokenizer
        values = [self._runner.method.values[index] for index in self._runner.method.inputs]
        self._inputs = tuple(value for value in values if isinstance(value, Tensor) and len(value.sizes) == 2)
        if not self._inputs or len(self._inputs) != len(values) or len(values) > len(ROLES):
            raise mistake("not-a-text-encoder", f"'{path.name}' must take input_ids[1, S] and attention_mask[1, S]")

    def encode(self, text: str) -> torch.Tensor:
        """Return the vector of `text`, of length one."""
        tokens = self._tokenizer.encode(text)
        longest = self._inputs[0].sizes[1]
        if not 0 < len(tokens) <= longest:
            raise mistake(
                "text-too-long", f"a text must have 1 to {longest} tokens for this program, has {len(tokens)}"
            )
        padding = longest - len(tokens) if self._inputs[0].dynamism == "static" else 0
        rows = encoder_rows(tokens, padding)
        inputs = [
            torch.tensor([rows[role]], dtype=getattr(torch, value.dtype))
            for role, value in zip(ROLES, self._inputs, strict=False)
        ]
        result = self._runner.run(tuple(inputs))[0].to(torch.float32)
        if result.dim() == 3:
            result = result[:, : len(tokens)].mean(1)
        return torch.nn.functional.normalize(result.flatten(), dim=0)


def encoder_rows(tokens: list[int], padding: int) -> dict[str, list[int]]:
    """Return what each of an encoder's inputs holds; padding is masked."""
    length = len(tokens) + padding
    return {
        "input_ids": tokens + [0] * padding,
        "attention_mask": [1] * len(tokens) + [0] * padding,
        "token_type_ids": [0] * length,
        "position_ids": list(range(length)),
    }
