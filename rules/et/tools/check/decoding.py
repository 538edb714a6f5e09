"""Steps a decoder through tokens, whole prompt or one by one; the same for a graph and a program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

Run = Callable[[tuple[Any, ...]], tuple[Any, ...]]
"""Runs a graph or a program once."""


@dataclass(frozen=True, slots=True)
class Decoder:
    """A `forward(input_ids[1, S], cache_position[S])` that keeps its own cache."""

    run: Run
    reset: Callable[[], None]
    chunk: int
    """The most tokens a call may take; 1 for static shapes."""
    limit: int
    """The most tokens the cache holds."""

    def feed(self, tokens: Sequence[int], start: int, chunk: int | None = None) -> torch.Tensor:
        """Feed `tokens` that stand at `start` and return the logits there are: of the last token, or of all."""
        size = min(chunk or self.chunk, self.chunk)
        parts = [self._call(tokens[at : at + size], start + at) for at in range(0, len(tokens), size)]
        return torch.cat(parts)

    def greedy(self, prompt: Sequence[int]) -> Iterator[tuple[int, torch.Tensor]]:
        """Yield the likeliest token after another, with the logits that chose it, until the cache is full."""
        self.reset()
        logits = self.feed(prompt, 0)
        position = len(prompt)
        while True:
            token = int(logits[-1].argmax())
            yield token, logits
            if position >= self.limit:
                return
            logits = self.feed([token], position)
            position += 1

    def _call(self, tokens: Sequence[int], start: int) -> torch.Tensor:
        logits = self.run(decoder_inputs(tokens, start))[0]
        return logits.reshape(-1, logits.shape[-1]).clone()


def decoder_inputs(tokens: Sequence[int], start: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what a decoder takes for `tokens` that stand at `start`."""
    return torch.tensor([list(tokens)]), torch.arange(start, start + len(tokens))
