"""Says what pictures show, by a program on the official Python runtime; measures nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import mistake, run_tool
from common.operators import load_operators
from common.quiet import quiet


def main(argv: Sequence[str]) -> None:
    """Print each picture's likeliest classes."""
    arguments = parse(argv)
    quiet()
    from run.native_log import NativeLog

    with NativeLog():  # Importing the runtime is noisy.
        load_operators(arguments.operators)
        from run.image_program import ImageProgram
    labels = read_labels(arguments.labels)
    program = ImageProgram(Path(arguments.pte), arguments.method)
    for image in arguments.images:
        likeliest = program.classify(Path(image)).topk(arguments.top)
        print(image)
        for probability, index in zip(likeliest.values.tolist(), likeliest.indices.tolist(), strict=True):
            name = f"  {labels[index]}" if index < len(labels) else ""
            print(f"  {probability:7.2%}  {index:>4}{name}")


def read_labels(path: str | None) -> list[str]:
    """Return the names of classes, one a line of the file."""
    if path is None:
        return []
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise mistake("missing-labels", f"'{path}' cannot be read: {error.strerror}") from error


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="classify", description="Say what pictures show.", allow_abbrev=False)
    parser.add_argument("--pte", required=True)
    parser.add_argument("--method", default="forward")
    parser.add_argument("--operators", action="append", default=[], help="what defines operators that it calls")
    parser.add_argument("--labels", metavar="FILE", help="names of the classes, one a line")
    parser.add_argument("--top", type=int, default=5, help="how many classes a picture")
    parser.add_argument("images", nargs="+", metavar="IMAGE")
    arguments = parser.parse_args(argv)
    if arguments.top < 1:
        raise mistake("invalid-count", f"--top must be at least 1, is {arguments.top}")
    return arguments


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
