"""The modules that a Python file may import, read from its text. Looks for none of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span

_BODIES = ("body", "handlers", "orelse", "finalbody", "cases")


def imported_names(text: str, file: str, path: str) -> tuple[str, ...]:
    """Return the dotted names that import statements of `text`, wherever they stand, may mean, each once.

    `file` is where it is below the folder that imports start from, `path` where it is for people. Raises `bad-tool`.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        span = Span(path, error.lineno or 1, error.offset or 1, 1, (error.text or "").rstrip("\n"))
        raise EtbuildError(Diagnostic("bad-tool", f"this tool is no Python: {error.msg}", span)) from None
    return tuple(dict.fromkeys(_names(tree, file)))


def _names(tree: ast.Module, file: str) -> Iterator[str]:
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        # Only what can hold statements is looked through: most of a tree is expressions.
        pending += [child for name in _BODIES for child in getattr(node, name, ())]
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = file.split("/")[: -node.level] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            if base:
                yield base
            yield from (f"{base}.{alias.name}" if base else alias.name for alias in node.names if alias.name != "*")
