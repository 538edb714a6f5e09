"""The combinations in which a target's selects are checked when it is loaded. Knows nothing of platforms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from etbuild.loading.package_scope import Origins
from etbuild.loading.toml_spans import TomlPath
from etbuild.loading.toml_text import TomlFile
from etbuild.model.frozen import frozen
from etbuild.model.label import Label
from etbuild.model.select import Select


@frozen
class Variant:
    """A target's attributes with one branch of each select."""

    varied: str | None
    """The attribute whose branch it is there for; None for the first, which has all first branches."""
    raw: Mapping[str, Any]
    origins: Origins


def has_select(value: Any) -> bool:
    """Tell whether an attribute's value, or an element of its list, is a Select."""
    return isinstance(value, Select) or (isinstance(value, tuple) and any(isinstance(e, Select) for e in value))


def conditions(raw: Mapping[str, Any]) -> Iterator[Label]:
    """Yield each label that a select asks for, in order."""
    for value in raw.values():
        for select in _selects(value):
            for branch in select.branches:
                yield from sorted(branch.conditions)


def variants(raw: Mapping[str, Any], origins: Origins, toml: TomlFile) -> Iterator[Variant]:
    """Yield variants in which each branch of each select stands at least once."""
    yield _variant(None, raw, origins, toml, {})
    for name, value in raw.items():
        for select in _selects(value):
            for index in range(1, len(select.branches)):
                yield _variant(name, raw, origins, toml, {id(select): index})


def _selects(value: Any) -> tuple[Select, ...]:
    elements = value if isinstance(value, tuple) else (value,)
    return tuple(element for element in elements if isinstance(element, Select))


def _variant(
    varied: str | None, raw: Mapping[str, Any], origins: Origins, toml: TomlFile, chosen: Mapping[int, int]
) -> Variant:
    values, places, elements = dict(raw), dict(origins.attributes), dict(origins.elements)
    for name, value in raw.items():
        if isinstance(value, Select):
            index = chosen.get(id(value), 0)
            values[name] = value.branches[index].value
            places[name] = _branch_path(toml, origins.find((name,)), index)
        elif has_select(value):
            values[name], elements[name] = _spliced(name, value, origins, toml, chosen)
    return Variant(varied, values, Origins(origins.table, places, elements))


def _spliced(
    name: str, value: tuple[Any, ...], origins: Origins, toml: TomlFile, chosen: Mapping[int, int]
) -> tuple[tuple[Any, ...], tuple[TomlPath, ...]]:
    elements: list[Any] = []
    places: list[TomlPath] = []
    for position, element in enumerate(value):
        place = origins.find((name, position))
        if not isinstance(element, Select):
            elements.append(element)
            places.append(place)
            continue
        index = chosen.get(id(element), 0)
        branch, path = element.branches[index].value, _branch_path(toml, place, index)
        is_list = isinstance(branch, tuple)
        elements += branch if is_list else (branch,)
        places += [(*path, i) for i in range(len(branch))] if is_list else [path]
    return tuple(elements), tuple(places)


def _branch_path(toml: TomlFile, place: TomlPath, index: int) -> TomlPath:
    """Return where the branch of that index is written, of the select that is written at `place`."""
    table: Any = toml.data
    for part in place:
        table = table[part]
    return (*place, "select", list(table["select"])[index])
