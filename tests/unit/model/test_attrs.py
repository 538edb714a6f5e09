"""Schemas: labels in them, what fields demand, and what they refuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from pydantic import ValidationError

from etbuild.model.attrs import EXEC, Attrs, Dep, LabelError, Src, label_context, labels_in, provides
from etbuild.model.label import Label
from etbuild.model.rule import Provider

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
    return SampleAttrs.model_validate({"model": ":m", **raw}, context=label_context(HERE, "me"))


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
    with pytest.raises(ValidationError, match="frozen"):
        sample().count = 2
    assert SampleAttrs.model_json_schema()["properties"]["model"] == {
        "format": "label",
        "type": "string",
        "title": "Model",
    }
