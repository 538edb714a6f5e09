"""Shows what a `.pte` holds, as text or JSON; takes no part in a build."""

# ruff: noqa: E402 -- imports come when this folder has left the search path.
from __future__ import annotations

import sys
from pathlib import Path

# This folder leaves the search path: its name for this file is also a module's of the standard library.
_TOOLS = Path(__file__).resolve().parents[1]
sys.path[:] = [str(_TOOLS), *(entry for entry in sys.path if Path(entry).resolve() != Path(__file__).resolve().parent)]

import argparse
import json
import signal
from collections.abc import Sequence
from typing import Any

from common.diagnostics import mistake, run_tool
from pte.flatbuffer import InvalidProgram
from pte.reader import read_program
from pte.summary import summarize

OPERATORS_SHOWN = 12


def load_summary(path: Path) -> dict[str, Any]:
    """Return the summary of the program at `path`; a file that is none ends the tool with one message."""
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        hint = f"`etbuild {path}` builds it and says where its file is" if str(path).startswith(("/", ":")) else None
        raise mistake("invalid-program", f"'{path}' must be the file of a program, {what}", hint=hint)
    try:
        return summarize(read_program(path))
    except InvalidProgram as error:
        message = f"'{path}' is not a whole program: {error}"
        raise mistake("invalid-program", message, hint="build it again, or copy it again") from error


def size_text(count: int) -> str:
    """Return bytes as a person reads them."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:,.1f} KiB" if count < 1024**2 else f"{count / 1024**2:,.1f} MiB"


def render(name: str, summary: dict[str, Any], limit: int | None) -> str:
    """Return the summary as text; at most `limit` operators a method."""
    lines = [f"{name}  {size_text(summary['bytes']['file'])}"]
    for method, report in summary["methods"].items():
        lines += ["", *_method_lines(method, report, limit)]
    if summary["constant_methods"]:
        lines += ["", "constant methods"]
        lines += [f"  {key} = {json.dumps(value)}" for key, value in summary["constant_methods"].items()]
    lines += ["", "bytes by part"]
    lines += [
        f"  {part:<24} {size_text(size):>12}" for part, size in summary["bytes"].items() if size and part != "file"
    ]
    if summary["external_data"]:
        lines += ["", f"needs a .ptd with {len(summary['external_data'])} tensors"]
    return "\n".join(lines)


def _method_lines(name: str, report: dict[str, Any], limit: int | None) -> list[str]:
    inputs, outputs = (", ".join(value_text(value) for value in report[side]) for side in ("inputs", "outputs"))
    lines = [f"{name}({inputs}) → {outputs}"]
    for delegate in report["delegates"]:
        nodes = "" if delegate["nodes"] is None else f", {delegate['nodes']:,} nodes"
        count = f"{delegate['count']:,} delegate{'' if delegate['count'] == 1 else 's'}"
        lines.append(f"  {delegate['backend']}: {count}{nodes}, {size_text(delegate['bytes'])}")
    outside = report["operators_outside_delegates"]
    lines.append(f"  {outside:,} operator{'' if outside == 1 else 's'} outside delegates")
    operators = sorted(report["operators"], key=lambda operator: -operator["count"])
    for operator in operators[:limit]:
        overload = f".{operator['overload']}" if operator["overload"] else ""
        lines.append(f"  {operator['count']:>6} {operator['operator']}{overload}  {' '.join(operator['dtypes'])}")
    if limit is not None and len(operators) > limit:
        lines.append(f"         and {len(operators) - limit} more; --all shows them")
    for buffer in report["planned_memory"]:
        sizes = f"{size_text(buffer['bytes'])} planned, {size_text(buffer['most_alive'])} alive at most"
        lines.append(f"  memory {buffer['memory_id']}: {sizes}")
    return lines


def value_text(value: dict[str, Any]) -> str:
    """Return an input or output as a person reads it: float32[1, 10]."""
    if value["kind"] != "tensor":
        return str(value["kind"])
    bound = "" if value["dynamism"] == "static" else "≤ "
    return f"{value['dtype']}[{bound}{', '.join(map(str, value['sizes']))}]"


def main(argv: Sequence[str]) -> None:
    """Parse the command line and print."""
    parser = argparse.ArgumentParser(prog="inspect", description="Show what a .pte holds.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--all", action="store_true", help="print every operator")
    arguments = parser.parse_args(argv)
    summary = load_summary(arguments.file)
    if arguments.json:
        print(json.dumps(summary, indent=2, ensure_ascii=False))
    else:
        print(render(arguments.file.name, summary, None if arguments.all else OPERATORS_SHOWN))


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `… | head` is no error.
    raise SystemExit(run_tool(main, sys.argv[1:]))
