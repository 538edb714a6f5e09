"""Core schemas: as pydantic makes them of the same annotations; what a table passes through; types of pydantic's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from etbuild.model.attrs import Attrs, Dep, check_table
from etbuild.model.attrs_schema import core_schema_of
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label
from etbuild.model.markers import Limits, after, as_written, before
from etbuild.model.validator import ValidationError

SOURCES = Path(__file__).parents[3] / "src"


@pytest.mark.parametrize(
    "kind",
    [
        bool,
        int,
        float,
        str,
        Any,
        str | None,
        int | Literal["auto"] | None,
        Literal["a", "b"],
        tuple[int, int],
        tuple[str, ...],
        dict[str, dict[str, tuple[int, int]]],
        Annotated[int, Field(ge=1, le=9)],
        Annotated[float, Field(gt=0, lt=1)],
        Annotated[int, Field(multiple_of=8)] | None,
        Annotated[str, Field(pattern="^a", max_length=3)],
        Annotated[tuple[str, ...], Field(min_length=1)] | str,
        dict[Annotated[str, Field(pattern="^[0-9]+$")], int],
    ],
)
def test_a_type_has_the_core_schema_that_pydantic_gives_it(kind: Any) -> None:
    assert core_schema_of(kind) == _without_notes(TypeAdapter(kind, config=ConfigDict(strict=True)).core_schema)


def _without_notes(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_notes(part) for key, part in schema.items() if key != "metadata"}
    return [_without_notes(part) for part in schema] if isinstance(schema, list) else schema


def test_limits_are_those_of_pydantics_field() -> None:
    given = {"ge": 1, "le": 8, "multiple_of": 2}
    assert core_schema_of(Annotated[int, Limits(**given)]) == core_schema_of(Annotated[int, Field(**given)])


def _spelled_out(table: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"count": 1, **table} if table.get("word") == "one" else table


def _agree(one: OneAttrs) -> OneAttrs:
    if one.word == "one" and one.count != 1:
        raise ValueError("must have a count of 1")
    return one


class OneAttrs(Attrs, before=_spelled_out, after=_agree):
    word: Annotated[str, before(lambda value: value.lower())] = ""
    count: Annotated[int, Limits(ge=1), after(lambda value: value * 1)]
    label: Dep = as_written("//p:l")


class MoreAttrs(OneAttrs, after=lambda one: one):
    more: tuple[OneAttrs, ...] = ()


def test_a_table_passes_through_the_functions_of_its_schema_and_of_its_bases() -> None:
    attrs = check_table(MoreAttrs, {"word": "one", "more": ({"word": "TWO", "count": 2},)})
    assert (attrs.count, attrs.more[0].word, attrs.label) == (1, "two", Label("", "p", "l"))
    with pytest.raises(ValidationError, match="must have a count of 1"):
        check_table(MoreAttrs, {"word": "one", "count": 2})
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        check_table(MoreAttrs, {"count": 0})


class Point(BaseModel):
    x: int


class ForeignAttrs(Attrs):
    day: date
    point: Point | None = None


def test_a_type_that_etbuild_does_not_know_is_pydantics_to_check() -> None:
    attrs = check_table(ForeignAttrs, {"day": date(2026, 1, 2), "point": {"x": 3}})
    assert (attrs.day, attrs.point) == (date(2026, 1, 2), Point(x=3))
    with pytest.raises(ValidationError, match="valid date"):
        check_table(ForeignAttrs, {"day": "today"})


@pytest.mark.parametrize("value", [Field(default=1), field_validator("count")(lambda value: value)])
def test_what_only_a_model_of_pydantics_would_heed_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="'count' must not be pydantic's"):
        type("WrongAttrs", (Attrs,), {"__annotations__": {"count": "int"}, "count": value})


class Farm:
    """Of which nobody knows how it is checked."""


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (Annotated[int, AfterValidator(abs)], "only limits are understood, here is a AfterValidator"),
        ("Missing", "name 'Missing' is not defined"),
        (Farm, "Unable to generate pydantic-core schema"),
    ],
)
def test_an_annotation_that_cannot_be_checked_is_the_familys_mistake(annotation: Any, message: str) -> None:
    schema = type("WrongAttrs", (Attrs,), {"__annotations__": {"a": annotation}, "__module__": __name__})
    with pytest.raises(EtbuildError, match=message) as raised:
        check_table(schema, {"a": 1})
    assert raised.value.diagnostics[0].code == "bad-family"


def test_etbuild_and_pydantic_use_one_core_in_either_order() -> None:
    later = (
        "import etbuild.model.validator as v, pydantic_core; assert v.ValidationError is pydantic_core.ValidationError"
    )
    sooner = (
        "import pydantic_core, etbuild.model.validator as v; assert v.ValidationError is pydantic_core.ValidationError"
    )
    for code in (later, sooner):
        subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(SOURCES)}, check=True)
