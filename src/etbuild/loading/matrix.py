"""A matrix → targets and the group that stands for them. Knows nothing of what the axes mean."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from etbuild.loading.common_attributes import COMMON
from etbuild.loading.package_scope import Origins, PackageScope
from etbuild.loading.targets import Written
from etbuild.loading.toml_spans import TomlPath
from etbuild.model.attrs_schema import attributes_of
from etbuild.model.diagnostics import EtbuildError, did_you_mean
from etbuild.model.label import Label, parse_label
from etbuild.model.rule import Rule

_RESERVED = ("name", "exclude")
Point = Mapping[str, int]
"""An index on each axis."""


def expand_matrix(scope: PackageScope, written: Written, group: Rule[Any] | None) -> Iterator[Written]:
    """Yield the matrix's targets, then the `group` target that has the table's own name.

    A mistake is noted, and nothing is yielded.
    """
    matrix = _Matrix(scope, written)
    if not matrix.is_sound():
        return
    members = list(matrix.members())
    if not matrix.failed:
        yield from members
        if group is not None:
            [attribute] = attributes_of(group.attrs)
            common = {key: value for key, value in written.table.items() if key in COMMON - {"ram", "compatible_with"}}
            table = {attribute: [f":{member.label.name}" for member in members], **common}
            yield Written(written.label, group, table, Origins(written.origins.table, written.origins.attributes))


class _Matrix:
    """A table [rule.name.matrix] while it is read."""

    def __init__(self, scope: PackageScope, written: Written) -> None:
        self.scope = scope
        self.written = written
        self.path: TomlPath = written.origins.find(("matrix",))
        self.table: Any = written.table["matrix"]
        self.failed = False

    def mistake(self, message: str, *path: str | int, hint: str | None = None) -> None:
        self.failed = True
        span = self.scope.toml.value_span((*self.path, *path))
        self.scope.mistake("bad-matrix", message, span, hint=hint)

    def is_sound(self) -> bool:
        """Note what is wrong with the table itself; tell whether anything is."""
        if not isinstance(self.table, dict):
            self.mistake("a matrix must be a table")
            return False
        self.axes: dict[str, list[Any]] = {key: v for key, v in self.table.items() if key not in _RESERVED}
        if not self.axes:
            self.mistake('a matrix must have an axis, such as backend = ["xnnpack", "portable"]')
            return False
        for axis, values in self.axes.items():
            if not isinstance(values, list) or not values:
                self.mistake(f"axis '{axis}' must be a list of one value or more", axis)
            elif axis in self.written.table:
                self.mistake(f"'{axis}' must stand in the table or in its matrix, stands in both", axis)
        self.check_name()
        self.check_exclude()
        return not self.failed

    def check_name(self) -> None:
        name = self.table.get("name")
        if not isinstance(name, str):
            example = "_".join(f"{{{axis}}}" for axis in self.axes)
            self.mistake("a matrix must have a 'name'", hint=f'write name = "{self.written.label.name}_{example}"')
            return
        import string  # noqa: PLC0415 - 0.5 ms, for those who have a matrix.

        try:
            parts = [part for part in string.Formatter().parse(name) if part[1] is not None]
        except ValueError:
            self.mistake("a brace in 'name' must have a partner", "name")
            return
        for _, field, form, conversion in parts:
            if field not in self.axes or form or conversion:
                hint = did_you_mean(str(field), self.axes)
                self.mistake(f"'name' asks for the axis '{field}', the matrix has none such", "name", hint=hint)

    def check_exclude(self) -> None:
        exclude = self.table.get("exclude", [])
        if not isinstance(exclude, list) or not all(isinstance(entry, dict) and entry for entry in exclude):
            self.mistake("'exclude' must be a list of tables such as { backend = \"xnnpack\" }", "exclude")
            return
        for index, entry in enumerate(exclude):
            for axis, value in entry.items():
                values = self.axes.get(axis)
                if not isinstance(values, list) or value not in values:
                    what = f"'exclude' names {axis} = {value!r}, the matrix has none such"
                    self.mistake(what, "exclude", index, axis)

    def members(self) -> Iterator[Written]:
        """Yield a target for each point that is not excluded."""
        seen: dict[str, Point] = {}
        for indices in itertools.product(*(range(len(values)) for values in self.axes.values())):
            point = dict(zip(self.axes, indices, strict=True))
            values = {axis: self.axes[axis][index] for axis, index in point.items()}
            if any(entry.items() <= values.items() for entry in self.table.get("exclude", ())):
                continue
            label = self.label_of(values)
            if label is None:
                return
            if label.name in seen or label.name == self.written.label.name:
                self.mistake(f"each target's name must differ, '{label.name}' is given twice", "name")
                return
            seen[label.name] = point
            yield self.member(label, point, values)
        if not seen:
            self.mistake("'exclude' must leave a target, leaves none", "exclude")

    def label_of(self, values: Mapping[str, Any]) -> Label | None:
        unfit = next((axis for axis, value in values.items() if self.in_name(axis) and not _is_word(value)), None)
        if unfit is not None:
            self.mistake(f"a value in 'name' must be a text or a number, '{unfit}' has another", unfit)
            return None
        words = {axis: str(value).lower() if isinstance(value, bool) else value for axis, value in values.items()}
        name = self.table["name"].format_map(words)
        try:
            return parse_label(f":{name}", self.scope.base)
        except EtbuildError:
            self.mistake(f"'{name}' is no name of a target", "name")
            return None

    def in_name(self, axis: str) -> bool:
        return f"{{{axis}" in self.table["name"]

    def member(self, label: Label, point: Point, values: Mapping[str, Any]) -> Written:
        written = self.written
        own = {key: value for key, value in written.table.items() if key != "matrix"}
        places = {axis: (*self.path, axis, index) for axis, index in point.items()}
        origins = Origins(written.origins.table, {**written.origins.attributes, **places}, shared=frozenset(own))
        return Written(label, written.rule, {**own, **values}, origins)


def _is_word(value: Any) -> bool:
    return isinstance(value, (str, int, float))
