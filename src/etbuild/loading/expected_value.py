"""Says in words what an attribute's type takes, and what a value is. Knows nothing of targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from etbuild.model.attrs import Attrs, Entry
from etbuild.model.attrs_schema import attributes_of
from etbuild.model.label import Label
from etbuild.model.markers import flat
from etbuild.model.select import Select

_WORDS: Mapping[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    Label: "a label",
    Entry: 'a text such as "file.py:function"',
    datetime: "a date and time",
    date: "a date",
    time: "a time",
}
_LISTS = (tuple, list, frozenset, set)


def type_at(kind: Any, path: Iterable[str | int]) -> Any:
    """Return the type of what stands at `path` in a value of type `kind`; None where that is not one type."""
    for part in path:
        kind = _member(_plain(kind), part)
        origin, arguments = get_origin(kind), get_args(kind)
        if isinstance(kind, type) and issubclass(kind, Attrs) and part in attributes_of(kind):
            kind = attributes_of(kind)[str(part)].kind
        elif origin is tuple and len(arguments) == 2 and arguments[1] is ...:
            kind = arguments[0]
        elif origin is tuple and isinstance(part, int) and part < len(arguments):
            kind = arguments[part]
        elif origin in _LISTS and arguments:
            kind = arguments[0]
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            kind = arguments[1]
        else:
            return None
    return kind


def key_type_at(kind: Any, path: Sequence[str | int]) -> Any:
    """Return the type of the key that `path` ends in: of the table's that it is of."""
    return get_args(_plain(type_at(kind, path[:-1])))[0]


def describe_type(kind: Any) -> str:
    """Return what `kind` takes, such as "a whole number from 1 to 8192"; empty if there are no words for it."""
    constraints = list(flat(getattr(kind, "__metadata__", ())))
    kind = _unwrapped(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        members = [argument for argument in arguments if argument is not NoneType]
        words = [describe_type(Annotated[member, *constraints] if constraints else member) for member in members]
        return " or ".join(dict.fromkeys(word for word in words if word))
    if origin is Literal:
        return _one_of(arguments)
    if origin in _LISTS or kind in _LISTS:
        return "a list" + _elements(origin, arguments) + _size(constraints, "element")
    if _is_mapping(origin) or (isinstance(kind, type) and issubclass(kind, (Attrs, dict))):
        return "a table" + _size(constraints, "key")
    return _WORDS[kind] + _limits(kind, constraints) if kind in _WORDS else ""


def describe_value(value: Any) -> str:
    """Return what a value is, such as `the text "512"`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        shown = value if len(value) <= 60 else value[:57] + "…"
        return f'the text "{shown}"'
    if isinstance(value, (Mapping, Select)):
        return "a table" if value else "an empty table"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}" if value else "an empty list"
    return str(value)


def _plain(kind: Any) -> Any:
    """Return `kind` without constraints and without the None of an optional attribute."""
    kind = _unwrapped(kind)
    if get_origin(kind) in (Union, UnionType):
        others = [argument for argument in get_args(kind) if argument is not NoneType]
        return _plain(others[0]) if len(others) == 1 else kind
    return kind


def _member(kind: Any, part: str | int) -> Any:
    """Return the one member of a union that has elements, where `part` is an index, else `kind`."""
    if get_origin(kind) not in (Union, UnionType) or not isinstance(part, int):
        return kind
    lists = [_plain(member) for member in get_args(kind) if get_origin(_plain(member)) in _LISTS]
    return lists[0] if len(lists) == 1 else kind


def _unwrapped(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _is_mapping(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _one_of(values: tuple[Any, ...]) -> str:
    words = [f"'{value}'" if isinstance(value, str) else describe_value(value) for value in values]
    if len(words) < 3:
        return " or ".join(words)
    return f"one of {', '.join(words[:-1])} or {words[-1]}"


def _elements(origin: Any, arguments: tuple[Any, ...]) -> str:
    if origin is tuple and (len(arguments) != 2 or arguments[1] is not ...):
        return f" of {len(arguments)}" if arguments else ""
    word = _unwrapped(arguments[0]) if arguments else None
    plurals: Mapping[Any, str] = {str: "texts", int: "whole numbers", float: "numbers", Label: "labels"}
    is_table = isinstance(word, type) and issubclass(word, Attrs)
    plural = plurals.get(word) or ("tables" if is_table else "")
    return f" of {plural}" if plural else ""


def _limits(kind: Any, constraints: list[Any]) -> str:
    patterns = [pattern for c in constraints if (pattern := getattr(c, "pattern", None))]
    if kind is str:
        return _size(constraints, "character") + "".join(f" that matches {pattern}" for pattern in patterns)
    low, high = _first(constraints, "ge"), _first(constraints, "le")
    above, below = _first(constraints, "gt"), _first(constraints, "lt")
    step = _first(constraints, "multiple_of")
    words = f" from {low} to {high}" if low is not None and high is not None else ""
    if not words:
        words += f" from {low}" if low is not None else ""
        words += f" up to {high}" if high is not None else ""
    words += f" above {above}" if above is not None else ""
    words += f"{' and' if above is not None else ''} below {below}" if below is not None else ""
    return words + (f", a multiple of {step}" if step is not None else "")


def _size(constraints: list[Any], unit: str) -> str:
    low, high = _first(constraints, "min_length") or 0, _first(constraints, "max_length")
    if high is not None:
        return f" of {low} to {high} {unit}s" if low != high else f" of {_count(high, unit)}"
    return f" of {_count(low, unit)} or more" if low else ""


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _first(constraints: list[Any], name: str) -> Any:
    values = (getattr(c, name, None) for c in constraints)
    return next((value for value in values if value is not None), None)
