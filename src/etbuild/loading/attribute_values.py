"""Reads an attribute's value as written: lists become tuples, globs become names, selects become Selects.

Knows nothing of which attributes a rule has.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from etbuild.loading.package_scope import PackageScope
from etbuild.loading.toml_spans import TomlPath
from etbuild.model.label import Label
from etbuild.model.select import Branch, Select

_GLOB_KEYS = {"glob", "exclude"}


class UnreadableError(Exception):
    """A value holds a mistake that has been noted."""


def read_attribute(scope: PackageScope, value: Any, origin: TomlPath) -> tuple[Any, tuple[TomlPath, ...] | None]:
    """Return a value, and where each of its elements is written, if that is not simply one after the other.

    Raises UnreadableError once its mistakes are noted.
    """
    if isinstance(value, list):
        return _read_list(scope, value, origin)
    if is_select(value):
        return _read_select(scope, value["select"], (*origin, "select")), None
    if is_glob(value):
        names = _expand_glob(scope, value, origin)
        return names, (origin,) * len(names)
    return _read_nested(scope, value, origin), None


def is_select(value: Any) -> bool:
    """Tell whether `value` is written { select = { … } }."""
    return isinstance(value, dict) and value.keys() == {"select"} and isinstance(value["select"], dict)


def is_glob(value: Any) -> bool:
    """Tell whether `value` is written { glob = […], exclude = […] }."""
    return isinstance(value, dict) and "glob" in value and value.keys() <= _GLOB_KEYS


def _read_list(scope: PackageScope, value: list[Any], origin: TomlPath) -> tuple[Any, tuple[TomlPath, ...] | None]:
    elements: list[Any] = []
    origins: list[TomlPath] = []
    for index, element in enumerate(value):
        place = (*origin, index)
        if is_glob(element):
            read: list[Any] = list(_expand_glob(scope, element, place))
        elif is_select(element):
            read = [_read_select(scope, element["select"], (*place, "select"))]
        else:
            read = [_read_nested(scope, element, place)]
        elements += read
        origins += [place] * len(read)
    plain = len(elements) == len(value) and not any(is_glob(element) for element in value)
    return tuple(elements), None if plain else tuple(origins)


def _read_nested(scope: PackageScope, value: Any, origin: TomlPath) -> Any:
    """Return a value that is not an attribute's own: no select may stand here."""
    if isinstance(value, list):
        return tuple(
            part
            for index, element in enumerate(value)
            for part in (
                _expand_glob(scope, element, (*origin, index))
                if is_glob(element)
                else (_read_nested(scope, element, (*origin, index)),)
            )
        )
    if is_select(value):
        what = "a select stands for a whole attribute or for an element of its list, not deeper"
        scope.mistake("bad-select", what, scope.toml.value_span(origin))
        raise UnreadableError
    if is_glob(value):
        return _expand_glob(scope, value, origin)
    if isinstance(value, dict):
        return {key: _read_nested(scope, element, (*origin, key)) for key, element in value.items()}
    return value


def _read_select(scope: PackageScope, table: Mapping[str, Any], origin: TomlPath) -> Select:
    branches = tuple(
        Branch(_conditions(scope, key, (*origin, key)), _read_branch(scope, value, (*origin, key)))
        for key, value in table.items()
    )
    if not branches:
        scope.mistake("bad-select", "a select must have a branch, has none", scope.toml.value_span(origin))
        raise UnreadableError
    seen: dict[frozenset[Label], str] = {}
    for key, branch in zip(table, branches, strict=True):
        if branch.conditions in seen:
            what = f"'{key}' and '{seen[branch.conditions]}' mean the same"
            scope.mistake("bad-select", f"branches must differ: {what}", scope.toml.key_span((*origin, key)))
            raise UnreadableError
        seen[branch.conditions] = key
    return Select(branches)


def _conditions(scope: PackageScope, key: str, origin: TomlPath) -> frozenset[Label]:
    if key == "default":
        return frozenset()
    labels = [scope.condition(text.strip(), origin) for text in key.split(" & ")]
    found = frozenset(label for label in labels if label is not None)
    if len(found) < len(labels):
        if None not in labels:
            scope.mistake("bad-select", f"'{key}' names a constraint twice", scope.toml.key_span(origin))
        raise UnreadableError
    return found


def _read_branch(scope: PackageScope, value: Any, origin: TomlPath) -> Any:
    if is_select(value):
        what = "a select's branch must not be a select: join conditions with ' & '"
        scope.mistake("bad-select", what, scope.toml.value_span(origin))
        raise UnreadableError
    return _read_nested(scope, value, origin)


def _expand_glob(scope: PackageScope, table: Mapping[str, Any], origin: TomlPath) -> tuple[str, ...]:
    lists = [table["glob"], table.get("exclude", [])]
    span = scope.toml.value_span(origin)
    if not all(isinstance(patterns, list) and all(isinstance(p, str) for p in patterns) for patterns in lists):
        scope.mistake("wrong-type", "'glob' and 'exclude' must be lists of texts", span)
        raise UnreadableError
    escaping = [p for patterns in lists for p in patterns if p.startswith("/") or ".." in p.split("/") or not p]
    if escaping:
        what = f"a glob must stay below its package, is '{escaping[0]}'"
        scope.mistake("bad-label", what, span)
        raise UnreadableError
    names = scope.glob(*lists)
    if not names:
        shown = ", ".join(f"'{pattern}'" for pattern in lists[0])
        folder = scope.base.package_label
        scope.mistake("glob-matches-nothing", f"no file of package '{folder}' matches {shown}", span)
        raise UnreadableError
    odd = [os.fsencode(name) for name in names if not _is_text(name)]
    if odd:
        what = f"a file's name must be UTF-8, the glob matches {odd[0]!r}"
        scope.mistake("bad-label", what, span, hint="rename it, or exclude it")
        raise UnreadableError
    return tuple(f":{name}" for name in names)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
