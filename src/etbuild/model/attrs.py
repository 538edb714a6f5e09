"""Attrs: the base of every rule's schema, and the types that its attributes may have. Alone in `model` it imports
pydantic.

Every Label in an Attrs is a dependency. `Dep` names a target; `Src` names a file or a target whose files are meant. A
field says what its targets must provide, and whether they are for the exec platform:

    programs: Annotated[tuple[Dep, ...], provides(ProgramInfo)] = ()
    compiler: Annotated[Dep, EXEC]
    image: Annotated[Dep, per_platform("platforms")]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo
from pydantic_core import PydanticCustomError

from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label, parse_label
from etbuild.model.rule import Provider


class Attrs(BaseModel):
    """The attributes of a rule: frozen, nothing unknown, no type guessed. A docstring below a field documents it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LabelError(ValueError):
    """A text that is no label: pydantic collects it; its message is for users."""


def label_context(package: Label, own: str = "") -> dict[str, Any]:
    """Return the context that labels are validated in: a label of their package, and the workspace's own name."""
    return {"base": package, "own": own}


def _label(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str):
        return value
    context = info.context or {}
    try:
        label = parse_label(value, context.get("base"))
    except EtbuildError as error:
        raise LabelError(error.diagnostics[0].message) from None
    return label.within(context.get("own", ""))


def _is_label(value: Any) -> Label:
    if not isinstance(value, Label):
        raise PydanticCustomError("label_type", "must be a label")
    return value


class _LabelSchema:
    """Tells pydantic that a Label is a string in JSON Schema and an instance here."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from pydantic_core import core_schema  # noqa: PLC0415 - only when schemas are built.

        return core_schema.no_info_plain_validator_function(_is_label, serialization=core_schema.to_string_ser_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"type": "string", "format": "label"}


Dep = Annotated[Label, _LabelSchema, BeforeValidator(_label)]
"""The label of a target."""
Src = Annotated[Label, _LabelSchema, BeforeValidator(_label), "src"]
"""The label of a file of the package, or of a target whose files are meant."""


class Entry(NamedTuple):
    """A function in a file of the user's: "file.py:function"."""

    file: Label
    function: str


def _entry(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, Entry):
        return value
    file, colon, function = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not colon or not file.endswith(".py") or not function.isidentifier():
        raise ValueError('must be "file.py:function"')
    return Entry(_is_label(_label(file, info)), function)


class _EntrySchema:
    """Tells pydantic that an Entry is a string in JSON Schema and an Entry here."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from pydantic_core import core_schema  # noqa: PLC0415 - only when schemas are built.

        return core_schema.with_info_plain_validator_function(_entry, serialization=core_schema.to_string_ser_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^.+\.py:[A-Za-z_][A-Za-z0-9_]*$"}


EntryPoint = Annotated[Entry, _EntrySchema]
"""An Entry as an attribute: a source file of the package and a function in it."""


_UNITS = {
    "": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "KB": 10**3, "MB": 10**6, "GB": 10**9,
    # As linker scripts have them.
    "K": 2**10, "M": 2**20, "G": 2**30,
}  # fmt: skip
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([A-Za-z]*)")


def _size(value: Any) -> Any:
    """Return the bytes that a text such as "4GiB" means; leave anything else as it is."""
    if isinstance(value, str):
        match = _SIZE.fullmatch(value)
        if match is None or match[2] not in _UNITS:
            raise ValueError(f'must be bytes or a text such as "4GiB", is the text "{value}"')
        return int(float(match[1]) * _UNITS[match[2]])
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        raise ValueError(f"must not be negative, is {value}")
    return value


Size = Annotated[int, BeforeValidator(_size, json_schema_input_type=int | str)]
"""A number of bytes, or a text such as "4GiB"."""


@dataclass(frozen=True)
class Provides:
    """A field's marker: its targets must provide all of these."""

    types: tuple[type[Provider], ...]


def provides(*types: type[Provider]) -> Provides:
    """Demand that a field's targets provide all of `types`."""
    return Provides(types)


EXEC = "exec"
"""A field's marker: its targets are built for the platform that actions run on."""


DEVICE = "device"
"""A field's marker: its targets are needed for platforms that are named, not for the host."""


@dataclass(frozen=True)
class PerPlatform:
    """A field's marker: its targets are built for each platform that another field names."""

    field: str


def per_platform(field: str) -> PerPlatform:
    """Have a field's targets built for each platform that `field`, a tuple of labels, names; and for no other."""
    return PerPlatform(field)


def labels_in(value: Any, place: str = "") -> Iterator[tuple[str, Label]]:
    """Yield each label in an attribute's value with its place in it, such as ("deps[1]", label)."""
    if isinstance(value, Label):
        yield place, value
    elif isinstance(value, Entry):
        yield place, value.file
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from labels_in(getattr(value, name), f"{place}.{name}" if place else name)
    elif isinstance(value, Mapping):
        for key, element in value.items():
            yield from labels_in(element, f"{place}.{key}")
    elif isinstance(value, (tuple, list, frozenset)):
        for index, element in enumerate(value):
            yield from labels_in(element, f"{place}[{index}]")
