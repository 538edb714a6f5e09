"""Attribute docs: the text below an attribute in its schema's source. Read only where it is shown; knows no target."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise

from etbuild.model.attrs import Attrs


def describe(schema: type[Attrs]) -> Mapping[str, str]:
    """Return the docstring below each attribute of a schema, by the attribute's name."""
    return {name: text for kind in reversed(schema.__mro__) for name, text in _docstrings(kind)}


def _docstrings(kind: type) -> Iterator[tuple[str, str]]:
    if not issubclass(kind, Attrs) or kind is Attrs:
        return
    [body] = [
        each.body for each in ast.parse(textwrap.dedent(inspect.getsource(kind))).body if isinstance(each, ast.ClassDef)
    ]
    for each, below in pairwise(body):
        match each, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
