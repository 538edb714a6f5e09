"""Labels and patterns: parsing and printing are each other's inverse."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label, Pattern, parse_label, parse_pattern

REPOSITORIES = st.just("") | st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,4}", fullmatch=True)
PARTS = st.text(string.ascii_letters + string.digits + "_@%+=,~.-", min_size=1, max_size=4).filter(
    lambda part: part not in (".", "..", "...")
)
PACKAGES = st.lists(PARTS, max_size=3).map("/".join)
NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join).filter(lambda name: name != "all")
LABELS = st.builds(Label, REPOSITORIES, PACKAGES, NAMES)
HERE = Label("", "a/b", "c")


@given(LABELS)
def test_a_printed_label_is_read_as_itself(label: Label) -> None:
    assert parse_label(str(label)) == label
    assert parse_label(label.full) == label


@given(LABELS, LABELS)
def test_an_absolute_label_does_not_depend_on_where_it_stands(label: Label, base: Label) -> None:
    spelled = str(label) if label.repository or not base.repository else f"@{base.repository}{label}"
    assert parse_label(spelled, base).name == label.name
    assert parse_label(spelled, base).package == label.package


@given(st.builds(Pattern, REPOSITORIES, PACKAGES, st.none() | NAMES, st.just(False), st.booleans()))
def test_a_printed_pattern_is_read_as_itself(pattern: Pattern) -> None:
    assert parse_pattern(str(pattern)) == pattern


@given(REPOSITORIES, PACKAGES, st.booleans())
def test_a_printed_recursive_pattern_is_read_as_itself(repository: str, package: str, negative: bool) -> None:
    pattern = Pattern(repository, package, None, recursive=True, negative=negative)
    assert parse_pattern(str(pattern)) == pattern


@given(LABELS)
def test_a_label_is_matched_by_itself_and_by_what_is_above_it(label: Label) -> None:
    assert parse_pattern(label.full).matches(label)
    above = label.package.split("/")
    for depth in range(len(above) + 1):
        assert Pattern(label.repository, "/".join(above[:depth]), None, recursive=True).matches(label)
    assert not Pattern(label.repository, label.package + "x", None, recursive=True).matches(label)
    assert not Pattern(label.repository + "x", "", None, recursive=True).matches(label)


@given(st.text(max_size=12))
def test_any_text_is_a_label_or_a_users_mistake(text: str) -> None:
    codes = ["bad-label"]
    try:
        label = parse_label(text, HERE)
    except EtbuildError as error:
        codes = [diagnostic.code for diagnostic in error.diagnostics]
    else:
        assert parse_label(str(label)) == label
    assert codes == ["bad-label"]


FORMS = {
    "//x/y:z": Label("", "x/y", "z"),
    "//x/y": Label("", "x/y", "y"),
    "//:z": Label("", "", "z"),
    ":z": Label("", "a/b", "z"),
    "z.txt": Label("", "a/b", "z.txt"),
    "d/z.txt": Label("", "a/b", "d/z.txt"),
    "@r//x": Label("r", "x", "x"),
    "@r//:z": Label("r", "", "z"),
    "@r//x:d/z": Label("r", "x", "d/z"),
}
WRONG = [
    "", ":", "//", "@r", "@r/x", "@1//x", "@r//", "//x:", "//x//y", "/x", "//x/../y", "//./x", ":../z", "a b", ":a*",
    "//x:y:z", ":/z", "d/", "a//b", "./z", ":d/./z",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMS)
def test_each_form_of_a_label_has_one_meaning(text: str) -> None:
    assert parse_label(text, HERE) == FORMS[text]


RELATIVE = {
    "...": "//a/b/...",
    "./...": "//a/b/...",
    "d/...": "//a/b/d/...",
    "./d/e/...": "//a/b/d/e/...",
    "-d/...": "-//a/b/d/...",
    ":all": "//a/b:all",
    "d:all": "//a/b/d:all",
    "d/e:f": "//a/b/d/e:f",
    "d": "//a/b:d",
}


@pytest.mark.parametrize("text", RELATIVE)
def test_a_pattern_is_meant_from_where_one_stands(text: str) -> None:
    assert parse_pattern(text, HERE) == parse_pattern(RELATIVE[text])


@pytest.mark.parametrize("text", ["//:d/...", "//d:e/...", "../...", "d e/...", "@r/...", "-//x//..."])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(EtbuildError, match="bad-label"):
        parse_pattern(text, HERE)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(EtbuildError, match="bad-label"):
        parse_label(text, HERE)


def test_a_relative_label_needs_a_package() -> None:
    with pytest.raises(EtbuildError, match="a label starts with // or @"):
        parse_label(":z")


def test_a_label_in_a_repository_stays_in_it() -> None:
    base = Label("r", "p", "q")
    assert parse_label("//x:y", base) == Label("r", "x", "y")
    assert parse_label(":y", base) == Label("r", "p", "y")
    for text in ("//p/...", "...", "//p:all", ":all"):
        assert parse_pattern(text, base).matches(Label("r", "p", "y"))


def test_the_workspaces_own_name_is_left_out() -> None:
    assert parse_label("@me//x:y").within("me") == Label("", "x", "y")
    assert parse_label("@other//x:y").within("me") == Label("other", "x", "y")
    assert parse_pattern("-@me//x/...").within("me") == parse_pattern("-//x/...")


def test_a_file_has_its_path_below_the_execution_root() -> None:
    assert Label("", "a/b", "c/d.txt").path == "a/b/c/d.txt"
    assert Label("", "", "d.txt").path == "d.txt"
    assert Label("r", "", "d.txt").path == "external/r/d.txt"
    assert Label("r", "p", "x").package_label == "@r//p"
