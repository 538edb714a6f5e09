"""One table of a BUILD.toml → one TargetSpec, checked against its rule's schema. Knows nothing of other targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from etbuild.loading.attribute_values import UnreadableError, read_attribute
from etbuild.loading.common_attributes import COMMON, CommonAttrs
from etbuild.loading.package_scope import Origins, PackageScope
from etbuild.loading.selects import conditions, has_select, variants
from etbuild.loading.toml_text import LazySpans
from etbuild.loading.validation import Subject, refusals
from etbuild.loading.visibility import parse_visibility
from etbuild.model.attrs import Attrs
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.label import Label, Pattern
from etbuild.model.rule import Rule
from etbuild.model.target import TargetSpec

_PLAIN = (str, int, float)
_NO_COMMON = CommonAttrs()


@dataclass(frozen=True, slots=True)
class Written:
    """A target as written, defaults and matrix merged in."""

    label: Label
    rule: Rule[Any]
    table: Mapping[str, Any]
    origins: Origins


def read_target(scope: PackageScope, written: Written, visibility: tuple[Pattern, ...]) -> TargetSpec | None:
    """Return the checked target, or None once its mistakes are noted. `visibility` is its package's."""
    raw, origins, unreadable = _read_values(scope, written)
    rule = written.rule
    common = _NO_COMMON
    if not COMMON.isdisjoint(raw):
        own = [name for name in raw if name in COMMON and name not in rule.attrs.model_fields]
        read = _read_common(scope, rule.name, {name: raw.pop(name) for name in own}, origins)
        if read is None:
            unreadable |= COMMON
        else:
            common, visibility = read[0], visibility if read[1] is None else read[1]
    labels: dict[Label, None] = {}
    attrs = _check(scope, written, raw, origins, unreadable, labels)
    if unreadable or (attrs is None and not any(has_select(value) for value in raw.values())):
        return None
    labels.update(dict.fromkeys(common.compatible_with))
    return TargetSpec(
        written.label,
        rule,
        raw,
        attrs,
        tuple(labels),
        visibility,
        frozenset(common.tags),
        common.manual,
        frozenset(common.compatible_with),
        common.ram,
        LazySpans(lambda: origins.spans(scope.toml)),
    )


def _read_values(scope: PackageScope, written: Written) -> tuple[dict[str, Any], Origins, set[str]]:
    """Return the values, where they stand, and the names of those that could not be read."""
    raw: dict[str, Any] = {}
    elements = {}
    unreadable: set[str] = set()
    origins = written.origins
    for name, value in written.table.items():
        if isinstance(value, _PLAIN):
            raw[name] = value
            continue
        try:
            raw[name], places = read_attribute(scope, value, origins.find((name,)))
        except UnreadableError:
            unreadable.add(name)
            continue
        if places is not None:
            elements[name] = places
    if elements:
        origins = Origins(origins.table, origins.attributes, elements)
    return raw, origins, unreadable


def _read_common(
    scope: PackageScope, subject: str, raw: Mapping[str, Any], origins: Origins
) -> tuple[CommonAttrs, tuple[Pattern, ...] | None] | None:
    try:
        common = CommonAttrs.model_validate(raw, context=scope.context)
        if common.visibility is None:
            return common, None
        return common, parse_visibility(common.visibility, scope.base, scope.own)
    except ValidationError as error:
        scope.mistakes += refusals(error, raw, _subject(scope, subject, CommonAttrs, origins))
    except EtbuildError as error:
        span = scope.toml.value_span(origins.find(("visibility",)))
        scope.mistakes += [Diagnostic(d.code, d.message, span) for d in error.diagnostics]
    return None


def _check(
    scope: PackageScope,
    written: Written,
    raw: dict[str, Any],
    origins: Origins,
    unreadable: set[str],
    labels: dict[Label, None],
) -> Attrs | None:
    """Check the rule's own attributes in each variant, collect their labels; return them if nothing is selected."""
    schema = written.rule.attrs
    if not unreadable and not any(has_select(value) for value in raw.values()):
        try:
            attrs: Attrs = schema.model_validate(raw, context=scope.context)
        except ValidationError as error:
            _note_refusals(scope, written, refusals(error, raw, _subject(scope, written.rule.name, schema, origins)))
            return None
        except EtbuildError as error:  # From a validator of the rule's schema.
            scope.mistakes.extend(error.diagnostics)
            return None
        labels.update(dict.fromkeys(_labels(attrs)))
        return attrs
    failed = False
    for variant in variants(raw, origins, scope.toml):
        subject = _subject(scope, written.rule.name, schema, variant.origins)
        try:
            labels.update(dict.fromkeys(_labels(schema.model_validate(variant.raw, context=scope.context))))
        except ValidationError as error:
            # What a schema says of several attributes at once is asked when all are configured.
            counts = {variant.varied} if variant.varied else {*raw, *schema.model_fields} - unreadable
            found = refusals(error, variant.raw, subject, counts)
            _note_refusals(scope, written, found)
            failed = failed or bool(found)
        except EtbuildError as error:
            scope.mistakes.extend(error.diagnostics)
            failed = True
    if failed:
        unreadable.add("")
    labels.update(dict.fromkeys(conditions(raw)))
    return None


def _note_refusals(scope: PackageScope, written: Written, found: list[Diagnostic]) -> None:
    """Note mistakes; a table that is no attribute may come from an unquoted dot in a name."""
    for diagnostic in found:
        scope.mistakes.append(_unquoted_dot(scope, written, diagnostic) or diagnostic)


def _unquoted_dot(scope: PackageScope, written: Written, diagnostic: Diagnostic) -> Diagnostic | None:
    if diagnostic.code != "unknown-attribute" or (diagnostic.hint or "").startswith("did you mean"):
        return None
    table = written.origins.table
    for path, place in scope.toml.places.items():
        if path[:2] == table and len(place.header) > 2 and diagnostic.span == scope.toml.key_span(path):
            name = ".".join(place.header[1:])
            message = f"a dot in a target's name must be quoted, is not in [{'.'.join(place.header)}]"
            return Diagnostic("unquoted-dot", message, diagnostic.span, hint=f'write [{place.header[0]}."{name}"]')
    return None


def _subject(scope: PackageScope, name: str, schema: type[Attrs], origins: Origins) -> Subject:
    return Subject(
        name,
        schema,
        lambda path: scope.toml.key_span(origins.find(path)),
        lambda path: scope.toml.value_span(origins.find(path)),
        tuple(sorted(COMMON)),
    )


def _labels(value: Any) -> Iterator[Label]:
    """Yield the labels in checked attributes, in the order of the schema."""
    if isinstance(value, BaseModel):
        for part in value.__dict__.values():
            if not isinstance(part, _PLAIN):
                yield from _labels(part)
    elif isinstance(value, Label):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _labels(part)
    elif isinstance(value, (tuple, list, frozenset)):
        for part in value:
            if isinstance(part, Label):
                yield part
            elif not isinstance(part, _PLAIN):
                yield from _labels(part)
