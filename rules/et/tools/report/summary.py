"""Words the few lines that a build's end shows of a program; measures nothing and judges nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from check.tolerances import default_tolerances
from common.diagnostics import run_tool

PRECISIONS = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}
BACKENDS = {"xnnpack": "XNNPACK", "portable": "portable kernels", "cortex_m": "Cortex-M kernels", "ethos_u": "Ethos-U"}


def main(argv: Sequence[str]) -> None:
    """Write {"lines": […], "short": …}."""
    arguments = _parser().parse_args(argv)
    operators = _read(arguments.operators)
    measures = {name: _read(path) for name, _, path in (word.partition("=") for word in arguments.measure)}
    facts = {name: _read(path) for name, _, path in (word.partition("=") for word in arguments.facts)}
    lines = [_program(arguments, operators, facts), *_streams(operators), *_fallbacks(facts), *_left_out(facts)]
    proofs = [proof(measure, dict(_bound(word) for word in arguments.tolerance)) for measure in measures.values()]
    names = list(measures)
    lines += [f"{names[i]}: {text}" if len(names) > 1 else text for i, text in enumerate(proofs)]
    short = "; ".join(_short(measure) for measure in measures.values())
    text = json.dumps({"lines": lines, "short": short}, ensure_ascii=False)
    Path(arguments.output).write_text(text, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="summary", description=__doc__, allow_abbrev=False)
    for flag in ("--operators", "--backend", "--dtype", "--quantize", "--output"):
        parser.add_argument(flag, required=True)
    for flag in ("--measure", "--facts", "--tolerance"):
        parser.add_argument(flag, action="append", default=[])
    return parser


def _read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return content


def _bound(word: str) -> tuple[str, float]:
    key, _, value = word.partition("=")
    return key, float(value)


def _program(arguments: argparse.Namespace, operators: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    precision = PRECISIONS[arguments.dtype] if arguments.quantize == "none" else arguments.quantize
    delegates = sum(operators["delegates"].values())
    outside = operators["operators_outside_delegates"]
    held = _counted(outside, "operator")
    if delegates:
        held = f"{_counted(delegates, 'delegate')}, {held} outside {'it' if delegates == 1 else 'them'}"
    methods = ", ".join(_signature(name, fact) for name, fact in facts.items())
    return " · ".join(part for part in (f"{BACKENDS[arguments.backend]} {precision}", held, methods) if part)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _streams(operators: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an accelerator is given and what memory it wants, and what is left to the processor."""
    streams = operators.get("command_streams", ())
    for stream in streams:
        counts = ", ".join(f"{count:,} {name}" for name, count in stream["operations"].items())
        sizes = (f"{what} {stream[f'{what}_bytes'] / 1024:.1f} KiB" for what in ("commands", "weights", "scratch"))
        yield f"{stream['accelerator']}: {counts}; {', '.join(sizes)}"
    if streams:
        calls = {one["operator"]: None for method in operators["methods"].values() for one in method["operators"]}
        yield f"on the processor: {', '.join(calls) or 'nothing'}"


def _fallbacks(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was taken in place of what was asked for, and why; networks of images may have no attention at all."""
    for name, each in facts.items():
        of = f"of {name} " if len(facts) > 1 else ""
        for one in each.get("fallbacks", ()) if each.get("task") != "image-classification" else ():
            yield f"{one['what']} {of}is {one['to']}, not {one['from']}: {one['why']}"


def _left_out(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield which tensors of the weights no method holds: of another task's head, or of a part that should be there."""
    first, *others = (each.get("left_out", ()) for each in facts.values())
    names = [name for name in first if all(name in each for each in others)]
    if names:
        rest = f" and {_counted(len(names) - 1, 'tensor')} more" if len(names) > 1 else ""
        yield f"left out of the weights, as the model has no place for them: {names[0]}{rest}"


def _signature(name: str, facts: Mapping[str, Any]) -> str:
    inputs = ", ".join(f"{one['name']}[{', '.join(_extent(d) for d in one['shape'])}]" for one in facts["inputs"])
    return f"{name}({inputs})"


def _extent(extent: Any) -> str:
    return f"≤{extent[1]}" if isinstance(extent, list) else str(extent)


def proof(measure: Mapping[str, Any], given: Mapping[str, float]) -> str:
    """Return what was compared with what, and how near it came."""
    if measure.get("not_run"):
        return f"not run: {measure['not_run']}{_against_float(measure, 'its graph against float')}"
    figures = measure["against_graph"]
    bounds = {**default_tolerances(measure), **given}
    parts = []
    if "tokens_equal" in figures:
        parts.append(f"{figures['tokens_equal']} of {figures['tokens']} tokens equal")
    if "top1" in figures:
        parts.append(f"{figures['top1_equal']} of {figures['top1']} first places equal")
    allowed = bounds.get("max_abs_error")
    limit = f" (allowed {allowed:.0e})" if allowed is not None else ""
    parts.append(f"largest error {figures['max_abs_error']:.1e}{limit}")
    if "relative_error" in bounds:
        parts.append(f"relative {figures['relative_error']:.1e} (allowed {bounds['relative_error']:.0e})")
    text = f"proven against eager: {', '.join(parts)}"
    return text + _against_float(measure)


def _against_float(measure: Mapping[str, Any], what: str = "against float") -> str:
    figures = measure.get("against_float")
    if not figures:
        return ""
    parts = [f"{figures['sqnr_db']:.0f} dB"]
    if "tokens_equal" in figures:
        parts.insert(0, f"{figures['tokens_equal']} of {figures['tokens']} tokens equal")
    return f"; {what}: {', '.join(parts)}"


def _short(measure: Mapping[str, Any]) -> str:
    if measure.get("not_run"):
        return f"not run: {measure['not_run']}"
    return f"largest error {measure['against_graph']['max_abs_error']:.1e}"


if __name__ == "__main__":
    raise SystemExit(run_tool(main, sys.argv[1:]))
