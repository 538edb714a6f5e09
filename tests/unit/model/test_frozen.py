"""@frozen behaves as a frozen dataclass with slots does."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping

import pytest

from etbuild.model.frozen import field, frozen, mutable, replace


@frozen
class Point:
    x: int
    y: int = 0
    note: str = field(default="", compare=False, repr=False)
    table: Mapping[str, int] = field(default_factory=dict, hash=False)


@frozen
class Solid(Point):
    z: int = 0


@mutable
class Counter:
    seen: list[int] = field(default_factory=list)
    total: int = 0


def test_fields_are_given_by_place_by_name_or_by_default() -> None:
    point = Point(1, y=2)
    assert (point.x, point.y, point.note, point.table) == (1, 2, "", {})
    assert Point(1).table is not Point(1).table


def test_a_missing_or_unknown_field_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Point(1, q=2)  # type: ignore[call-arg]


def test_values_are_equal_by_what_is_compared_and_hash_by_what_is_hashed() -> None:
    assert Point(1, note="a") == Point(1, note="b")
    assert Point(1) != Point(2)
    assert Point(1) != Solid(1)
    assert hash(Point(1, table={"a": 1})) == hash(Point(1, table={"b": 2}))
    assert Point(1, table={"a": 1}) != Point(1)


def test_a_frozen_value_cannot_change_and_has_no_dictionary() -> None:
    with pytest.raises(AttributeError, match="frozen"):
        Point(1).x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del Point(1).x
    assert not hasattr(Point(1), "__dict__")


def test_a_subclass_adds_fields_behind_those_it_has() -> None:
    assert Solid(1, 2, z=3).z == 3
    assert dataclasses.asdict(Solid(1)) == {"x": 1, "y": 0, "note": "", "table": {}, "z": 0}


def test_dataclasses_know_what_the_fields_are() -> None:
    assert dataclasses.is_dataclass(Point)
    assert [each.name for each in dataclasses.fields(Point)] == ["x", "y", "note", "table"]
    assert dataclasses.replace(Point(1), y=5) == replace(Point(1), y=5) == Point(1, 5)


def test_a_value_can_be_copied_and_shown() -> None:
    assert copy.deepcopy(Point(1, 2, "n")).note == "n"
    assert repr(Point(1)) == "Point(x=1, y=0, table={})"


def test_state_may_change_and_equals_only_itself() -> None:
    counter = Counter()
    counter.total = 2
    assert counter.total == 2
    assert counter != Counter()
    assert len({counter, Counter()}) == 2
