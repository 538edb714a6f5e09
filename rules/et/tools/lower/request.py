"""What is asked of a lowering: the command line as one frozen value; knows nothing of torch."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LowerRequest:
    """The flags of every lower_<backend>.py."""

    methods: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    constant_methods: tuple[tuple[str, Any], ...]
    quantize: str
    profile: str
    """What the processor or its accelerator can do, in a backend's words."""
    quantized_io: bool
    """Whether methods take and give int8."""
    scratch: bool
    """Whether operators of `cortex_m` get scratch memory."""
    partitioner: str | None
    edge_passes: tuple[str, ...]
    memory_planner: str | None
    output: str
    operators: str
    plan: str
    etrecord: str | None


def parse_request(argv: Sequence[str], backend: str) -> LowerRequest:
    """Parse the command line of lower_<backend>.py."""
    values = _parser(backend).parse_args(argv)
    return LowerRequest(
        methods=tuple(tuple(pair) for pair in values.method),
        facts=tuple(tuple(pair) for pair in values.facts),
        constant_methods=tuple(values.constant_method),
        quantize=values.quantize,
        profile=values.profile,
        quantized_io=values.quantized_io,
        scratch=not values.no_scratch,
        partitioner=values.partitioner,
        edge_passes=tuple(values.edge_pass),
        memory_planner=values.memory_planner,
        output=values.output,
        operators=values.operators,
        plan=values.plan,
        etrecord=values.etrecord,
    )


def _parser(backend: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"lower_{backend}.py", allow_abbrev=False)
    add = parser.add_argument
    add("--method", action="append", nargs=2, metavar=("NAME", "PT2"), required=True)
    add("--facts", action="append", nargs=2, metavar=("NAME", "JSON"), default=[])
    add("--constant-method", action="append", type=_constant, default=[])
    add("--quantize", default="none")
    add("--profile", default="")
    add("--quantized-io", action="store_true")
    add("--no-scratch", action="store_true")
    add("--partitioner")
    add("--edge-pass", action="append", default=[])
    add("--memory-planner")
    for flag in ("--output", "--operators", "--plan"):
        add(flag, required=True)
    add("--etrecord")
    return parser


def _constant(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"must be NAME=JSON, is '{text}'")
    return name, json.loads(value)
