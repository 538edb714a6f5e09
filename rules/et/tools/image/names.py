"""Names that C++ takes for those of programs, methods and files. Knows none of them."""

from __future__ import annotations


def identifier(name: str) -> str:
    """Return a C++ name for the name of a program, a method or a file."""
    text = "".join(c if c.isalnum() and c.isascii() else "_" for c in name)
    return f"_{text}" if not text or text[0].isdigit() else text
