"""Measures a program that maps tensors to tensors: encoders, classifiers, any module; knows nothing of decoding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from check.degenerate import degenerate, negligible, require_telling
from check.figures import Comparison, furthest_off, sqnr_db
from check.graph_runner import GraphRunner, equal_shapes
from check.inputs import InputSet
from check.measurement import TELLING_DB, Measurement
from common.diagnostics import mistake
from common.progress import progress
from run.program_runner import ProgramRunner

Results = list[tuple[Any, ...]]


def measure_tensors(
    measurement: Measurement,
    sets: Sequence[InputSet],
    graph: GraphRunner,
    program: ProgramRunner | None,
    original: GraphRunner | None,
) -> None:
    """Run everything on `sets` and write the figures down; `original` is the graph before quantization.

    A program that nothing can run is None.
    """
    measurement.inputs = [each.name for each in sets]
    progress(f"eager reference on {len(sets)} inputs")
    truth = _run_all(graph, sets)
    require_telling(truth, "the graph")
    names, top1 = [each.name for each in sets], measurement.kind == "image-classification"
    results = truth
    if program is not None:
        progress(f"program on {len(sets)} inputs")
        results = _run_all(program, sets)
        _require_equal_shapes(truth, results, program)
        _mark_off(measurement, sets, truth, results)
    measurement.outputs = compare(names, truth, results, top1=top1)
    if program is not None:
        measurement.against_graph = _furthest_off(measurement.outputs)
    for index, each in enumerate(sets):
        taken, given = each.values, {"graph": truth[index]}
        if program is not None:
            both = {"graph": truth[index], "program": results[index]}
            taken, given = program.io.taken(taken), {source: program.io.given(both[source]) for source in both}
        measurement.record(index, [spec.name for spec in graph.inputs], taken, given)
    if original is not None:
        progress(f"float reference on {len(sets)} inputs")
        floats = _run_all(original, sets)
        require_telling(floats, "the graph before quantization")
        measurement.against_float = _furthest_off(compare(names, floats, results, top1=top1))


def compare(names: Sequence[str], truth: Results, results: Results, *, top1: bool) -> list[dict[str, Any]]:
    """Return the figures of each output by itself, and whether it can show an error."""
    reports = []
    for at, (outputs, others) in enumerate(zip(zip(*truth, strict=True), zip(*results, strict=True), strict=True)):
        comparison = Comparison()
        for name, reference, result in zip(names, outputs, others, strict=True):
            where = name if len(truth[0]) == 1 else f"output {at} of {name}"
            comparison.add(torch.as_tensor(reference), torch.as_tensor(result), where)
            if top1 and at == 0:
                comparison.add_top1(reference, result)
        first = torch.as_tensor(outputs[0])
        form = {"index": at, "dtype": str(first.dtype).removeprefix("torch."), "sizes": list(first.shape)}
        compared = not (negligible(outputs) and negligible(others))
        reports.append({**form, "degenerate": degenerate(outputs), "compared": compared, **comparison.report()})
    return reports


def _furthest_off(outputs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return furthest_off([each for each in outputs if each["compared"]])


def _run_all(runner: GraphRunner | ProgramRunner, sets: Sequence[InputSet]) -> Results:
    results = []
    for each in sets:
        runner.reset()
        results.append(
            tuple(value.clone() if isinstance(value, torch.Tensor) else value for value in runner.run(each.values))
        )
    return results


def _require_equal_shapes(truth: Results, results: Results, program: ProgramRunner) -> None:
    for reference, result in zip(truth, results, strict=True):
        if not equal_shapes(reference, result):
            message = f"'{program.path.name}' must give {_shapes(reference)} as its graph does, gives {_shapes(result)}"
            raise mistake("outputs-differ", message)


def _shapes(values: Sequence[Any]) -> str:
    return ", ".join(str(list(value.shape)) if isinstance(value, torch.Tensor) else str(value) for value in values)


def _mark_off(measurement: Measurement, sets: Sequence[InputSet], truth: Results, results: Results) -> None:
    least = TELLING_DB[measurement.precision]
    for each, reference, result in zip(sets, truth, results, strict=True):
        for true, got in zip(reference, result, strict=True):
            if isinstance(true, torch.Tensor) and true.dtype.is_floating_point and sqnr_db(true, got) < least:
                measurement.off = [each.values]
                return
