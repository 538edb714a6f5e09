"""Lowers exported programs to an Ethos-U by Vela; what it does not take, the processor's kernels run."""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from executorch.backends.arm.ethosu import EthosUCompileSpec, EthosUPartitioner
from executorch.backends.cortex_m.passes.replace_quant_nodes_pass import ReplaceQuantNodesPass

from common.diagnostics import mistake, run_tool
from lower.lowering import Backend, lower_main
from lower.request import LowerRequest, parse_request
from pte.flatbuffer import InvalidProgram
from pte.reader import parse_program
from pte.vela_stream import BACKEND, CommandStream, described, read_stream

VELA = "ethos-u-vela"
PINNED = re.compile(rf"{VELA}==([\w.]+)")


def main(argv: Sequence[str]) -> None:
    """Lower what the command line describes, and look at what Vela made."""
    check_vela(importlib.metadata.requires("executorch") or (), importlib.metadata.version(VELA))
    request = parse_request(argv, "ethos_u")
    accelerator = accelerator_of(request)
    partitioner = EthosUPartitioner(EthosUCompileSpec(accelerator))
    lower_main(argv, Backend("ethos_u", lambda _request: (partitioner,), finish=finish))
    report = Path(request.operators)
    operators = json.loads(report.read_text(encoding="utf-8"))
    operators["command_streams"] = checked_streams(Path(request.output), accelerator)
    report.write_text(json.dumps(operators, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def accelerator_of(request: LowerRequest) -> str:
    """Return the accelerator that a profile names, in Vela's words."""
    return request.profile.removeprefix("ethos_u-")


def finish(edge: Any, _request: LowerRequest) -> Any:
    """Quantize at the borders as `cortex_m` does."""
    return edge.transform([ReplaceQuantNodesPass()])


def check_vela(requirements: Sequence[str], version: str) -> None:
    """Refuse another Vela than the one that this ExecuTorch is for."""
    wanted = next((found[1] for each in requirements if (found := PINNED.match(each))), version)
    if version != wanted:
        message = f"{VELA} must be {wanted}, which executorch is for, is {version}"
        hint = f"{VELA}=={wanted} in the environment's requirements, then `etbuild lock`"
        raise mistake("wrong-vela", message, "backend", hint=hint)


def checked_streams(program: Path, accelerator: str) -> list[dict[str, Any]]:
    """Return what is known of each command stream. There must be one, and each for the accelerator."""
    try:
        streams = tuple(streams_of(program.read_bytes()))
    except InvalidProgram as error:
        raise mistake("bad-command-stream", f"what Vela made is no command stream: {error}", "backend") from error
    if not streams:
        message = f"'{accelerator}' takes none of the program's operators: the processor would run them all"
        raise mistake("nothing-delegated", message, "backend", hint='backend = "cortex_m"')
    for stream in streams:
        if stream.accelerator != accelerator:
            message = f"a command stream must be for '{accelerator}', is for '{stream.accelerator}'"
            raise mistake("bad-command-stream", message, "accelerator")
    return [dict(described(stream)) for stream in streams]


def streams_of(data: bytes) -> Iterator[CommandStream]:
    """Yield the command streams of a program: the lowering puts each in a segment."""
    program = parse_program(data)
    for method in program.methods:
        for delegate in method.delegates:
            if delegate.backend == BACKEND and delegate.segment is not None:
                segment = program.segments[delegate.segment]
                yield read_stream(data, segment.offset, segment.nbytes)


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
