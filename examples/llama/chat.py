"""Continues a line with a `.pte` on ExecuTorch's Python runtime: the decode loop in full.

chat.py PROGRAM.pte TOKENIZER.gguf TEXT
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401 - registers llama::custom_sdpa.
from executorch.runtime import Runtime
from transformers import AutoTokenizer

TOKENS = 48


def main(program: Path, tokenizer_file: Path, text: str) -> None:
    """Write `text` and its greedy continuation, word by word."""
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_file.parent, gguf_file=tokenizer_file.name)
    method = Runtime.get().load_program(program).load_method("forward")
    tokens = tokenizer(text).input_ids
    position = 0
    shown = text
    sys.stdout.write(text)
    for _ in range(TOKENS):
        pending = torch.tensor([tokens[position:]])
        # The program keeps its own key-value cache: it is told only what is new, and where that stands.
        [logits] = method.execute([pending, torch.arange(position, len(tokens))])
        position = len(tokens)
        tokens.append(int(logits[0, -1].argmax()))
        if tokens[-1] == tokenizer.eos_token_id:
            break
        words = tokenizer.decode(tokens)
        sys.stdout.write(words[len(shown) :])
        sys.stdout.flush()
        shown = words
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
