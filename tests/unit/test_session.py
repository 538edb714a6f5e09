"""Where a mistake that a tool found is shown."""

from __future__ import annotations

from etbuild.model.action import Action
from etbuild.model.artifact import InputSet
from etbuild.model.diagnostics import Span
from etbuild.model.label import Label
from etbuild.model.target import TargetGraph, TargetSpec
from etbuild.session import _span_of
from rules.core.filegroup import filegroup

PROGRAM, MODEL, OTHER = (Label("", "m", name) for name in ("program", "model", "other"))


def spec(label: Label, *needs: Label, **lines: int) -> TargetSpec:
    spans = {name.strip("_"): Span("BUILD.toml", line, 1) for name, line in lines.items()}
    return TargetSpec(label, filegroup, {}, None, needs, spans=spans)


def line_of(attribute: str, *specs: TargetSpec) -> int:
    graph = TargetGraph({each.label: each for each in specs}, (PROGRAM,), frozenset())
    span = _span_of(graph, Action("Export", (), InputSet(()), (), owner=PROGRAM), attribute, None)
    assert span is not None
    return span.line


def test_a_mistake_stands_at_the_owners_attribute() -> None:
    assert line_of("entry", spec(PROGRAM, MODEL, _=1, entry=2), spec(MODEL, _=5, entry=6)) == 2


def test_of_an_attribute_that_one_dependency_gives_it_stands_there() -> None:
    assert line_of("entry", spec(PROGRAM, MODEL, OTHER, _=1), spec(MODEL, _=5, entry=6), spec(OTHER, _=8)) == 6


def test_where_several_give_it_or_none_it_stands_at_the_owner() -> None:
    both = spec(MODEL, _=5, entry=6), spec(OTHER, _=8, entry=9)
    assert line_of("entry", spec(PROGRAM, MODEL, OTHER, _=1), *both) == 1
    assert line_of("dtype", spec(PROGRAM, MODEL, OTHER, _=1), *both) == 1
