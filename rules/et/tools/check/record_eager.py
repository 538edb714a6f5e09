"""Records what a model says to a prompt in eager torch, by transformers' own code; knows no export and no programs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

import torch
from safetensors.torch import save_file

from check.degenerate import require_telling
from check.text_generation import tokenize_prompts
from common.diagnostics import mistake, run_tool
from common.progress import progress
from common.quiet import deterministic, quiet
from export.hf_model import load_hf_model
from export.request import ExportRequest, parse_request
from run.tokenizer import load_tokenizer


def main(argv: Sequence[str]) -> None:
    """Write the prompt's tokens, the greedy tokens, and the logits before each."""
    quiet()
    arguments, request = parse(argv)
    deterministic(request.seed)
    progress(f"loading {request.architecture}")
    model = load_hf_model(request).module
    prompt = _prompt(arguments.prompt, request, model)
    tokens, logits = greedy(model, prompt, arguments.tokens)
    require_telling([(logits,)], "the model")
    recorded = {"input_ids": torch.tensor([prompt]), "logits": logits, "tokens": torch.tensor(tokens)}
    save_file(recorded, arguments.reference)


def _prompt(text: str | None, request: ExportRequest, model: torch.nn.Module) -> list[int]:
    tokenizer = None
    if text is not None:
        tokenizer = load_tokenizer([Path(file) for file in request.tokenizer])
    config = getattr(model, "config", None)
    [prompt] = tokenize_prompts([text or ""], tokenizer, getattr(config, "vocab_size", 32))
    return list(prompt.tokens)


def greedy(model: torch.nn.Module, prompt: Sequence[int], count: int) -> tuple[list[int], torch.Tensor]:
    """Return `count` tokens, each the likeliest after those before it, and the logits that say so."""
    tokens: list[int] = []
    rows: list[torch.Tensor] = []
    fed, cache = list(prompt), None
    with torch.no_grad():
        while len(tokens) < count:
            progress(f"eager: token {len(tokens) + 1} of {count}")
            output = model(input_ids=torch.tensor([fed]), past_key_values=cache, use_cache=True)
            if getattr(output, "logits", None) is None:
                message = f"{type(model).__name__} gives no logits: it does not generate text"
                raise mistake("not-a-decoder", message, "model")
            rows.append(output.logits[0, -1].float())
            tokens.append(int(rows[-1].argmax()))
            fed, cache = tokens[-1:], output.past_key_values
    return tokens, torch.stack(rows)


def parse(argv: Sequence[str]) -> tuple[argparse.Namespace, ExportRequest]:
    """Parse the command line: what is asked, and then the model, as an export's command line describes it."""
    parser = argparse.ArgumentParser(prog="record_eager", description=__doc__, allow_abbrev=False)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--prompt")
    parser.add_argument("--tokens", type=int, required=True)
    arguments, model = parser.parse_known_args(argv)
    # Nothing is exported.
    return arguments, parse_request([*model, "--output", os.devnull, "--facts", os.devnull])


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
