"""LabelUses: the labels in checked attributes, each with what its field demands. Knows no graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from etbuild.model.attrs import Attrs, Entry
from etbuild.model.attrs_schema import attributes_of
from etbuild.model.label import Label
from etbuild.model.markers import DEVICE, EXEC, PerPlatform, Provides
from etbuild.model.rule import Provider


class LabelField(NamedTuple):
    """An attribute that may hold labels, and what it demands of them."""

    name: str
    """Of one in a nested table, all the way: `methods.encode.model`."""
    provides: tuple[type[Provider], ...] = ()
    for_exec: bool = False
    for_device: bool = False
    platforms: str = ""
    """The attribute that names the platforms that they are for, if one does."""


LabelUse = tuple[Label, LabelField, int]
"""A label, its field, and its index there (-1 where the value is no list)."""


class LabelFields:
    """The fields of schemas that may hold labels, found once a schema."""

    def __init__(self) -> None:
        self._known: dict[type[Attrs], tuple[LabelField, ...]] = {}

    def of(self, schema: type[Attrs]) -> tuple[LabelField, ...]:
        """Return the fields of `schema`, in order."""
        if schema not in self._known:
            self._known[schema] = tuple(_label_fields(schema))
        return self._known[schema]

    def uses(self, attrs: Attrs) -> list[LabelUse]:
        """Return every label in `attrs`, in order, as often as it stands there."""
        found: list[LabelUse] = []
        for field in self.of(type(attrs)):
            value = getattr(attrs, field.name)
            if type(value) is Label:
                found.append((value, field, -1))
            elif type(value) is tuple:
                for index, element in enumerate(value):
                    if type(element) is Label:
                        found.append((element, field, index))
                    else:
                        found.extend(self._nested(element, field, index))
            elif value is not None:
                found.extend(self._nested(value, field, -1))
        return found

    def _nested(self, value: Any, field: LabelField, index: int) -> Iterator[LabelUse]:
        if isinstance(value, Label):
            yield value, field, index
        elif isinstance(value, Entry):
            yield value.file, field, index
        elif isinstance(value, Attrs):
            for inner in self.of(type(value)):
                named = inner._replace(name=f"{field.name}.{inner.name}", for_exec=inner.for_exec or field.for_exec)
                yield from self._nested(getattr(value, inner.name), named, -1)
        elif isinstance(value, Mapping):
            for key, element in value.items():
                yield from self._nested(element, field._replace(name=f"{field.name}.{key}"), -1)
        elif isinstance(value, (tuple, list, frozenset)):
            for position, element in enumerate(value):
                yield from self._nested(element, field, position)


def _label_fields(schema: type[Attrs]) -> Iterator[LabelField]:
    for attribute in attributes_of(schema).values():
        parts = list(_parts(attribute.kind))
        if any(
            part is Label or part is Entry or (isinstance(part, type) and issubclass(part, Attrs)) for part in parts
        ):
            types = tuple(t for part in parts if isinstance(part, Provides) for t in part.types)
            markers = [part for part in parts if isinstance(part, str)]
            platforms = next((part.field for part in parts if isinstance(part, PerPlatform)), "")
            yield LabelField(attribute.name, types, EXEC in markers, DEVICE in markers, platforms)


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield a type, what it is made of, and what is annotated to that, as in `Annotated[Dep, EXEC] | None`."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
