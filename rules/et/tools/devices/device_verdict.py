"""Judges a table of devices: each must keep its image's budgets, and run it to a good end. Measures nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from common.diagnostics import Diagnostic, UserError, run_tool
from devices.device_text import lines_of

PASSED = '{"passed": true}\n'


def main(argv: Sequence[str]) -> None:
    """Write the verdict, or fail with each device that does not pass, and the whole table."""
    parser = argparse.ArgumentParser(prog="device_verdict", description=__doc__, allow_abbrev=False)
    parser.add_argument("--owner", required=True)
    parser.add_argument("--table", required=True)
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args(argv)
    rows = json.loads(Path(arguments.table).read_text(encoding="utf-8"))["devices"]
    if found := list(failed(arguments.owner, rows)):
        raise UserError(*found)
    Path(arguments.output).write_text(PASSED, encoding="utf-8")


def failed(owner: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Diagnostic]:
    """Yield a mistake for each device on which something fails; the last has the table."""
    bad = [(index, row) for index, row in enumerate(rows) if row["fails"]]
    table = "\n".join(("all devices:", *(f"        {line}" for line in lines_of([{**r, "fails": []} for r in rows]))))
    for index, row in bad:
        message = f"'{owner}' must pass on each device, fails on '{row['device']}': {'; '.join(row['fails'])}"
        notes = [f"it says: {line}" for line in row["last"]]
        yield Diagnostic(
            "device-failed", message, "platforms", index, (*notes, *([table] if row is bad[-1][1] else []))
        )


if __name__ == "__main__":
    sys.exit(run_tool(main, sys.argv[1:]))
