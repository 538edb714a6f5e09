"""A program that continues tokens, with what it says of itself; knows no text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from check.decoding import Decoder
from common.diagnostics import mistake
from pte.program import Method, Tensor
from run.program_runner import ProgramRunner


class TextProgram:
    """A decoder `forward(input_ids, cache_position)`, with its length and the tokens that end a text."""

    def __init__(self, path: Path, method: str, tokenizer_eos: Sequence[int]) -> None:
        runner = ProgramRunner(path, method)
        constants = runner.constants()
        chunk = _longest_call(runner.method, path)
        limit = int(constants.get("get_max_context_len") or constants.get("get_max_seq_len") or chunk)
        self.path = path
        self.eos_ids = _eos_ids(constants.get("get_eos_ids")) or tuple(tokenizer_eos)
        self.decoder = Decoder(runner.run, runner.reset, min(chunk, limit), limit)

    def greedy(self, prompt: Sequence[int]) -> Iterator[int]:
        """Yield the likeliest token after another, until the program's length is reached."""
        for token, _ in self.decoder.greedy(prompt):
            yield token

    def require_fits(self, prompt: Sequence[int]) -> None:
        """Refuse a prompt that leaves no room for an answer."""
        limit = self.decoder.limit
        if not 0 < len(prompt) < limit:
            message = f"a prompt must have 1 to {limit - 1} tokens for this program, has {len(prompt)}"
            raise mistake("prompt-too-long", message, hint="shorten it, or build with a larger max_seq_len")


def _longest_call(method: Method, path: Path) -> int:
    values = [method.values[index] for index in method.inputs]
    first = values[0] if len(values) >= 2 else None
    if not isinstance(first, Tensor) or first.dtype != "int64" or len(first.sizes) != 2:
        message = f"'{path.name}' must take input_ids[1, S] and cache_position[S] to generate text"
        raise mistake("not-a-decoder", f"{message}, takes {len(values)} inputs of another form")
    return first.sizes[1]


def _eos_ids(value: Any) -> tuple[int, ...]:
    if value is None:
        return ()
    return tuple(int(item) for item in value) if isinstance(value, list) else (int(value),)
