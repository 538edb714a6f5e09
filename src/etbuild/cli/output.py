"""Prints a verb's result: lines, or its value as JSON. Knows no verb."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any


def show_result(value: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """Print a verb's value as JSON, or else the lines that word it."""
    show_json(value) if as_json else show_lines(lines)


def show_lines(lines: Iterable[str]) -> None:
    """Print lines to stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def show_json(value: Any) -> None:
    """Print a value as JSON: dataclasses as tables."""
    text = json.dumps(_plain(value), ensure_ascii=False, indent=2, default=str)
    show_lines([text])


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    from dataclasses import asdict, is_dataclass  # Costs a tenth of a small build.

    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
