"""Headers from .fbs files: the accessors and rules that they hold, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from accessor_header import accessor_header
from generate_schema import main
from schema import SchemaError
from schema_text import parse_schema
from verifier_tables import verifier_tables

TEXT = """
    namespace n;
    file_identifier "NN01";
    enum Color : byte { RED = 0, BLUE = 3 }
    table Leaf { number: long = -1; color: Color = BLUE; }
    table Text { words: [string]; flags: [bool]; }
    union Any { Leaf, Text }
    table Root { any: Any; leaves: [Leaf]; main: Leaf (required); name: string; bytes: [ubyte]; }
    root_type Root;
"""


def rules(text: str) -> list[str]:
    table = verifier_tables(parse_schema(text, "n.fbs", {}))
    return [line.strip(" ,") for line in table.splitlines() if line.startswith("    {Kind")]


def test_each_field_has_a_rule_in_the_sequence_of_slots() -> None:
    assert rules(TEXT) == [
        "{Kind::kScalar, false, 3}",
        "{Kind::kScalar, false, 0}",
        "{Kind::kStrings, false, 0}",
        "{Kind::kBools, false, 0}",
        "{Kind::kScalar, false, 0}",
        "{Kind::kUnion, false, 0}",
        "{Kind::kTables, false, 0}",
        "{Kind::kTable, true, 0}",
        "{Kind::kString, false, 0}",
        "{Kind::kScalars, false, 0}",
    ]


def test_tables_say_where_fields_start_what_a_union_holds_and_how_much_can_wait() -> None:
    table = verifier_tables(parse_schema(TEXT, "n.fbs", {}))
    assert "kFirstFields[] = {0, 2, 4, 10};" in table
    assert "kUnionMembers[] = {2, 0, 1};" in table
    assert "kUnionMembers, 2, {'N', 'N', '0', '1'}};" in table
    assert "kPendingBound = 4;" in table


def test_what_a_delegate_needs_is_required_although_the_schema_does_not_say_so() -> None:
    text = "namespace n; table R { x: int; } table BackendDelegate { processed: R; } root_type BackendDelegate;"
    assert rules(text)[-1] == "{Kind::kTable, true, 0}"


def test_accessors_give_defaults() -> None:
    header = accessor_header(parse_schema(TEXT, "n.fbs", {}))
    assert "int64_t number() const { return ::flatbuffers::read<int64_t>(this, 4, -1); }" in header
    assert "return ::flatbuffers::read<::n::Color>(this, 6, ::n::Color::BLUE); }" in header
    assert "enum class Any : uint8_t {\n  NONE = 0,\n  Leaf = 1,\n  Text = 2,\n};" in header


def test_a_default_that_is_no_value_of_its_enum_is_refused() -> None:
    schema = parse_schema("namespace n; enum E : byte { A } table T { e: E = B; }", "n.fbs", {})
    with pytest.raises(SchemaError, match=r"n.fbs: 'B', the default of 'e', is no value of E"):
        accessor_header(schema)


def test_a_table_that_contains_itself_is_refused() -> None:
    with pytest.raises(SchemaError, match="table 'T' contains itself"):
        rules("namespace n; table T { inner: [T]; } root_type T;")


def test_a_header_includes_those_of_the_files_that_its_schema_includes(tmp_path: Path) -> None:
    (tmp_path / "color.fbs").write_text("namespace n; enum Color : byte { RED }")
    (tmp_path / "x_schema.fbs").write_text('include "color.fbs"; namespace n; table X { c: Color; } root_type X;')
    assert main([str(tmp_path), str(tmp_path / "color.fbs"), str(tmp_path / "x_schema.fbs")]) == 0
    assert sorted(path.name for path in tmp_path.glob("*.h")) == ["color_schema.h", "x_schema.h", "x_schema_tables.h"]
    text = (tmp_path / "x_schema.h").read_text()
    assert '#include "color_schema.h"' in text
    assert "enum class Color" not in text


def test_a_mistake_is_said_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.fbs").write_text("rpc_service S {}")
    assert main([str(tmp_path), str(tmp_path / "a.fbs")]) == 1
    assert "a.fbs:1: a declaration must be one of" in capsys.readouterr().err
