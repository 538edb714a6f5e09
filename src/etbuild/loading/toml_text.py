"""Parses a TOML file and says where things stand in it. Knows nothing of packages or workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomli

from etbuild.loading.toml_spans import Place, TomlPath, find_places
from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span


class TomlFile:
    """A parsed file. Places are looked for only when the first one is asked for: mistakes are rare."""

    __slots__ = ("_places", "data", "shown", "text")

    def __init__(self, text: str, shown: str, data: dict[str, Any]) -> None:
        self.text = text
        """With newlines as line ends."""
        self.shown = shown
        """The path that messages show."""
        self.data = data
        self._places: dict[TomlPath, Place] | None = None

    @property
    def places(self) -> Mapping[TomlPath, Place]:
        """Where each key and element stands."""
        if self._places is None:
            self._places = find_places(self.text)
        return self._places

    def value_span(self, path: TomlPath) -> Span:
        """Return the place of the value at `path`, or of the nearest table or list around it."""
        place = self._nearest(path)
        return span_at(self.text, self.shown, place.start, place.end)

    def key_span(self, path: TomlPath) -> Span:
        """Return the place of the key at `path`, or of what is nearest around it."""
        place = self._nearest(path)
        return span_at(self.text, self.shown, place.key_start, place.key_end)

    def _nearest(self, path: TomlPath) -> Place:
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path] if path else Place(0, 1, 0, 1)


def span_at(text: str, shown: str, start: int, end: int) -> Span:
    """Return the span of the characters from `start` to `end`, cut at the end of the line."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    length = max(1, min(end, line_end) - start)
    return Span(shown, text.count("\n", 0, start) + 1, start - line_start + 1, length, text[line_start:line_end])


def attribute_path(path: TomlPath) -> str:
    """Return how messages and spans name a place in an attribute, such as "deps[2]" or "methods.encode"."""
    words = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(words).removeprefix(".")


def parse_toml(content: bytes, shown: str) -> TomlFile:
    """Return the parsed file. Raises `toml-syntax` or, for a table that stands twice, `duplicate-target`."""
    try:
        text = content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _bad("must be UTF-8, is not", Span(shown, line, 1)) from None
    try:
        return TomlFile(text, shown, tomli.loads(text))
    except tomli.TOMLDecodeError as error:
        at = min(error.pos, max(0, len(text) - 1))
        twice = _duplicate(text, shown, error)
        raise twice or _bad(_lower_first(error.msg), span_at(text, shown, at, at + 1)) from None
    except RecursionError:
        raise _bad("nested too deeply", Span(shown, 1, 1)) from None


def _duplicate(text: str, shown: str, error: tomli.TOMLDecodeError) -> EtbuildError | None:
    """Return the error of a header that stands twice, with both places."""
    if not error.msg.startswith("Cannot declare"):
        return None
    # The error stands behind the header's keys; all before it is valid.
    line_start = text.rfind("\n", 0, error.pos) + 1
    start = text.index("[", line_start)
    header = text[start : error.pos] + "]"
    [path] = [path for path, place in find_places(header).items() if place.header]
    first = find_places(text[:line_start]).get(path)
    if first is None:
        return None
    span, before = span_at(text, shown, start, error.pos + 1), span_at(text, shown, first.start, first.end)
    code = "duplicate-target" if len(path) == 2 else "toml-syntax"
    return EtbuildError(Diagnostic(code, f"{header} stands twice", span, notes=(f"the first stands at {before}",)))


def _lower_first(message: str) -> str:
    return message[:1].lower() + message[1:]


def _bad(what: str, span: Span) -> EtbuildError:
    return EtbuildError(Diagnostic("toml-syntax", f"{span.file} is no TOML: {what}", span))
