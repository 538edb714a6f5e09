"""An operator's schema: what its kernel takes, by letters and in C++. Knows no catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etbuild.api import frozen

_SCHEMA = re.compile(r"\s*([\w:.]+)\s*\((.*)\)\s*->\s*(.+?)\s*", re.DOTALL)
_PARAMETER = re.compile(r"(\w+)(\([a-z]!?\))?(\?)?(\[\d*\])?(\?)?\s+\w+(\s*=.*)?", re.DOTALL)
_EXAMPLE = "my::f.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)"

KINDS = {
    "Tensor": ("t", "Tensor"),
    "Tensor[]": ("T", "ArrayRef<Tensor>"),
    "Tensor?[]": ("O", "ArrayRef<optional<Tensor>>"),
    "int": ("i", "int64_t"),
    "SymInt": ("i", "int64_t"),
    "ScalarType": ("i", "ScalarType"),
    "MemoryFormat": ("i", "MemoryFormat"),
    "float": ("d", "double"),
    "bool": ("b", "bool"),
    "Scalar": ("s", "Scalar"),
    "str": ("z", "string_view"),
    "int[]": ("l", "ArrayRef<int64_t>"),
    "SymInt[]": ("l", "ArrayRef<int64_t>"),
    "float[]": ("e", "ArrayRef<double>"),
    "bool[]": ("c", "ArrayRef<bool>"),
}
"""By a type of the schema: the letter in runtime/kernel/kernel_signatures.h, and C++'s type."""


@frozen
class Schema:
    """What an operator takes."""

    text: str
    name: str
    types: tuple[str, ...]
    """Of the arguments: keys of KINDS, or such a key with a question mark."""

    @property
    def arguments(self) -> str:
        """The letters of its arguments."""
        return "".join(_letter(each) for each in self.types)

    @property
    def parameters(self) -> tuple[str, ...]:
        """C++'s types of its arguments."""
        return tuple(
            KINDS[each][1] if each in KINDS else f"optional<{KINDS[each.removesuffix('?')][1]}>" for each in self.types
        )


def parse_schema(text: str) -> Schema:
    """Return what a schema says. Raises ValueError, whose text follows the operator's name."""
    found = _SCHEMA.fullmatch(text)
    if not found:
        raise ValueError(f"must have a schema such as '{_EXAMPLE}', has '{text}'")
    name, parameters, _ = found.groups()
    words = [word.strip() for word in re.split(r",(?![^\[]*\])", parameters)]
    types = tuple(_types(word for word in words if word != "*"))
    if "!)" not in words[-1]:
        raise ValueError(f"must be a variant that ends in its output, such as '{_EXAMPLE}', is '{text}'")
    return Schema(" ".join(text.split()), name, types)


def _letter(type_: str) -> str:
    if type_ in KINDS:
        return KINDS[type_][0]
    return "o" if type_ == "Tensor?" else KINDS[type_.removesuffix("?")][0].upper()


def _types(words: Iterator[str]) -> Iterator[str]:
    for word in words:
        found = _PARAMETER.fullmatch(word)
        base, _, inner, list_, outer, _ = found.groups() if found else ("",) * 6
        kind = base + (inner or "") + ("[]" if list_ else "") + (outer or "")
        if kind not in KINDS and not (kind.endswith("?") and kind.removesuffix("?") in KINDS):
            raise ValueError(f"has the argument '{word}', must have some of {', '.join(KINDS)}")
        yield kind
