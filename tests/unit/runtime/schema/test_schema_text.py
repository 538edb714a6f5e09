"""A .fbs file's text becomes a Schema; what is not known is refused with its place."""

from __future__ import annotations

import pytest

from schema import Enum, Field, Schema, SchemaError, Union
from schema_text import parse_schema

DECLARATIONS = "include, namespace, file_identifier, file_extension, root_type, enum, union, table"


def parse(text: str) -> Schema:
    return parse_schema(text, "a.fbs", {})


def test_fields_take_slots_in_sequence_and_a_union_takes_two() -> None:
    schema = parse("""
        namespace n;
        table A { x: int; }
        union U { A, }
        table B { first: bool; u: U; last: [long] (force_align: 16, required); }
        root_type B;
    """)
    table = schema.table("B")
    assert table is not None
    assert table.fields == (
        Field("first", "bool", False, "", False, 4),
        Field("u", "U", False, "", False, 8),
        Field("last", "long", True, "", True, 10),
    )
    assert schema.unions == (Union("U", ("A",)),)


def test_an_enum_counts_on_from_the_value_before() -> None:
    schema = parse("namespace n; enum E : byte { A, B = 11, C, }")
    assert schema.enums == (Enum("a.fbs", "n", "E", "byte", (("A", 0), ("B", 11), ("C", 12))),)


def test_an_enum_of_an_included_file_is_known_by_its_full_name() -> None:
    included = parse_schema("namespace m; enum E : byte { A }", "e.fbs", {})
    schema = parse_schema('include "e.fbs"; namespace n; table T { e: m.E = A; }', "a.fbs", {"e.fbs": included})
    assert schema.scalar("m.E") == ("::m::E", 1)
    assert schema.scalar("E") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "struct S { x: int; }",
            f"a.fbs:1: a declaration must be one of {DECLARATIONS}, is 'struct'",
        ),
        ("table T {\n  x: Missing;\n}", "a.fbs:2: the type 'Missing' is not known"),
        ("table A {}\nunion U { A }\ntable T { x: [U]; }", "a.fbs:3: the type '[U]' is not known"),
        (
            "table T { x: int (deprecated); }",
            "a.fbs:1: an attribute must be one of force_align, required, is 'deprecated'",
        ),
        ("table T { x: int }", "a.fbs:1: must be ';', is '}'"),
        ("table T { x: [[int]]; }", "a.fbs:1: must be a name, is '['"),
        ("table T {", "a.fbs: ends in the middle of a declaration"),
        ("union U { A }", "a.fbs: 'A' must be a table of this file"),
        ("root_type R;", "a.fbs: 'R' must be a table of this file"),
        ('include "b.fbs";', "a.fbs:1: 'b.fbs' is included, but not among the files that were given before"),
        ("enum E : text { A }", "a.fbs:1: an enum's type must be a whole number's, is 'text'"),
        ("enum E : byte { A B }", "a.fbs:1: a value must be followed by ',' or '}', is by 'B'"),
        ("\n@", "a.fbs:2: '@' is not known"),
    ],
)
def test_what_is_not_known_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        parse(text)
    assert str(caught.value) == message
