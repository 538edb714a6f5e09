"""One table of a BUILD.toml → one TargetSpec, checked against its rule's schema. Knows nothing of other targets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from etbuild.loading.attribute_values import UnreadableError, read_attribute
from etbuild.loading.common_attributes import COMMON, CommonAttrs
from etbuild.loading.lazy_mapping import LazyMapping
from etbuild.loading.package_scope import Origins, PackageScope, spans_below
from etbuild.loading.selects import conditions, has_select, variants
from etbuild.loading.validation import Subject, refusals
from etbuild.loading.visibility import parse_visibility
from etbuild.model.attrs import Attrs, check_table
from etbuild.model.attrs_schema import attributes_of
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen, replace
from etbuild.model.label import Label, Pattern
from etbuild.model.rule import Rule
from etbuild.model.target import TargetSpec
from etbuild.model.validator import ValidationError

_PLAIN = (str, int, float)


@frozen
class Written:
    """A target as written, defaults and matrix merged in."""

    label: Label
    rule: Rule[Any]
    table: Mapping[str, Any]
    origins: Origins


@frozen
class Common:
    """The common attributes of a target, checked."""

    visibility: tuple[Pattern, ...]
    tags: tuple[str, ...] = ()
    manual: bool = False
    compatible_with: tuple[Label, ...] = ()
    ram: int = 0


def read_target(scope: PackageScope, written: Written, visibility: tuple[Pattern, ...]) -> TargetSpec | None:
    """Return the checked target, or None once its mistakes are noted. `visibility` is its package's."""
    before = len(scope.mistakes)
    reader = _TargetReader(scope, written)
    raw, common = reader.raw, reader.read_common(visibility)
    attrs = reader.check()
    if len(scope.mistakes) > before:
        return None
    reader.labels.update(dict.fromkeys(common.compatible_with))
    find_spans = reader.origins.spans
    return TargetSpec(
        label=written.label,
        rule=written.rule,
        raw=raw,
        attrs=attrs,
        dependencies=tuple(reader.labels),
        visibility=common.visibility,
        tags=frozenset(common.tags),
        manual=common.manual,
        compatible_with=frozenset(common.compatible_with),
        ram=common.ram,
        spans=LazyMapping(lambda: find_spans(scope.toml)),
        shared=frozenset(raw) if any(map(has_select, raw.values())) else reader.origins.shared,
        own=scope.own,
    )


class _TargetReader:
    """Reads one table. Its mistakes are noted in the scope."""

    def __init__(self, scope: PackageScope, written: Written) -> None:
        self.scope = scope
        self.rule = written.rule
        self.raw: dict[str, Any] = {}
        self.origins = written.origins
        self.unreadable: set[str] = set()
        self.labels: dict[Label, None] = {}
        self.read_values(written.table)

    def read_values(self, table: Mapping[str, Any]) -> None:
        elements = {}
        for name, value in table.items():
            if isinstance(value, _PLAIN):
                self.raw[name] = value
            elif type(value) is list and all(type(element) is str for element in value):
                self.raw[name] = tuple(value)
            else:
                try:
                    self.raw[name], places = read_attribute(self.scope, value, self.origins.find((name,)))
                except UnreadableError:
                    self.unreadable.add(name)
                    continue
                if places is not None:
                    elements[name] = places
        if elements:
            self.origins = replace(self.origins, elements=elements)

    def read_common(self, visibility: tuple[Pattern, ...]) -> Common:
        """Take the common attributes out of the rule's own."""
        if COMMON.isdisjoint(self.raw):
            return Common(visibility)
        names = [name for name in self.raw if name in COMMON and name not in attributes_of(self.rule.attrs)]
        raw = {name: self.raw.pop(name) for name in names}
        try:
            attrs = check_table(CommonAttrs, raw, self.scope.context)
            if attrs.visibility is not None:
                visibility = parse_visibility(attrs.visibility, self.scope.base, self.scope.own)
            return Common(visibility, attrs.tags, attrs.manual, attrs.compatible_with, attrs.ram)
        except ValidationError as error:
            self.scope.mistakes += refusals(error, raw, self.subject(CommonAttrs, self.origins))
        except EtbuildError as error:
            span = self.scope.toml.value_span(self.origins.find(("visibility",)))
            self.scope.mistakes += [replace(diagnostic, span=span) for diagnostic in error.diagnostics]
        return Common(visibility)

    def check(self) -> Attrs | None:
        """Check the rule's own attributes and collect their labels; return them if nothing is selected."""
        if not self.unreadable and not any(map(has_select, self.raw.values())):
            return self.validated(self.raw, self.origins, None)
        for variant in variants(self.raw, self.origins, self.scope.toml):
            # What a schema says of several attributes at once is asked when all are configured.
            asked = {variant.varied} if variant.varied else {*self.raw, *attributes_of(self.rule.attrs)}
            self.validated(variant.raw, variant.origins, asked - self.unreadable)
        self.labels.update(dict.fromkeys(conditions(self.raw)))
        return None

    def validated(self, raw: Mapping[str, Any], origins: Origins, asked: Collection[str] | None) -> Attrs | None:
        """Return the attributes as the schema has them, or None after noting what is wrong with those `asked` for."""
        try:
            attrs: Attrs = check_table(self.rule.attrs, raw, self.scope.context)
        except ValidationError as error:
            found = refusals(error, raw, self.subject(self.rule.attrs, origins), asked)
            self.scope.mistakes += [self.unquoted_dot(diagnostic) or diagnostic for diagnostic in found]
            return None
        except EtbuildError as error:  # From a validator of the rule's schema.
            span = self.scope.toml.value_span(origins.table)
            self.scope.mistakes += [
                replace(diagnostic, span=diagnostic.span or span) for diagnostic in error.diagnostics
            ]
            return None
        _collect(attrs, self.labels)
        return attrs

    def subject(self, schema: type[Attrs], origins: Origins) -> Subject:
        spans = spans_below(self.scope.toml, origins)
        return Subject(self.rule.name, schema, *spans, tuple(sorted(COMMON)))

    def unquoted_dot(self, diagnostic: Diagnostic) -> Diagnostic | None:
        """Return another diagnostic for an attribute that is a table by its header: its name may have a dot."""
        if diagnostic.code != "unknown-attribute" or (diagnostic.hint or "").startswith("did you mean"):
            return None
        toml = self.scope.toml
        for path, place in toml.places.items():
            keys = place.header
            if path[:2] == self.origins.table and len(keys) > 2 and diagnostic.span == toml.key_span(path):
                message = f"a dot in a target's name must be quoted, is not in [{'.'.join(keys)}]"
                hint = f'write [{keys[0]}."{".".join(keys[1:])}"]'
                return Diagnostic("unquoted-dot", message, diagnostic.span, hint=hint)
        return None


def _collect(value: Any, labels: dict[Label, None]) -> None:
    """Add the labels in a checked value, in the order of the schema."""
    kind = type(value)
    if kind is Label:
        labels[value] = None
    elif isinstance(value, (tuple, list, frozenset)):
        for part in value:
            _collect(part, labels)
    elif kind not in _PLAIN:
        parts = value.__dict__ if isinstance(value, Attrs) else value
        for part in parts.values() if isinstance(parts, Mapping) else ():
            _collect(part, labels)
