"""Runs a program with its event trace on and returns what every instruction gave; compares nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from common.diagnostics import UserError
from pte.program import Instruction, Method, Tensor
from run.program_runner import ProgramRunner

MOST_BYTES = 1 << 32
ALIGNMENT = 64
ALIASES = frozenset({"executorch_prim::et_view"})
"""Operators whose result is their input under another shape; the trace leaves them out."""


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of the last call, with the values that it read and those that it gave."""

    index: int
    operator: str
    nodes: tuple[str, ...]
    """What a delegate holds inside, as far as it is known."""
    reads: tuple[int, ...]
    """The tensors that came before: constants, inputs, state and what earlier steps gave."""
    gives: dict[int, torch.Tensor]
    touches: tuple[int, ...]
    """State that it is called with, and may change."""
    constants: frozenset[int]
    """Those of `reads` that are given in the file."""


def trace_program(path: Path, method: str, calls: Sequence[tuple[Any, ...]]) -> tuple[Step, ...]:
    """Return the steps of the last of `calls`; the ones before it only bring the state about."""
    size = debug_bytes(ProgramRunner(path, method).method, calls)
    while True:
        try:
            return _trace(path, method, calls, size)
        except UserError:
            # The buffer is of fixed size, and the runtime stops where it is full.
            if size >= MOST_BYTES:
                raise
            size = min(MOST_BYTES, size * 4)


