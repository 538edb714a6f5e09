"""Says how near sentences are, by a program on the official Python runtime; measures nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import run_tool
from common.operators import load_operators
from common.quiet import quiet


def main(argv: Sequence[str]) -> None:
    """Print the similarity of each pair of sentences, or their vectors."""
    arguments = parse(argv)
    quiet()
    from run.native_log import NativeLog

    with NativeLog():  # Importing the runtime is noisy.
        load_operators(arguments.operators)
        from run.text_encoder import TextEncoder
        from run.tokenizer import load_tokenizer
    encoder = TextEncoder(
        Path(arguments.pte), arguments.method, load_tokenizer([Path(file) for file in arguments.tokenizer])
    )
    vectors = {sentence: encoder.encode(sentence) for sentence in arguments.sentences}
    if arguments.json or len(vectors) == 1:
        rounded = {sentence: [float(f"{item:.6g}") for item in vector] for sentence, vector in vectors.items()}
        print(json.dumps(rounded, ensure_ascii=False))
        return
    first, *others = vectors
    print(first)
    for sentence in sorted(others, key=lambda each: -float(vectors[first] @ vectors[each])):
        print(f"  {float(vectors[first] @ vectors[sentence]):6.3f}  {sentence}")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="embed", description="Say how near sentences are to the first.", allow_abbrev=False
    )
    parser.add_argument("--pte", required=True)
    parser.add_argument("--tokenizer", action="append", default=[])
    parser.add_argument("--method", default="forward")
    parser.add_argument("--operators", action="append", default=[], help="what defines operators that it calls")
    parser.add_argument("--json", action="store_true", help="print the vectors as JSON")
    parser.add_argument("sentences", nargs="+", metavar="SENTENCE")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
