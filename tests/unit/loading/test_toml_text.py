"""How a text that is no TOML is told."""

from __future__ import annotations

import pytest

from etbuild.loading.toml_text import attribute_path, parse_toml
from etbuild.model.diagnostics import EtbuildError

BROKEN = {
    b"x = \n": "p is no TOML: invalid value\n --> p:1:5\n",
    b"a = 1\nb = [1, 2\n": "p is no TOML: unclosed array\n",
    b'a = 1\nb = "x\n': "p is no TOML: illegal character '\\n'\n --> p:2:7\n",
    b"a = 1\na = 2\n": "p is no TOML: cannot overwrite a value\n --> p:2:6\n",
    b"[a]\nx = 1\n[a]\n": "[a] stands twice\n --> p:3:1\n",
    b"a = 1\nb = '\xff'\n": "p is no TOML: must be UTF-8, is not\n --> p:2:1",
    b"a = " + b"[" * 100_000: "p is no TOML: nested too deeply\n",
    b"[thing.a\n": "p is no TOML: expected ']' at the end of a table declaration\n --> p:1:9\n",
}


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: content[:20])
def test_a_text_that_does_not_parse_is_told_with_its_place(content: bytes) -> None:
    with pytest.raises(EtbuildError) as raised:
        parse_toml(content, "p")
    assert str(raised.value).startswith(f"error[toml-syntax]: {BROKEN[content]}")


def test_windows_line_ends_do_not_move_places() -> None:
    file = parse_toml(b"a = 1\r\nb = [\r\n  2,\r\n]\r\n", "p")
    span = file.value_span(("b", 0))
    assert (span.line, span.column, span.text) == (3, 3, "  2,")


def test_a_place_that_is_not_written_is_the_nearest_around_it() -> None:
    file = parse_toml(b"[a.b]\nc = 1\n", "p")
    assert file.value_span(("a", "b", "missing", 2)) == file.value_span(("a", "b"))
    assert file.key_span(("nothing",)).line == 1


def test_a_value_of_several_lines_is_marked_on_its_first() -> None:
    span = parse_toml(b"a = [\n  1,\n]\n", "p").value_span(("a",))
    assert (span.column, span.length, span.text) == (5, 1, "a = [")


def test_parts_of_attributes_have_names() -> None:
    assert attribute_path(("deps", 2)) == "deps[2]"
    assert attribute_path(("methods", "encode", "inputs", 0)) == "methods.encode.inputs[0]"
