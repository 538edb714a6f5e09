"""Megabytes a second of the C++ tokenizer, beside the library that its file was made for.

    ./etbuild //runtime/runner:tokenizer_main -c opt
    ./etbuild run //toolchains/python:base -- benchmarks/tokenizer.py --program …/tokenizer_main
        --files SOURCE FLAT … [--rounds 7]

SOURCE is a tokenizer.json, a GGUF file or a SentencePiece .model, FLAT what the rule `tokenizer` makes of it.

CPU time of one thread. Each round takes both, so that what else the machine does meets both; medians over the rounds,
and of the rounds' ratios. Prose is this repository's documentation, a paragraph a text; mixed is what tests compare.
"""

from __future__ import annotations

import os

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/tokenizer"))

from corpus import strings
from references import reference

ROOT = Path(__file__).resolve().parents[1]


def ours(program: Path, flat: Path, texts: Sequence[str]) -> float:
    """Return the seconds that the C++ tokenizer says it took."""
    encoded = (text.encode() for text in texts)
    given = b"".join(len(text).to_bytes(4, "little") + text for text in encoded)
    command = [str(program), str(flat), "encode", "--time"]
    return float(subprocess.run(command, input=given, capture_output=True, check=True).stderr)


def theirs(library: Any, texts: Sequence[str]) -> float:
    """Return the seconds that the library took."""
    start = time.process_time()
    library.encode(texts, special=False)
    return time.process_time() - start


def prose() -> list[str]:
    """Return the paragraphs of the documentation, ten times over: a library that remembers words may do so."""
    files = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
    return [paragraph for path in files for paragraph in path.read_text("utf-8").split("\n\n")] * 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--files", type=Path, nargs="+", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    corpora = {"prose": prose(), "mixed": [text.decode(errors="replace") for text in strings(3, 20_000)]}
    print(f"{'MB/s of CPU time':34}{'C++':>9}{'library':>9}{'C++ / library, paired':>24}")
    for source, flat in zip(options.files[::2], options.files[1::2], strict=True):
        library = reference(source)
        for name, texts in corpora.items():
            size = sum(len(text.encode()) for text in texts) / 1e6
            rounds = [(ours(options.program, flat, texts), theirs(library, texts)) for _ in range(options.rounds)]
            our, their = (size / statistics.median(each[at] for each in rounds) for at in (0, 1))
            ratio = statistics.median(each[1] / each[0] for each in rounds)
            print(f"{flat.stem + ', ' + name:34}{our:9.1f}{their:9.1f}{ratio:24.2f}", flush=True)


if __name__ == "__main__":
    main()
