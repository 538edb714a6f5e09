"""Names that C++ takes for those of programs, methods and files, and numbers that methods give. Reads no files."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pte.program import Method
from pte.summary import constant_result


def identifier(name: str) -> str:
    """Return a C++ name for the name of a program, a method or a file."""
    text = "".join(c if c.isalnum() and c.isascii() else "_" for c in name)
    return f"_{text}" if not text or text[0].isdigit() else text


def described(method: Method) -> Iterator[str]:
    """Yield what the class of a method begins with: its name, and of a constant method the number that it gives."""
    yield f'  static constexpr const char* name = "{method.name}";'
    value = None if method.instructions else constant_result(method)
    if isinstance(value, bool):
        yield f"  static constexpr bool value = {str(value).lower()};"
    elif isinstance(value, int) and -(2**63) < value < 2**63:
        yield f"  static constexpr int64_t value = INT64_C({value});"
    elif isinstance(value, float) and math.isfinite(value):
        yield f"  static constexpr double value = {value!r};"
