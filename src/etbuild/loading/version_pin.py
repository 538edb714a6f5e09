"""Compares etbuild's version with what WORKSPACE asks for. Knows nothing else of WORKSPACE."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

from etbuild import VERSION
from etbuild.model.diagnostics import Diagnostic, Span

_Numbers = tuple[int, ...]
_COMPARISONS: Mapping[str, Callable[[_Numbers, _Numbers], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_BOUND = re.compile(r"(>=|<=|==|!=|>|<)? *(\d+(?:\.\d+)*)")


def check_pin(pin: str, span: Span, version: str = VERSION) -> list[Diagnostic]:
    """Return what is wrong with building by this version; a pin is such as ">=0.1,<0.3"; a bare number means ==."""
    if not pin:
        return []
    for part in pin.split(","):
        match = _BOUND.fullmatch(part.strip())
        if match is None:
            message = f'\'etbuild\' of WORKSPACE must be versions such as ">=0.1,<0.3", is the text "{pin}"'
            return [Diagnostic("bad-workspace", message, span)]
        wanted, own = _padded(match[2], version)
        if not _COMPARISONS[match[1] or "=="](own, wanted):
            message = f"this workspace must be built by etbuild {pin}, this is {version}"
            return [Diagnostic("etbuild-version", message, span)]
    return []


def _padded(first: str, second: str) -> tuple[_Numbers, _Numbers]:
    """Return both as numbers of one length: 0.1 is 0.1.0."""
    numbers = [tuple(int(part) for part in re.findall(r"\d+", text)) for text in (first, second)]
    size = max(map(len, numbers))
    left, right = ((*parts, *(0,) * (size - len(parts))) for parts in numbers)
    return left, right
