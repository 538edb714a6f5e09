"""Schemas: labels in them, what fields demand, and what they refuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from etbuild.model.attrs import Attrs, Dep, LabelError, Src, as_tables, check_table, given, label_context, labels_in
from etbuild.model.label import Label
from etbuild.model.markers import EXEC, provides
from etbuild.model.rule import Provider
from etbuild.model.validator import ValidationError

HERE = Label("", "p", "x")


@dataclass(frozen=True, slots=True)
class OneInfo(Provider):
    pass


class PartAttrs(Attrs):
    source: Src


class SampleAttrs(Attrs):
    model: Annotated[Dep, provides(OneInfo)]
    tools: Annotated[tuple[Src, ...], EXEC] = ()
    parts: dict[str, PartAttrs] = {}  # noqa: RUF012 - pydantic copies it.
    count: int = 1


def sample(**raw: Any) -> SampleAttrs:
    return check_table(SampleAttrs, {"model": ":m", **raw}, label_context(HERE, "me"))


def test_labels_are_read_in_their_package() -> None:
    attrs = sample(tools=("a.py", "@me//q:b", "@r//q:c"))
    assert attrs.model == Label("", "p", "m")
    assert attrs.tools == (Label("", "p", "a.py"), Label("", "q", "b"), Label("r", "q", "c"))


def test_every_label_is_found_with_its_place() -> None:
    attrs = sample(tools=("a", "b"), parts={"one": {"source": "s"}})
    assert [(place, label.name) for place, label in labels_in(attrs)] == [
        ("model", "m"), ("tools[0]", "a"), ("tools[1]", "b"), ("parts.one.source", "s"),
    ]  # fmt: skip


@pytest.mark.parametrize("raw", [{"count": "1"}, {"count": True}, {"tools": ["a"]}, {"cont": 1}, {"model": 1}])
def test_nothing_is_guessed(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        sample(**raw)


def test_a_text_that_is_no_label_keeps_its_message() -> None:
    with pytest.raises(ValidationError) as raised:
        sample(model="a b")
    [mistake] = raised.value.errors()
    assert isinstance(mistake["ctx"]["error"], LabelError)


def test_attributes_do_not_change_and_are_documented() -> None:
    with pytest.raises(AttributeError, match="frozen"):
        sample().count = 2  # type: ignore[misc]


def test_what_was_written_is_told_from_defaults() -> None:
    attrs = sample(count=1, parts={"one": {"source": "s"}})
    assert given(attrs) == {"model", "count", "parts"}
    assert as_tables(attrs, defaults=False) == {"model": "//p:m", "parts": {"one": {"source": "//p:s"}}}
    assert as_tables(attrs)["tools"] == []


def test_attributes_are_equal_by_value() -> None:
    assert sample() == sample(count=1) != sample(count=2)
    assert len({PartAttrs(source=f"//p:{name}") for name in "aab"}) == 2
    assert repr(PartAttrs(source="//p:a")) == "PartAttrs(source=Label(repository='', package='p', name='a'))"
