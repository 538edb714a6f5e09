"""Attrs: the base of every rule's schema, and the types that its attributes may have.

Every Label in an Attrs is a dependency. `Dep` names a target; `Src` names a file or a target whose files are meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple, NoReturn, TypeVar, dataclass_transform

from etbuild.model.attrs_schema import attributes_of, validator_of
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label, parse_label
from etbuild.model.markers import Checker, Converted, before
from etbuild.model.validator import PydanticCustomError

AttrsT = TypeVar("AttrsT", bound="Attrs")


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Attrs:
    """The attributes of a rule: frozen, nothing unknown, no type guessed. A docstring below a field documents it.

    `class XAttrs(Attrs, before=f, after=g)`: the whole table passes through `f`, which returns what is then checked;
    the checked attributes pass through `g`. What they refuse, they raise a ValueError for.
    """

    # As pydantic's core fills instances.
    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")
    __pydantic_fields_set__: set[str]
    __attrs_checks__: ClassVar[tuple[Converted, ...]] = ()

    def __init_subclass__(cls, before: Check | None = None, after: Check | None = None) -> None:
        """Keep the functions that tables pass through, behind those of the base."""
        own = [Converted(before, "before")] if before else []
        cls.__attrs_checks__ = (*cls.__attrs_checks__, *own, *([Converted(after, "after")] if after else []))
        for name, value in vars(cls).items():
            if type(value).__module__.startswith("pydantic."):
                hint = "write a default as it is, and the class's functions as before= and after="
                raise TypeError(f"'{name}' must not be pydantic's {type(value).__name__}: {hint}")

    def __init__(self, **given: Any) -> None:
        """Check what is given. Raises ValidationError."""
        validator_of(type(self)).validate_python(given, self_instance=self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse."""
        raise AttributeError(f"a {type(self).__name__} is frozen: '{name}' cannot change")

    def __eq__(self, other: object) -> bool:
        """Tell whether all attributes are equal."""
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        """Hash all attributes."""
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        """Show all attributes."""
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


Check = Callable[[Any], Any]


def check_table(schema: type[AttrsT], table: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> AttrsT:
    """Return a table as its schema has it; `context` is what labels are read in. Raises ValidationError."""
    checked: AttrsT = validator_of(schema).validate_python(table, context=context)
    return checked


def given(attrs: Attrs) -> Collection[str]:
    """Return the names of the attributes that were written, not left to their defaults."""
    return attrs.__pydantic_fields_set__


def as_tables(value: Any, *, defaults: bool = True) -> Any:
    """Return an attribute's value as tables, lists, and labels in text; without defaults, if that is false."""
    if isinstance(value, (Label, Entry)):
        return str(value)
    if isinstance(value, Attrs):
        parts = [(each, getattr(value, each.name)) for each in attributes_of(type(value)).values()]
        return {
            each.name: as_tables(part, defaults=defaults) for each, part in parts if defaults or part != each.default
        }
    if isinstance(value, Mapping):
        return {key: as_tables(part, defaults=defaults) for key, part in value.items()}
    return [as_tables(part, defaults=defaults) for part in value] if isinstance(value, (tuple, list)) else value


class LabelError(ValueError):
    """A text that is no label: pydantic collects it; its message is for users."""


def label_context(package: Label, own: str = "") -> dict[str, Any]:
    """Return the context that labels are validated in: a label of their package, and the workspace's own name."""
    return {"base": package, "own": own}


def _label(value: Any, info: Any) -> Any:
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


_LABEL = Checker(_is_label, {"type": "string", "format": "label"})
Dep = Annotated[Label, _LABEL, before(_label)]
"""The label of a target."""
Src = Annotated[Label, _LABEL, before(_label), "src"]
"""The label of a file of the package, or of a target whose files are meant."""


class Entry(NamedTuple):
    """A function in a file of the user's: "file.py:function"."""

    file: Label
    function: str

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.file}:{self.function}"


def _entry(value: Any, info: Any) -> Any:
    if isinstance(value, Entry):
        return value
    file, colon, function = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not colon or not file.endswith(".py") or not function.isidentifier():
        raise ValueError('must be "file.py:function"')
    return Entry(_is_label(_label(file, info)), function)


EntryPoint = Annotated[Entry, Checker(_entry, {"type": "string", "pattern": r"^.+\.py:[A-Za-z_][A-Za-z0-9_]*$"})]
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


Size = Annotated[int, before(_size, takes=int | str)]
"""A number of bytes, or a text such as "4GiB"."""


def labels_in(value: Any, place: str = "") -> Iterator[tuple[str, Label]]:
    """Yield each label in an attribute's value with its place in it, such as ("deps[1]", label)."""
    if isinstance(value, Label):
        yield place, value
    elif isinstance(value, Entry):
        yield place, value.file
    elif isinstance(value, Attrs):
        for name in attributes_of(type(value)):
            yield from labels_in(getattr(value, name), f"{place}.{name}" if place else name)
    elif isinstance(value, Mapping):
        for key, element in value.items():
            yield from labels_in(element, f"{place}.{key}")
    elif isinstance(value, (tuple, list, frozenset)):
        for index, element in enumerate(value):
            yield from labels_in(element, f"{place}[{index}]")
