"""Holds a program's answer to real input against what a person expects: the test of a program."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import mistake, run_tool
from common.operators import load_operators
from common.quiet import quiet

TASKS = ("text-generation", "tokens", "feature-extraction", "image-classification", "none")
SOME_TOKENS = tuple(range(1, 9))
"""Any vocabulary has them."""
MARGIN = 0.1
"""By how much a near sentence must be nearer than a far one."""


def main(argv: Sequence[str]) -> None:
    """Run each method and print its answer; an unexpected one is a failure."""
    arguments = parse(argv)
    quiet()
    load_operators(arguments.operators)
    checks = {
        "text-generation": expect_text,
        "tokens": expect_finite_logits,
        "feature-extraction": expect_similarity,
        "image-classification": expect_class,
        "none": expect_finite,
    }
    calls = list(zip(arguments.tasks or TASKS[-1:], arguments.methods or ("forward",), strict=True))
    for arguments.task, arguments.method in calls:
        text = checks[arguments.task](arguments)
        print(f"{arguments.method}: {text}" if len(calls) > 1 else text)


def expect_text(arguments: argparse.Namespace) -> str:
    """Require the continuation of the prompt to hold the expected text."""
    from run.generate import until_end
    from run.text_program import TextProgram
    from run.tokenizer import load_tokenizer

    require(arguments, "prompt", "expect")
    tokenizer = load_tokenizer([Path(file) for file in arguments.tokenizer])
    program = TextProgram(Path(arguments.pte), arguments.method, tokenizer.eos_ids)
    prompt = tokenizer.encode(arguments.prompt)
    program.require_fits(prompt)
    tokens = islice(until_end(program.greedy(prompt), program.eos_ids), arguments.max_new_tokens)
    text = "".join(tokenizer.pieces(prompt, tokens))
    if arguments.expect not in text:
        raise unexpected(
            f"'{arguments.prompt}' must continue with {arguments.expect!r}, continues with {text!r}", "expect"
        )
    return f"{arguments.prompt}{text}"


def expect_finite_logits(arguments: argparse.Namespace) -> str:
    """Require that a decoder continues tokens, which are nobody's words, with finite logits that are not all one."""
    from run.text_program import TextProgram

    program = TextProgram(Path(arguments.pte), arguments.method, ())
    program.require_fits(SOME_TOKENS)
    steps = list(islice(program.decoder.greedy(SOME_TOKENS), arguments.max_new_tokens))
    require_finite([logits for _, logits in steps], arguments.method)
    return f"{len(steps)} tokens, their logits finite"


def expect_similarity(arguments: argparse.Namespace) -> str:
    """Require the second sentence to be nearer to the first than the third is."""
    from run.text_encoder import TextEncoder
    from run.tokenizer import load_tokenizer

    if len(arguments.sentence) != 3:
        message = f"'sentences' must be an anchor, one that is near and one that is far, are {len(arguments.sentence)}"
        raise mistake("missing-attribute", message, "sentences")
    encoder = TextEncoder(
        Path(arguments.pte), arguments.method, load_tokenizer([Path(file) for file in arguments.tokenizer])
    )
    anchor, near, far = (encoder.encode(sentence) for sentence in arguments.sentence)
    first, second = float(anchor @ near), float(anchor @ far)
    text = f"similarity {first:.3f} to '{arguments.sentence[1]}', {second:.3f} to '{arguments.sentence[2]}'"
    if not first >= second + MARGIN:
        raise unexpected(f"the near sentence must be nearer by {MARGIN}: {text}", "sentences")
    return text


def expect_class(arguments: argparse.Namespace) -> str:
    """Require the picture's likeliest class to be the expected one."""
    from run.image_program import ImageProgram

    require(arguments, "image", "expect")
    probabilities = ImageProgram(Path(arguments.pte), arguments.method).classify(Path(arguments.image))
    likeliest = int(probabilities.argmax())
    text = f"class {likeliest} with {float(probabilities[likeliest]):.1%}"
    if not arguments.expect.strip().isdigit():
        raise mistake("wrong-type", f"'expect' must be the index of a class, is '{arguments.expect}'", "expect")
    if likeliest != int(arguments.expect):
        name = Path(arguments.image).name
        raise unexpected(f"'{name}' must be class {int(arguments.expect)}, is {text}", "expect")
    return f"{text} is the likeliest"


def expect_finite(arguments: argparse.Namespace) -> str:
    """Require that the program runs on seeded noise and gives finite values that are not all one."""
    from run.program_runner import ProgramRunner
    from run.seeded_inputs import seeded_inputs

    runner = ProgramRunner(Path(arguments.pte), arguments.method)
    results = runner.run(seeded_inputs(runner.method))
    require_finite(results, arguments.method)
    return f"{len(results)} outputs, finite"


def require_finite(results: Sequence[object], method: str) -> None:
    """Refuse values that a method gave, of which one is not finite, or all are one."""
    from check.degenerate import degenerate

    for index, value in enumerate(results):
        if reason := degenerate([value]):
            raise unexpected(f"output {index} of '{method}' must be finite values that differ, is {reason}", "program")


def require(arguments: argparse.Namespace, *names: str) -> None:
    """Refuse a test that leaves out what its task needs."""
    for name in names:
        if not getattr(arguments, name):
            raise mistake("missing-attribute", f"'{name}' must be given to test {arguments.task}", name)


def unexpected(message: str, attribute: str) -> Exception:
    """Return the failure of a test."""
    return mistake("unexpected-answer", message, attribute)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="expect", description=__doc__, allow_abbrev=False)
    parser.add_argument("--task", dest="tasks", action="append", choices=TASKS, help="of the method that follows")
    parser.add_argument("--pte", required=True)
    parser.add_argument("--method", dest="methods", action="append")
    parser.add_argument("--operators", action="append", default=[], help="what defines operators that it calls")
    parser.add_argument("--tokenizer", action="append", default=[])
    for flag in ("--prompt", "--expect", "--image"):
        parser.add_argument(flag)
    parser.add_argument("--max-new-tokens", type=int, default=24)
    parser.add_argument("--sentence", action="append", default=[])
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
