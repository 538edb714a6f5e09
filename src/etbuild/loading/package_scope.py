"""PackageScope: what is known while one BUILD.toml is read, and the mistakes found so far. Knows nothing of rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from etbuild.loading.toml_spans import TomlPath
from etbuild.loading.toml_text import TomlFile, attribute_path
from etbuild.model.attrs import label_context
from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span
from etbuild.model.frozen import field, frozen
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

    def label(self, text: str, path: TomlPath) -> Label | None:
        """Return the label that `text` means here, or None after noting the mistake."""
        try:
            return parse_label(text, self.base, self.toml.value_span(path)).within(self.own)
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
                    found[attribute_path((name, *path[len(origin) :]))] = toml.value_span(path)
            for index, element in enumerate(self.elements.get(name, ())):
                found[f"{name}[{index}]"] = toml.value_span(element)
        return found


def spans_below(toml: TomlFile, origins: Origins) -> tuple[Callable[[TomlPath], Span], Callable[[TomlPath], Span]]:
    """Return what finds the key and the value of a part of a target."""
    return lambda path: toml.key_span(origins.find(path)), lambda path: toml.value_span(origins.find(path))
