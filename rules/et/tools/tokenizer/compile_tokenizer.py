"""Compiles a tokenizer's files into the flat file of the C++ runner; knows nothing of models."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import mistake, run_tool
from common.quiet import quiet
from tokenizer.source import Source


def main(argv: Sequence[str]) -> None:
    """Read the files, write the flat one."""
    parser = argparse.ArgumentParser(prog="compile_tokenizer", description=__doc__, allow_abbrev=False)
    parser.add_argument("--file", dest="files", action="append", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    arguments = parser.parse_args(argv)
    quiet()
    source = read_source(arguments.files)
    from tokenizer.define import define
    from tokenizer.flat_file import flat_file

    arguments.output.write_bytes(flat_file(define(source)))


def read_source(files: Sequence[Path]) -> Source:
    """Read the file that holds the whole tokenizer: tokenizer.json, else GGUF, else SentencePiece."""
    for path in files:
        if path.name.endswith(".json") and path.name not in ("tokenizer_config.json", "special_tokens_map.json"):
            from tokenizer.json_source import read_json

            return read_json(path, files)
    for path in files:
        if path.suffix == ".gguf":
            from tokenizer.gguf_source import read_gguf

            return read_gguf(path)
    for path in files:
        if path.suffix in (".model", ".spm"):
            from tokenizer.sentencepiece_source import read_sentencepiece

            return read_sentencepiece(path)
    names = ", ".join(f"'{path.name}'" for path in files)
    message = f"a tokenizer must be a tokenizer.json, a .gguf or a SentencePiece .model, is {names}"
    raise mistake("unsupported-tokenizer", message, "src")


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
