"""Attribute docs: the text below an attribute in its schema's source. Read only where it is shown; knows no target."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, get_args

from pydantic import BaseModel


@cache
def describe(model: type[BaseModel]) -> type[BaseModel]:
    """Return `model`, with the docstrings of its attributes, and of models within it, as descriptions."""
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            describe(inner)
    docs = {name: text for kind in reversed(model.__mro__) for name, text in _docstrings(kind)}
    for name, field in model.model_fields.items():
        field.description = docs.get(name)
    model.model_rebuild(force=True)
    return model


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for argument in get_args(kind):
        yield from _models(argument)


def _docstrings(kind: type) -> Iterator[tuple[str, str]]:
    if not issubclass(kind, BaseModel) or kind is BaseModel:
        return
    [body] = [
        each.body for each in ast.parse(textwrap.dedent(inspect.getsource(kind))).body if isinstance(each, ast.ClassDef)
    ]
    for each, below in pairwise(body):
        match each, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
