"""Joins what an image takes and does on each device, and what of it fails: as JSON, text and a page. Runs nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import run_tool
from devices.device_text import lines_of, page_of
from size.words import human, memory_bytes


def main(argv: Sequence[str]) -> None:
    """Write the table in each form."""
    arguments = _parser().parse_args(argv)
    budgets: dict[str, dict[str, int]] = {}
    for device, memory, most in arguments.budget:
        budgets.setdefault(device, {})[memory] = int(most)
    rows = [
        row(name, _read(sizes), _read(run), _read(test), budgets.get(name, {}))
        for name, sizes, run, test in arguments.device
    ]
    lines = list(lines_of(rows))
    _write(arguments.json, json.dumps({"devices": rows}, indent=1, ensure_ascii=False))
    _write(arguments.text, "\n".join(lines))
    _write(arguments.page, page_of(arguments.title, rows))
    short = f"{len(rows)} devices"
    _write(arguments.summary, json.dumps({"lines": lines, "short": short}, ensure_ascii=False))


def row(
    device: str,
    sizes: Mapping[str, Any],
    run: Mapping[str, Any],
    test: Mapping[str, Any],
    budgets: Mapping[str, int],
) -> dict[str, Any]:
    """Return what is known of an image on one device; what is not measured there is None."""
    memories = {memory: memory_bytes(sizes, memory) if sizes["memories"] else None for memory in ("flash", "ram")}
    return {
        "device": device,
        **memories,
        "file": None if sizes["memories"] else sizes["file_bytes"],
        "budgets": dict(budgets),
        "emulator": run["code"] is not None,
        "stack": run.get("stack"),
        "error": test.get("error"),
        "instructions": run.get("instructions"),
        "fails": [*_broken(memories, budgets), *_ended("it", run), *(_ended("its test", test) if test != run else ())],
        "last": (run.get("last") or test.get("last") or []),
    }


def _broken(memories: Mapping[str, int | None], budgets: Mapping[str, int]) -> Iterator[str]:
    for memory, most in budgets.items():
        taken = memories[memory]
        if taken is not None and taken > most:
            yield f"it takes {human(taken)} of {memory}, {human(taken - most)} more than its budget"


def _ended(what: str, run: Mapping[str, Any]) -> Iterator[str]:
    code = run["code"]
    if code:
        yield f"{what} ends with exit code {code}" if code > 0 else f"{what} is ended by signal {-code}"


def _read(path: str) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def _write(path: str, text: str) -> None:
    Path(path).write_text(f"{text}\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="device_table", description=__doc__, allow_abbrev=False)
    parser.add_argument("--title", required=True)
    parser.add_argument("--device", nargs=4, action="append", required=True, metavar=("NAME", "SIZES", "RUN", "TEST"))
    parser.add_argument("--budget", nargs=3, action="append", default=[], metavar=("NAME", "MEMORY", "BYTES"))
    for form in ("json", "text", "page", "summary"):
        parser.add_argument(f"--{form}", required=True)
    return parser


if __name__ == "__main__":
    sys.exit(run_tool(main, sys.argv[1:]))
