"""Shows how two `.pte` differ, as text or JSON; takes no part in a build."""

# ruff: noqa: E402 -- imports come when this folder has left the search path.
from __future__ import annotations

import sys
from pathlib import Path

# This folder leaves the search path: a file of it is called as a module of the standard library is.
_TOOLS = Path(__file__).resolve().parents[1]
sys.path[:] = [str(_TOOLS), *(entry for entry in sys.path if Path(entry).resolve() != Path(__file__).resolve().parent)]

import argparse
import hashlib
import json
import signal
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from common.diagnostics import run_tool
from pte.inspect import load_summary, size_text, value_text
from pte.reader import read_program

BLOCK = 1 << 20
SHOWN = 24
"""How many entries of a part the text has."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs between two summaries; empty where nothing does."""
    methods = {
        name: method_differences(before["methods"].get(name), after["methods"].get(name))
        for name in sorted({*before["methods"], *after["methods"]})
    }
    found = {
        "bytes": changed(before["bytes"], after["bytes"]),
        "methods": {name: difference for name, difference in methods.items() if difference},
        "constant_methods": changed(before["constant_methods"], after["constant_methods"]),
        "constants": changed(
            {"count": before["constants"]["count"], **before["constants"]["bytes_by_dtype"]},
            {"count": after["constants"]["count"], **after["constants"]["bytes_by_dtype"]},
        ),
        "named_data": changed(_named(before), _named(after)),
        "external_data": changed(
            dict.fromkeys(before["external_data"], True), dict.fromkeys(after["external_data"], True)
        ),
    }
    return {part: difference for part, difference in found.items() if difference}


def method_differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what differs between two methods of one name; one of them may not be there."""
    if before is None or after is None:
        return {"only": "after" if before is None else "before"}
    parts = {
        "signature": changed(_signature(before), _signature(after)),
        "instructions": changed({"count": before["instructions"]}, {"count": after["instructions"]}),
        "operators": changed(_operators(before), _operators(after)),
        "delegates": changed(_delegates(before), _delegates(after)),
        "planned_memory": changed(_memory(before), _memory(after)),
    }
    return {part: difference for part, difference in parts.items() if difference}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the entries that differ as [before, after]; None stands for one that is not there."""
    names = sorted({*before, *after})
    return {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}


def render(difference: Mapping[str, Any]) -> str:
    """Return the differences as text."""
    if not difference:
        return "no difference"
    lines = []
    for part, entries in difference.items():
        if part == "methods":
            for name, method in entries.items():
                lines += _method_lines(name, method)
        else:
            lines += ["", part.replace("_", " "), *_lines(entries, in_bytes=part in {"bytes", "named_data"})]
    return "\n".join(lines).strip("\n")


def _method_lines(name: str, method: Mapping[str, Any]) -> list[str]:
    if "only" in method:
        return ["", f"method {name}: only in the {'first' if method['only'] == 'before' else 'second'}"]
    lines = ["", f"method {name}"]
    for part, entries in method.items():
        lines += [f"  {part.replace('_', ' ')}", *_lines(entries, in_bytes=part == "planned_memory", indent=4)]
    return lines


def _lines(entries: Mapping[str, Sequence[Any]], *, in_bytes: bool, indent: int = 2) -> list[str]:
    lines = [
        f"{' ' * indent}{name}  {_text(before, in_bytes=in_bytes)} → {_text(after, in_bytes=in_bytes)}"
        for name, (before, after) in entries.items()
    ]
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], f"{' ' * indent}and {more} more; --json has them"] if more > 0 else lines


def _text(value: Any, *, in_bytes: bool) -> str:
    if value is None:
        return "none"
    if isinstance(value, int) and not isinstance(value, bool):
        return size_text(value) if in_bytes else f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _named(summary: Mapping[str, Any]) -> dict[str, int]:
    """Return the bytes of named data; a key of XNNPACK's is a digest, of which the start says enough."""
    return {
        entry["key"] if len(entry["key"]) < 60 else entry["key"][:12]: entry["bytes"] for entry in summary["named_data"]
    }


def contents(path: Path) -> dict[str, str]:
    """Return the digest of what the file holds, part by part: equal sizes can hold other weights."""
    program = read_program(path)
    digests: defaultdict[str, Any] = defaultdict(hashlib.sha256)
    with path.open("rb") as stream:
        spans = [(0, program.flatbuffer_bytes, "instructions and values")]
        spans += sorted((segment.offset, segment.nbytes, segment.holds) for segment in set(program.segments))
        for offset, size, part in spans:
            stream.seek(offset)
            for start in range(0, size, BLOCK):
                digests[part].update(stream.read(min(BLOCK, size - start)))
    return {part: digest.hexdigest()[:12] for part, digest in digests.items()}


def _signature(method: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{side[:-1]} {at}": value_text(value)
        for side in ("inputs", "outputs")
        for at, value in enumerate(method[side])
    }


def _operators(method: Mapping[str, Any]) -> dict[str, int]:
    return {
        f"{call['operator']}{'.' if call['overload'] else ''}{call['overload']} {' '.join(call['dtypes'])}": call[
            "count"
        ]
        for call in method["operators"]
    }


def _delegates(method: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{each['backend']} {figure}": each[figure]
        for each in method["delegates"]
        for figure in ("count", "nodes", "bytes")
    }


def _memory(method: Mapping[str, Any]) -> dict[str, int]:
    sizes = {f"memory {buffer['memory_id']}": buffer["bytes"] for buffer in method["planned_memory"]}
    return {**sizes, "state": method["state_bytes"]}


def main(argv: Sequence[str]) -> None:
    """Parse the command line and print."""
    parser = argparse.ArgumentParser(prog="diff", description="Show how two .pte differ.", allow_abbrev=False)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON: what differs, as [before, after]")
    arguments = parser.parse_args(argv)
    difference = differences(load_summary(arguments.before), load_summary(arguments.after))
    other = changed(contents(arguments.before), contents(arguments.after))
    if other:
        difference["contents"] = other
    print(json.dumps(difference, indent=2, ensure_ascii=False) if arguments.json else render(difference))


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `… | head` is no error.
    raise SystemExit(run_tool(main, sys.argv[1:]))
