"""Runs a program and its graph on the same inputs and writes by how much they differ; judges nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import UserError, mistake, run_tool
from common.progress import progress
from common.quiet import deterministic, quiet

DEFAULT_TOKENS = 24


def main(argv: Sequence[str]) -> None:
    """Measure, and write the figures and the tensors they come from."""
    quiet()
    arguments = parse(argv)
    deterministic(0)
    from safetensors.torch import save_file

    from run.native_log import NativeLog

    with NativeLog():  # Kernels talk on every call.
        measurement, graph, original = measure(arguments)
        report = measurement.report(_divergence(arguments, measurement, graph, original))
    Path(arguments.output).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if arguments.inputs_output:
        save_file(dict(sorted(measurement.recorded.items())), arguments.inputs_output)
    if arguments.expected_output:
        save_file(dict(sorted(measurement.expected.items())), arguments.expected_output)


def _divergence(arguments: argparse.Namespace, measurement: Any, graph: Any, original: Any) -> dict[str, Any] | None:
    """Return where the program left its graph, or else where the graph left the float one."""
    from check.divergence import first_divergence
    from check.measurement import TELLING_DB
    from check.quantization_loss import example_call, first_loss, is_hurt

    try:
        if measurement.off is not None:
            progress("looking for the operator that diverged first")
            least = TELLING_DB[measurement.precision]
            return first_divergence(Path(arguments.pte), arguments.method, graph, measurement.off, least)
        if original is not None and is_hurt(measurement.against_float):
            progress("looking for the operator that quantization hurt first")
            names = [spec.name for spec in graph.inputs]
            return first_loss(graph, original, [example_call(measurement.recorded, names)])
    except (RuntimeError, MemoryError, UserError):
        # The figures are what the gate needs; a trace can want more memory than there is.
        return None
    return None


def measure(arguments: argparse.Namespace) -> tuple[Any, Any, Any]:
    """Return the measurement, and the graphs that it was made against."""
    from check.graph_runner import load_graph
    from check.measurement import Measurement
    from run.program_runner import use_one_thread
    from run.tokenizer import load_tokenizer

    facts = read_facts(Path(arguments.facts))
    quantized = arguments.float is not None
    measurement = Measurement(
        kind=arguments.task or "tensors",
        method=arguments.method,
        precision="quantized" if quantized else str(facts.get("dtype") or "float32"),
        not_run=arguments.not_run,
    )
    use_one_thread()
    progress("loading the program")
    program = None if arguments.not_run else load_program(Path(arguments.pte), arguments.method)
    progress("loading the graph")
    graph = load_graph(Path(arguments.graph))
    original = load_graph(Path(arguments.float)) if quantized else None
    tokenizer = load_tokenizer([Path(file) for file in arguments.tokenizer]) if arguments.tokenizer else None
    if arguments.task == "text-generation":
        _measure_text(arguments, measurement, (graph, program, original), tokenizer)
    else:
        _measure_tensors(arguments, measurement, (graph, program, original), tokenizer, facts)
    return measurement, graph, original


def load_program(path: Path, method: str) -> Any:
    """Load a program; one that plans more memory than there is here is a user's mistake."""
    from run.program_runner import ProgramRunner, method_of, read_checked

    try:
        return ProgramRunner(path, method)
    except MemoryError as error:
        planned = sum(method_of(read_checked(path), method, path).buffer_sizes)
        message = f"method '{method}' of '{path.name}' must find the {planned} bytes here that are planned for it"
        hint = "memory is planned for the largest sizes of inputs: bound what 'dynamic_shapes' allows"
        raise mistake("program-does-not-load", message, hint=hint) from error


def _measure_text(arguments: argparse.Namespace, measurement: Any, runners: Any, tokenizer: Any) -> None:
    from check.text_generation import Decoders, decoder_of, measure_text, tokenize_prompts

    graph, program, original = runners
    constants = program.constants()
    prompts = tokenize_prompts(arguments.prompt, tokenizer, int(constants.get("get_vocab_size") or 32))
    decoders = Decoders(
        decoder_of(graph, graph, constants),
        decoder_of(program, graph, constants),
        decoder_of(original, original, constants) if original is not None else None,
    )
    measure_text(measurement, prompts, arguments.tokens, decoders)
    if tokenizer is not None:
        for index, prompt in enumerate(prompts):
            tokens = measurement.expected[f"{index}/tokens"].tolist()
            measurement.texts.append(tokenizer.decode([*prompt.tokens, *tokens]))


def _measure_tensors(
    arguments: argparse.Namespace, measurement: Any, runners: Any, tokenizer: Any, facts: dict[str, Any]
) -> None:
    from check.inputs import SENTENCES, calibration_inputs, example_inputs, recorded_inputs, sentence_inputs
    from check.tensors import measure_tensors

    graph, program, original = runners
    if arguments.inputs:
        sets = recorded_inputs(arguments.inputs, graph.inputs, facts.get("inputs", ()))
    elif arguments.calibration:
        sets = calibration_inputs(arguments.calibration, facts["inputs"])
    elif arguments.task == "feature-extraction" and tokenizer is not None:
        sets = sentence_inputs(arguments.prompt or SENTENCES, tokenizer, graph.inputs)
    else:
        sets = example_inputs(graph.exported, graph.inputs)
    measure_tensors(measurement, sets, graph, program, original)


def read_facts(path: Path) -> dict[str, Any]:
    """Return what the export wrote about itself."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise mistake("invalid-facts", f"'{path.name}' must be what the export wrote: {error}") from error
    return facts if isinstance(facts, dict) else {}


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="measure", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    for flag in ("--pte", "--graph", "--facts", "--output"):
        add(flag, required=True)
    add("--method", default="forward")
    for flag in ("--float", "--task", "--inputs-output", "--expected-output"):
        add(flag)
    add("--not-run", metavar="WHY", default="", help="the program can be run by nothing here: compare the graphs alone")
    for flag in ("--tokenizer", "--prompt", "--inputs", "--calibration"):
        add(flag, action="append", default=[])
    add("--tokens", type=int, default=DEFAULT_TOKENS)
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
