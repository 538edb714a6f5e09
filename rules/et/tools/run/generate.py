"""Continues a prompt with a program on the official Python runtime, streaming the text; measures nothing."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import mistake, run_tool
from common.operators import load_operators
from common.quiet import quiet

DEFAULT_TOKENS = 128


def main(argv: Sequence[str]) -> None:
    """Print the prompt's continuation as it comes."""
    arguments = parse(argv)
    quiet()
    from run.native_log import NativeLog

    with NativeLog():  # Importing the runtime is noisy.
        load_operators(arguments.operators)
        from run.text_program import TextProgram
        from run.tokenizer import load_tokenizer
    tokenizer = load_tokenizer([Path(file) for file in arguments.tokenizer])
    program = TextProgram(Path(arguments.pte), arguments.method, tokenizer.eos_ids)
    prompt = tokenizer.encode(arguments.prompt)
    program.require_fits(prompt)
    if not arguments.quiet_prompt:
        show(arguments.prompt)
    tokens = islice(until_end(program.greedy(prompt), program.eos_ids), arguments.max_new_tokens)
    for piece in tokenizer.pieces(prompt, tokens):
        show(piece)
    show("\n")


def until_end(tokens: Iterator[int], eos_ids: Sequence[int]) -> Iterator[int]:
    """Yield tokens up to the first that ends a text."""
    for token in tokens:
        if token in eos_ids:
            return
        yield token


def show(text: str) -> None:
    """Write `text` at once: a person watches."""
    sys.stdout.write(text)
    sys.stdout.flush()


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="generate", description="Continue a prompt.", allow_abbrev=False)
    parser.add_argument("--pte", required=True)
    parser.add_argument("--tokenizer", action="append", default=[])
    parser.add_argument("--method", default="forward")
    parser.add_argument("--operators", action="append", default=[], help="what defines operators that it calls")
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--max-new-tokens", type=int, default=DEFAULT_TOKENS)
    parser.add_argument("--quiet-prompt", action="store_true", help="print the continuation alone")
    arguments = parser.parse_args(argv)
    if not arguments.prompt:
        raise mistake("empty-prompt", "--prompt must have text, is empty")
    if arguments.max_new_tokens < 1:
        raise mistake("invalid-count", f"--max-new-tokens must be at least 1, is {arguments.max_new_tokens}")
    return arguments


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    raise SystemExit(run_tool(main, sys.argv[1:]))
