"""What a catalogue's operators.toml says of each operator. Reads no files, and knows no programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import tomli

from etbuild.api import Diagnostic, EtbuildError, frozen
from rules.et.kernel_schema import Schema, parse_schema

DTYPES = {
    "uint8": 0,
    "int8": 1,
    "int16": 2,
    "int32": 3,
    "int64": 4,
    "float16": 5,
    "float32": 6,
    "float64": 7,
    "complex32": 8,
    "complex64": 9,
    "complex128": 10,
    "bool": 11,
    "qint8": 12,
    "quint8": 13,
    "qint32": 14,
    "bfloat16": 15,
    "quint4x2": 16,
    "quint2x4": 17,
    "bits1x8": 18,
    "bits2x4": 19,
    "bits4x2": 20,
    "bits8": 21,
    "bits16": 22,
    "float8_e5m2": 23,
    "float8_e4m3fn": 24,
    "float8_e5m2fnuz": 25,
    "float8_e4m3fnuz": 26,
    "uint16": 27,
    "uint32": 28,
    "uint64": 29,
}
"""ExecuTorch's number of each dtype, by torch's name."""
LETTERS = frozenset("tidbszlecTOo*IDBSZLEC")
"""What an argument can be, as in runtime/kernel/kernel_signatures.h."""
FIELDS = ("source", "arguments", "function", "dtypes", "schema", "temp")
OWN_SPACES = ("aten", "dim_order_ops", "et_copy")
"""Whose kernels are in etbuild::kernels itself; others have a namespace of their own below it."""
_ENTRY = re.compile(r"""^\s*(?:"([^"]*)"|'([^']*)')\s*=""")


@frozen
class Operator:
    """An operator that a catalogue has a kernel for."""

    name: str
    """As programs and registries name it, such as `aten::add.out`."""
    source: str
    """The file that implements it, relative to operators.toml."""
    arguments: str
    function: str
    """Of C++, with its namespaces."""
    dtypes: frozenset[str]
    """Those it takes; empty if it takes what the operator takes."""
    schema: Schema | None
    """Of a kernel that takes arguments as ATen's functions do; None if it takes a span of EValues."""
    temp: str
    """The function of the catalogue's `temp_memory` that says how much temporary memory a call takes; empty: none."""
    place: str
    """The line that says so, such as `kernels/operators.toml:3`."""


def read_operators(text: str, path: str) -> tuple[Operator, ...]:
    """Return what the operators.toml at `path` holds. Raises `bad-kernel-catalog`, `kernel-twice`."""
    lines = _lines(text, path)
    try:
        entries = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise EtbuildError(Diagnostic("bad-kernel-catalog", f"'{path}' must be TOML: {error}")) from None
    mistakes: list[Diagnostic] = []
    operators = []
    for name, entry in entries.items():
        place = f"{path}:{lines.get(name, 1)}"
        try:
            operators.append(_operator(name, entry, place))
        except ValueError as error:
            mistakes.append(Diagnostic("bad-kernel-catalog", f"{place}: '{name}' {error}"))
    if mistakes:
        raise EtbuildError(*mistakes)
    return tuple(operators)


def twice(name: str, one: str, other: str) -> Diagnostic:
    """Return the mistake of two kernels for one operator."""
    hint = "remove one of the entries, or one of the catalogues"
    return Diagnostic("kernel-twice", f"'{name}' must have one kernel, has one at {one} and one at {other}", hint=hint)


def _lines(text: str, path: str) -> Mapping[str, int]:
    """Return where each operator stands. Raises `kernel-twice`."""
    lines: dict[str, int] = {}
    mistakes = []
    for number, line in enumerate(text.splitlines(), 1):
        found = _ENTRY.match(line)
        name = found and (found[1] or found[2])
        if name and lines.setdefault(name, number) != number:
            mistakes.append(twice(name, f"{path}:{lines[name]}", f"{path}:{number}"))
    if mistakes:
        raise EtbuildError(*mistakes)
    return lines


def _operator(name: str, entry: Any, place: str) -> Operator:
    """Return what an entry says. Raises ValueError, whose text follows the operator's name."""
    space, separator, base = name.partition("::")
    if not (separator and space and base):
        raise ValueError('must be named as programs do, such as "aten::add.out"')
    if not isinstance(entry, dict) or "source" not in entry:
        raise ValueError('must be { source = "…", arguments = "…" }')
    unknown = sorted(set(entry) - set(FIELDS))
    if unknown:
        raise ValueError(f"has '{unknown[0]}', must have no more than {', '.join(FIELDS)}")
    schema = parse_schema(_text(entry, "schema")) if "schema" in entry else None
    if schema and schema.name != name:
        raise ValueError(f"has the schema of '{schema.name}'")
    if schema and "arguments" in entry and entry["arguments"] != schema.arguments:
        raise ValueError(f"has arguments '{entry['arguments']}', by its schema they are '{schema.arguments}'")
    arguments = schema.arguments if schema else _text(entry, "arguments")
    wrong = sorted(set(arguments) - LETTERS)
    if wrong or not arguments:
        what = f"has the argument '{wrong[0]}'" if wrong else "has no arguments"
        raise ValueError(f"{what}, must have some of {''.join(sorted(LETTERS))}")
    function = _text(entry, "function") if "function" in entry else _function(name, own=schema is None)
    temp = _text(entry, "temp") if "temp" in entry else ""
    return Operator(name, _text(entry, "source"), arguments, function, frozenset(_dtypes(entry)), schema, temp, place)


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise ValueError(f"must have '{key}', a text")  # noqa: TRY004 - the user's mistake, of whatever kind.
    return value


def _dtypes(entry: Mapping[str, Any]) -> Iterator[str]:
    for dtype in entry.get("dtypes", ()):
        if dtype not in DTYPES:
            raise ValueError(f"has the dtype '{dtype}', must have some of {', '.join(DTYPES)}")
        yield dtype


def _function(name: str, *, own: bool) -> str:
    """Return what an operator's kernel is called by default; one with a schema is a user's, in the operator's space."""
    space, _, base = name.partition("::")
    plain = re.sub(r"\W", "_", base.removesuffix(".default")).lower()
    spaces = ["etbuild", "kernels"] if own else []
    return "::".join([*spaces, *([] if own and space in OWN_SPACES else [space]), plain])