def debug_bytes(method: Method, calls: Sequence[tuple[Any, ...]]) -> int:
    """Estimate the bytes that the values of all calls take; sizes in a program are upper bounds."""
    total = 1 << 20
    for call in calls:
        share = _share(method, call)
        for step in method.instructions:
            logged = step.args if step.kind == "delegate" else step.args[-3:]
            for value in (method.values[index] for index in logged if step.kind in {"kernel", "delegate"}):
                if isinstance(value, Tensor):
                    total += ALIGNMENT + int(value.nbytes * (1.0 if value.dynamism == "static" else share))
    return min(MOST_BYTES, total + total // 4)


def _share(method: Method, call: tuple[Any, ...]) -> float:
    """Return how much of the largest shapes a call uses."""
    shares = [0.0]
    for index, given in zip(method.inputs, call, strict=False):
        value = method.values[index]
        if isinstance(value, Tensor) and isinstance(given, torch.Tensor) and value.dynamism != "static":
            shares += [size / most for size, most in zip(given.shape, value.sizes, strict=True) if most > 1]
    return max(shares) or 1.0


def _trace(path: Path, method: str, calls: Sequence[tuple[Any, ...]], size: int) -> tuple[Step, ...]:
    runner = ProgramRunner(path, method, debug_bytes=size)
    for call in calls:
        runner.run(call)
    with tempfile.TemporaryDirectory() as folder:
        events, values = Path(folder) / "events", Path(folder) / "values"
        runner.write_trace(events, values)
        logged = _logged(events.read_bytes(), values)
    return _steps(runner.method, logged)


def _logged(events: bytes, values: Path) -> dict[int, list[torch.Tensor]]:
    """Return the tensors that each instruction of the last call logged, in their sequence."""
    from executorch.devtools.etdump.serialize import deserialize_from_etdump_flatcc

    logged: dict[int, list[torch.Tensor]] = {}
    run = deserialize_from_etdump_flatcc(events).run_data[-1]
    with values.open("rb") as stream:
        for entry in (event.debug_event for event in run.events if event.debug_event is not None):
            tensors = [entry.debug_entry.tensor] if entry.debug_entry.tensor else []
            if entry.debug_entry.tensor_list:
                tensors = entry.debug_entry.tensor_list.tensors
            is_result = entry.debug_entry.output is not None and entry.debug_entry.output.bool_val
            if entry.delegate_debug_id_int == -1 and entry.delegate_debug_id_str is None and not is_result:
                logged.setdefault(entry.instruction_id, []).extend(_read(stream, tensor) for tensor in tensors)
    return logged


def _read(stream: Any, tensor: Any) -> torch.Tensor:
    dtype = TORCH_DTYPES[tensor.scalar_type.name]
    count = torch.Size(tensor.sizes).numel()
    if not count:
        return torch.empty(tensor.sizes, dtype=dtype)
    stream.seek(tensor.offset)
    flat = torch.frombuffer(bytearray(stream.read(count * dtype.itemsize)), dtype=dtype)
    return flat.as_strided(tensor.sizes, tensor.strides).contiguous()


TORCH_DTYPES = {
    "BYTE": torch.uint8, "CHAR": torch.int8, "SHORT": torch.int16, "INT": torch.int32, "LONG": torch.int64,
    "HALF": torch.float16, "FLOAT": torch.float32, "DOUBLE": torch.float64, "BOOL": torch.bool,
    "BFLOAT16": torch.bfloat16, "UINT16": torch.uint16, "UINT32": torch.uint32, "UINT64": torch.uint64,
}  # fmt: skip


def _steps(method: Method, logged: dict[int, list[torch.Tensor]]) -> tuple[Step, ...]:
    """Tell apart what each instruction read and gave: a value is given by the instruction that mentions it first."""
    constants = {index for index, value in enumerate(method.values) if isinstance(value, Tensor) and value.constant}
    known = set(constants)
    first_input = min(method.inputs, default=0)
    state = {
        index
        for index, value in enumerate(method.values[:first_input])
        if isinstance(value, Tensor) and index not in known
    }
    known |= set(method.inputs) | state
    seen: dict[int, torch.Tensor] = {}
    steps = []
    for at, instruction in enumerate(method.instructions):
        if instruction.kind not in {"kernel", "delegate"}:
            continue
        tensors = _tensor_arguments(method, instruction)
        new = [index for index in dict.fromkeys(tensors) if index not in known]
        gives = _given(method, instruction, new, logged.get(at, []), seen)
        reads = tuple(index for index in dict.fromkeys(tensors) if index not in new)
        operator, nodes = _operator(method, instruction)
        known |= set(new)
        seen |= gives
        steps.append(
            Step(
                at,
                operator,
                nodes,
                reads,
                gives,
                tuple(index for index in reads if index in state),
                frozenset(constants & set(reads)),
            )
        )
    return _needed(method, steps)


def _needed(method: Method, steps: list[Step]) -> tuple[Step, ...]:
    """Leave out values that nobody reads: some operators must be given a tensor that they do not fill."""
    used = set(method.outputs) | {index for step in steps for index in step.reads}
    return tuple(
        replace(step, gives={index: value for index, value in step.gives.items() if index in used}) for step in steps
    )


def _given(
    method: Method, step: Instruction, new: list[int], logged: list[torch.Tensor], seen: dict[int, torch.Tensor]
) -> dict[int, torch.Tensor]:
    if step.kind == "delegate":
        # A delegate logs every tensor that it is called with.
        arguments = [index for index in step.args if isinstance(method.values[index], Tensor)]
        named = dict(zip(arguments, logged, strict=False))
        return {index: named[index] for index in new if index in named}
    if method.operators[step.target][0] in ALIASES:
        source = seen.get(step.args[0])
        return {step.args[-1]: source} if source is not None else {}
    return dict(zip(new, logged, strict=False))


def _tensor_arguments(method: Method, step: Instruction) -> list[int]:
    found: list[int] = []
    for index in step.args:
        value = method.values[index]
        items = (index,) if isinstance(value, Tensor) else value.present if value.kind.endswith("tensor_list") else ()
        found += items
    return found


def _operator(method: Method, step: Instruction) -> tuple[str, tuple[str, ...]]:
    if step.kind == "delegate":
        delegate = method.delegates[step.target]
        return f"{delegate.backend} delegate {step.target}", delegate.nodes or ()
    name, overload = method.operators[step.target]
    return f"{name}.{overload}" if overload else name, ()
