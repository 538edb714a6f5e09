"""Checks the attributes of a target whose selects are resolved. Knows nothing of how they were chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etbuild.loading.toml_spans import TomlPath
from etbuild.loading.validation import Subject, refusals
from etbuild.model.attrs import Attrs, check_table, label_context
from etbuild.model.diagnostics import EtbuildError, Span
from etbuild.model.label import Label
from etbuild.model.target import TargetSpec
from etbuild.model.validator import ValidationError


def check_attrs(spec: TargetSpec, raw: Mapping[str, Any]) -> Attrs:
    """Return the checked attributes. Raises EtbuildError with each place that the schema refuses."""
    base = Label(spec.label.repository, spec.label.package, "")
    try:
        attrs: Attrs = check_table(spec.rule.attrs, dict(raw), label_context(base, spec.own))
    except ValidationError as error:
        subject = Subject(spec.rule.name, spec.rule.attrs, _span_at(spec), _span_at(spec))
        raise EtbuildError(*refusals(error, raw, subject)) from None
    return attrs


def _span_at(spec: TargetSpec) -> Any:
    def find(path: TomlPath) -> Span | None:
        index = path[1] if len(path) > 1 and isinstance(path[1], int) else None
        return spec.span(str(path[0]) if path else None, index)

    return find
