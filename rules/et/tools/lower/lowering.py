"""Lowers exported programs to a `.pte` with the partitioners of a backend; knows no backend itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import executorch.kernels.quantized  # noqa: F401 -- registers the out variants of quantized_decomposed.*
from executorch.exir import EdgeCompileConfig, ExecutorchBackendConfig, to_edge_transform_and_lower
from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401 -- registers torch.ops.llama.*
from torch.export import ExportedProgram

from common.diagnostics import mistake
from common.operators import load_operators
from common.progress import progress
from common.quiet import deterministic, quiet
from export.canonical import load_program
from lower.fast_exir import without_repeated_work
from lower.initial_state import keep_initial_state
from lower.kernels import missing_kernels
from lower.memory_plan import planning_pass
from lower.patches import Patch
from lower.places import add_places
from lower.quantized_io import quantize_io
from lower.refusal import lowering_refused, missing_operators
from lower.request import LowerRequest, parse_request
from lower.unread_constants import drop_unread_constants
from lower.user_passes import edge_passes_of, partitioners_of
from lower.user_planner import check_plan, planner_of
from pte.operators import operators_of
from pte.plan import plan_of


@dataclass(frozen=True, slots=True)
class Backend:
    """What a backend brings to a lowering."""

    name: str
    partitioners: Callable[[LowerRequest], Sequence[Any]]
    patches: Callable[[], Sequence[Patch]] = tuple
    """What spares it work that changes nothing."""
    prepare: Callable[[ExportedProgram], None] = lambda _program: None
    """Rewrites a program, in place, for what runs it."""
    edge_config: Callable[[], EdgeCompileConfig] = lambda: EdgeCompileConfig(_check_ir_validity=False)
    finish: Callable[[Any, LowerRequest], Any] = lambda edge, _request: edge
    """Rewrites the edge programs, once partitioners have taken what they take."""


def lower_main(argv: Sequence[str], backend: Backend) -> None:
    """Lower what the command line describes, always from the saved program: one reloaded lowers to other bytes."""
    quiet()
    deterministic(0)
    request = parse_request(argv, backend.name)
    load_operators()
    programs = {name: load_program(Path(file), "method") for name, file in request.methods}
    for program in programs.values():
        backend.prepare(program)
    chosen = backend.partitioners(request) if request.partitioner is None else partitioners_of(request.partitioner)
    lowered = lower_programs(programs, request, chosen, backend)
    write_program(lowered, request)
    if request.memory_planner is not None:
        check_plan(Path(request.output), request.memory_planner)
    report = operators_of(Path(request.output))
    add_places(report, lowered)
    _write_json(Path(request.operators), report)
    _write_json(Path(request.plan), plan_of(Path(request.output)))
    missing = missing_kernels(report)
    if missing:
        raise missing_operators(missing, {name: lowered.exported_program(name) for name in programs}, backend.name)


def lower_programs(
    programs: Mapping[str, ExportedProgram], request: LowerRequest, partitioners: Sequence[Any], backend: Backend
) -> Any:
    """Return the ExecuTorch program of `programs`."""
    passes = edge_passes_of(request.edge_passes)
    constants = constant_methods(request)
    config = _backend_config(request)
    progress(f"{backend.name}: partitioning")
    known = programs  # That say where in the model an operator is called, under the name that it has by then.
    try:
        with without_repeated_work(backend.patches()):
            edge = to_edge_transform_and_lower(
                dict(programs),
                transform_passes=passes or None,
                partitioner=list(partitioners),
                constant_methods=constants or None,
                compile_config=backend.edge_config(),
                generate_etrecord=request.etrecord is not None,
            )
            if request.quantized_io:
                quantize_io(edge)
            edge = backend.finish(edge, request)
            known = dict(edge._edge_programs)
            for program in known.values():
                drop_unread_constants(program)
                keep_initial_state(program)
            progress(f"{backend.name}: planning memory")
            return edge.to_executorch(config)
    except Exception as error:
        raise lowering_refused(error, known, backend.name, request) from error


def write_program(lowered: Any, request: LowerRequest) -> None:
    """Write the `.pte`, and its ETRecord where one is asked for."""
    progress("writing the program")
    with Path(request.output).open("wb") as stream:
        lowered.write_to_file(stream)
    if request.etrecord is not None:
        lowered.get_etrecord().save(request.etrecord)


def constant_methods(request: LowerRequest) -> dict[str, Any]:
    """Return the metadata of the methods' facts and, before it, what the user declared."""
    constants: dict[str, Any] = {}
    for name, file in request.facts:
        for key, value in json.loads(Path(file).read_text(encoding="utf-8"))["constant_methods"].items():
            if constants.setdefault(key, value) != value:
                message = (
                    f"methods of one program must agree on '{key}', '{name}' has {value}, another {constants[key]}"
                )
                raise mistake("methods-disagree", message, "methods")
    constants.update(request.constant_methods)
    if request.profile:
        constants["et_profile"] = request.profile
    taken = sorted(set(constants) & {name for name, _ in request.methods})
    if taken:
        raise mistake("name-twice", f"'{taken[0]}' is both a method and a constant method", "constant_methods")
    return dict(sorted(constants.items()))


def _backend_config(request: LowerRequest) -> ExecutorchBackendConfig:
    entry = request.memory_planner
    planner = planning_pass() if entry is None else planner_of(entry)
    return ExecutorchBackendConfig(memory_planning_pass=planner)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
