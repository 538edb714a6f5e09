"""PackageScope: what is known while one BUILD.toml is read, and the mistakes found so far. Knows nothing of rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from etbuild.loading.toml_spans import TomlPath
from etbuild.loading.toml_text import TomlFile, attribute_path
from etbuild.model.attrs import label_context
from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span
from etbuild.model.frozen import field, frozen, replace
from etbuild.model.label import Label, parse_label

Glob = Callable[[Sequence[str], Sequence[str]], tuple[str, ...]]
"""Patterns and those to leave out, to sorted names of files below the package."""


class PackageScope:
    """One package while it is read."""

    def __init__(self, base: Label, own: str, toml: TomlFile, glob: Glob) -> None:
        self.base = base
        """Any label of the package."""
        self.own = own
        """The workspace's own name."""
        self.toml = toml
        self.glob = glob
        self.mistakes: list[Diagnostic] = []
        self.context: Mapping[str, Any] = label_context(base, own)
        """For labels that pydantic validates."""

    def condition(self, text: str, path: TomlPath) -> Label | None:
        """Return the label that `text`, of the key at `path`, means here, or None after noting the mistake."""
        try:
            return parse_label(text, self.base, condition_span(self.toml, path, text)).within(self.own)
        except EtbuildError as error:
            self.mistakes.extend(error.diagnostics)
            return None

    def mistake(self, code: str, message: str, span: Span, *, hint: str | None = None) -> None:
        """Note a mistake."""
        self.mistakes.append(Diagnostic(code, message, span, hint=hint))


@frozen
class Origins:
    """Where the attributes of a target are written: most in its table, some in defaults, a matrix or a select."""

    table: TomlPath
    attributes: Mapping[str, TomlPath] = field(default_factory=dict)
    """Of those that stand elsewhere."""
    elements: Mapping[str, tuple[TomlPath, ...]] = field(default_factory=dict)
    """Of each element, in lists whose elements do not stand one by one."""
    shared: frozenset[str] = frozenset()
    """Those that stand for other targets, too: in defaults, or beside a matrix."""

    def find(self, path: TomlPath) -> TomlPath:
        """Return where the part of a target at `path`, such as ("deps", 1), is written."""
        if not path:
            return self.table
        name = str(path[0])
        elements = self.elements.get(name)
        if elements is not None and len(path) > 1 and isinstance(path[1], int) and path[1] < len(elements):
            return elements[path[1]] + path[2:]
        return (*self.attributes.get(name, (*self.table, name)), *path[1:])

    def spans(self, toml: TomlFile) -> dict[str, Span]:
        """Return the place of each attribute and of its parts, as TargetSpec has them."""
        found = {"": toml.value_span(self.table)}
        places = dict(self.attributes)
        for path in toml.places:
            if len(path) == len(self.table) + 1 and path[:-1] == self.table:
                places.setdefault(str(path[-1]), path)
        for name, origin in places.items():
            for path in toml.places:
                if path[: len(origin)] == origin and not (name in self.elements and len(path) > len(origin)):
                    part = (name, *path[len(origin) :])
                    found[attribute_path(part)] = toml.value_span(path)
                    for text in _conditions_of(part):
                        found[f"{attribute_path(part)} {text}"] = condition_span(toml, path, text)
            for index, element in enumerate(self.elements.get(name, ())):
                found[f"{name}[{index}]"] = toml.value_span(element)
        return found


def _conditions_of(part: TomlPath) -> list[str]:
    """Return the conditions that the last key of a part of a target joins, if it is a select's."""
    named = part[1:][-2:-1] == ("select",) and part[-1] != "default"
    return [text.strip() for text in str(part[-1]).split(" & ")] if named else []


def condition_span(toml: TomlFile, path: TomlPath, text: str) -> Span:
    """Return the place of one condition of a select's key."""
    key = toml.key_span(path)
    written = key.text[key.column - 1 : key.column - 1 + key.length]
    return replace(key, column=key.column + written.index(text), length=len(text)) if text in written else key


def spans_below(toml: TomlFile, origins: Origins) -> tuple[Callable[[TomlPath], Span], Callable[[TomlPath], Span]]:
    """Return what finds the key and the value of a part of a target."""
    return lambda path: toml.key_span(origins.find(path)), lambda path: toml.value_span(origins.find(path))
