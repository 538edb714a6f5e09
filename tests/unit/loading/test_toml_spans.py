"""Places of keys and elements, held against what tomli reads."""

from __future__ import annotations

import string
from typing import Any

import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from etbuild.loading.toml_spans import TomlPath, find_places

KEYS = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=4)
ANY_KEYS = KEYS | st.sampled_from(["a b", "a.b", "é", '"', "=", "#", "[x]", ""])
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "a#b", "it's", 'say "x"', "[1]", "{", "two\nlines", 'three """ quotes', "\\", "tab\t"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_KEYS, inner, max_size=3),
    max_leaves=8,
)
SPACE = st.sampled_from(["", " ", "\t"])
BREAK = st.sampled_from(["", " ", "\n", ' # it\'s [a] "comment"\n  ', "\n\n"])


def key_text(draw: st.DrawFn, key: str) -> str:
    plain = key != "" and all(c in string.ascii_letters + string.digits + "-_" for c in key)
    forms = [f'"{_escaped(key)}"', *([key] if plain else []), *([f"'{key}'"] if "'" not in key else [])]
    return draw(st.sampled_from(forms))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")


def value_text(draw: st.DrawFn, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        forms = [f'"{_escaped(value)}"', f'"""\n{_escaped(value)}"""']
        if not set("'\n") & set(value):
            forms.append(f"'{value}'")
        if "'" not in value:
            forms.append(f"'''\n{value}'''")
        return draw(st.sampled_from(forms))
    if isinstance(value, list):
        parts = [draw(BREAK) + value_text(draw, element) + draw(BREAK) for element in value]
        comma = draw(st.sampled_from(["", ","])) if parts else ""
        return "[" + ",".join(parts) + comma + draw(BREAK) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{draw(SPACE)}{pair_text(draw, k, v)}" for k, v in value.items()) + "}"
    return repr(value)


def pair_text(draw: st.DrawFn, key: str, value: Any) -> str:
    if isinstance(value, dict) and len(value) == 1 and draw(st.booleans()):
        [(inner, element)] = value.items()
        dot = draw(SPACE) + "." + draw(SPACE)
        return key_text(draw, key) + dot + pair_text(draw, inner, element)
    return f"{key_text(draw, key)}{draw(SPACE)}={draw(SPACE)}{value_text(draw, value)}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A text with dotted keys, headers, arrays of tables, comments and every kind of string."""
    lines = [pair_text(draw, k, v) for k, v in draw(st.dictionaries(ANY_KEYS, VALUES, max_size=2)).items()]
    for name, table in draw(
        st.dictionaries(KEYS.map("t{}".format), st.dictionaries(ANY_KEYS, VALUES), max_size=3)
    ).items():
        many = draw(st.integers(0, 2))
        space = draw(SPACE)
        for _ in range(max(1, many)):
            lines.append(f"{space}[[{name}]]" if many else f"[{space}{name}.sub]")
            lines += [pair_text(draw, k, v) for k, v in table.items()]
        if many:
            lines += [f"[{name}.below]", "x = 1"]
    text = "".join(line + draw(st.sampled_from(["\n", "  # note\n", "\n\n"])) for line in lines)
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        return ""  # A sub-table that a key already made, or the like.
    return text


def leaves(value: Any, path: TomlPath = ()) -> dict[TomlPath, Any]:
    """Return every part of a document, by path."""
    found: dict[TomlPath, Any] = {path: value} if path else {}
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, element in pairs:
        found |= leaves(element, (*path, key))
    return found


@given(documents())
@settings(max_examples=200, deadline=None)
def test_each_key_and_element_has_a_place_that_reads_as_its_value(text: str) -> None:
    places = find_places(text)
    parts = leaves(tomli.loads(text))
    assert set(places) == set(parts)
    for path, value in parts.items():
        place = places[path]
        written = text[place.start : place.end]
        if written.startswith("[") and place.start == place.key_start and not isinstance(value, list):
            assert isinstance(value, dict)  # Opened by a header.
        elif not isinstance(value, (dict, list)):
            assert tomli.loads(f"x = {written}")["x"] == value
            assert place.key_start == place.start or text[place.key_end :].lstrip(" \t").startswith("=")


def test_a_header_below_an_array_of_tables_belongs_to_its_last_table() -> None:
    places = find_places("[[a]]\n[a.b]\nx = 1\n[[a]]\n[a.b]\nx = 2\n")
    assert places["a", 0, "b", "x"].start < places["a", 1, "b", "x"].start
    assert places["a", 1, "b"].header == ("a", "b")
