"""What a program's methods may be called, and what those that are constants may return."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

METHOD_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
"""As C++ and Python have names: images and runners make some of them."""
INT64 = range(-(1 << 63), 1 << 63)
PLAIN = (bool, int, float, str)


def refuse_names(methods: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return methods by name as they are, if they are called as methods can be."""
    for name in methods:
        if re.fullmatch(METHOD_NAME, name) is None:
            raise ValueError(f'must name methods by texts that match {METHOD_NAME}, has "{name}"')
    return methods


def refuse_value(value: Any) -> Any:
    """Return the value of a constant method as it is, if a program can hold it."""
    is_list = isinstance(value, (tuple, list))
    for wanted, found in filter(None, map(_misfit, value if is_list else (value,))):
        raise ValueError(f"must be {wanted}, {'has' if is_list else 'is'} {found}")
    return value


def _misfit(value: Any) -> tuple[str, str] | None:
    """Return what a value or an element must be and what it is, if it cannot be."""
    if not isinstance(value, PLAIN):
        return "a number, true or false, text or a list of them", _described(value)
    if isinstance(value, int) and value not in INT64:
        return "a whole number that fits 64 bits, or a list of them", str(value)
    return None


def _described(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, (tuple, list)) else f"the date or time {value}"
