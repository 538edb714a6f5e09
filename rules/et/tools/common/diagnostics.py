"""Reports a user's mistake from a tool to whoever ran it; knows neither the engine nor any one tool."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import NoReturn

USER_MISTAKE = 65
"""The exit code of a tool that wrote diagnostics."""


def fail(
    code: str,
    message: str,
    *,
    attribute: str | None = None,
    index: int | None = None,
    notes: tuple[str, ...] = (),
    hint: str | None = None,
) -> NoReturn:
    """End the tool with one diagnostic; `attribute` and `index` say which attribute of the target is at fault."""
    path = os.environ.get("ETBUILD_DIAGNOSTICS")
    if path:
        diagnostic = {
            "code": code,
            "message": message,
            "attribute": attribute,
            "index": index,
            "notes": list(notes),
            "hint": hint,
        }
        Path(path).write_text(json.dumps([diagnostic], ensure_ascii=False) + "\n", encoding="utf-8")
    else:
        lines = [f"error[{code}]: {message}", *(f"  note: {note}" for note in notes)]
        sys.stderr.write("\n".join([*lines, f"  hint: {hint}"] if hint else lines) + "\n")
    raise SystemExit(USER_MISTAKE)
