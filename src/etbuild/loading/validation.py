"""Turns what a schema refuses into Diagnostics. pydantic's wording never reaches a user. Knows nothing of packages."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from etbuild.loading.expected_value import describe_type, describe_value, key_type_at, type_at
from etbuild.loading.toml_spans import TomlPath
from etbuild.loading.toml_text import attribute_path
from etbuild.model.attrs import Attrs, LabelError
from etbuild.model.attrs_schema import attributes_of
from etbuild.model.diagnostics import Diagnostic, Span, did_you_mean
from etbuild.model.frozen import frozen
from etbuild.model.validator import ValidationError


@frozen
class Subject:
    """What is validated: how messages call it, and where its parts stand."""

    name: str
    """Such as `pte` or WORKSPACE."""
    schema: type[Attrs]
    key_span: Callable[[TomlPath], Span]
    value_span: Callable[[TomlPath], Span]
    also: tuple[str, ...] = ()
    """Attributes that it takes beside its schema's: for hints."""


def refusals(
    error: ValidationError, raw: Mapping[str, Any], subject: Subject, only: Collection[str] | None = None
) -> list[Diagnostic]:
    """Return a diagnostic for each place in `raw` that the schema refused; of the attributes in `only`."""
    by_path: dict[TomlPath, list[Any]] = {}
    for mistake in error.errors(include_url=False):
        if only is not None and (not mistake["loc"] or mistake["loc"][0] not in only):
            continue
        by_path.setdefault(_real_path(mistake["loc"], mistake["type"], raw), []).append(mistake)
    # Of a union, what is wrong within the member that was meant says more than that no member fits.
    inner = {path[:-size] for path in by_path for size in range(1, len(path))}
    return [_refusal(path, mistakes, subject) for path, mistakes in by_path.items() if path not in inner]


def _refusal(path: TomlPath, mistakes: list[Any], subject: Subject) -> Diagnostic:
    kinds = {mistake["type"] for mistake in mistakes}
    if kinds == {"extra_forbidden"}:
        return unknown_attribute(path, subject)
    name = f"'{attribute_path(path)}' of {subject.name}"
    if kinds == {"missing"} and isinstance(mistakes[0]["loc"][-1], str):
        expected = describe_type(_type_of(path, subject))
        message = f"{name} must be given" + (f": {expected}" if expected else "")
        return Diagnostic("missing-attribute", message, subject.key_span(path))
    of_key = mistakes[0]["loc"][-1:] == ("[key]",)
    span = subject.key_span(path) if of_key else subject.value_span(path)
    raised = next((m["ctx"]["error"] for m in mistakes if m["type"] == "value_error"), None)
    if isinstance(raised, LabelError):
        return Diagnostic("bad-label", f"{name}: {raised}", span)
    if raised is not None and len(kinds) == 1:
        return Diagnostic("wrong-value", f"{name} {raised}" if path else f"{subject.name}: {raised}", span)
    value = mistakes[0]["input"]
    name = f"the key {name}" if of_key else name
    expected = describe_type((key_type_at if of_key else type_at)(subject.schema, path)) or "of another type"
    hint = did_you_mean(value, re.findall("'([^']*)'", expected)) if isinstance(value, str) else None
    hint = hint or _list_hint(value, expected)
    return Diagnostic("wrong-type", f"{name} must be {expected}, is {describe_value(value)}", span, hint=hint)


def unknown_attribute(path: TomlPath, subject: Subject) -> Diagnostic:
    """Return the diagnostic of a key that the schema does not have."""
    schema = type_at(subject.schema, path[:-1]) if len(path) > 1 else subject.schema
    known = attributes_of(schema) if isinstance(schema, type) and issubclass(schema, Attrs) else {}
    key = str(path[-1])
    candidates = (*known, *(subject.also if len(path) == 1 else ()))
    hint = did_you_mean(key, candidates) or (f"it has {', '.join(sorted(known))}" if known else None)
    inside = f"'{attribute_path(path[:-1])}' of " if len(path) > 1 else ""
    message = f"{inside}{subject.name} has no attribute '{key}'"
    return Diagnostic("unknown-attribute", message, subject.key_span(path), hint=hint)


def _type_of(path: TomlPath, subject: Subject) -> Any:
    return type_at(subject.schema, path) if path else None


def _real_path(loc: Iterable[str | int], kind: str, raw: Any) -> TomlPath:
    """Return the place in `raw` that pydantic means: without the names of a union's members and of validators."""
    path: TomlPath = ()
    parts = tuple(loc)
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if isinstance(raw, Mapping) and (part in raw or (last and kind in ("missing", "extra_forbidden"))):
            raw = raw.get(part)
        elif isinstance(raw, tuple) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            continue
        path = (*path, part)
    return path


def _list_hint(value: Any, expected: str) -> str | None:
    return f'write ["{value}"]' if isinstance(value, str) and expected.startswith("a list") else None
