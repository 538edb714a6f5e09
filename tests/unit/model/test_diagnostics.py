"""How a mistake looks."""

from __future__ import annotations

import pytest

from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span, did_you_mean, raise_all


def test_a_diagnostic_shows_message_place_line_notes_and_hint() -> None:
    span = Span("examples/mv2/BUILD.toml", 7, 1, 9, 'catalogue = "//runtime/kernels:catalog"')
    diagnostic = Diagnostic("unknown-attribute", "kernels has no attribute 'catalogue'", span, ("one", "two"), "three")
    assert diagnostic.render() == (
        "error[unknown-attribute]: kernels has no attribute 'catalogue'\n"
        " --> examples/mv2/BUILD.toml:7:1\n"
        "  |\n"
        '7 | catalogue = "//runtime/kernels:catalog"\n'
        "  | ^^^^^^^^^\n"
        "  note: one\n"
        "  note: two\n"
        "  hint: three"
    )


def test_the_margin_is_as_wide_as_the_line_number() -> None:
    lines = Diagnostic("x", "m", Span("f", 120, 3, 2, "abcd")).render().splitlines()
    assert lines[1:] == ["   --> f:120:3", "    |", "120 | abcd", "    |   ^^"]


@pytest.mark.parametrize(
    ("span", "marks"),
    [
        (Span("f", 1, 3, 99, "\tab"), "\t ^"),
        (Span("f", 1, 1, 0, "ab"), "^"),
        (Span("f", 1, 3, 1, "ab"), "  ^"),
    ],
)
def test_marks_stay_below_what_they_mark(span: Span, marks: str) -> None:
    assert Diagnostic("x", "m", span).render().splitlines()[-1] == f"  | {marks}"


def test_a_place_without_its_text_is_named_only() -> None:
    assert Diagnostic("x", "m", Span("f.py", 3, 4)).render() == "error[x]: m\n --> f.py:3:4"


def test_one_mistake_at_one_place_is_told_once() -> None:
    one, other = Diagnostic("x", "m", Span("f", 1, 1)), Diagnostic("x", "m", Span("f", 2, 1))
    with pytest.raises(EtbuildError) as raised:
        raise_all([one, other, Diagnostic("x", "m", Span("f", 1, 1)), Diagnostic("y", "m")])
    assert raised.value.diagnostics == (one, other, Diagnostic("y", "m"))
    assert str(raised.value) == "error[x]: m\n --> f:1:1\nerror[x]: m\n --> f:2:1\nerror[y]: m"
    raise_all([])


def test_only_a_close_word_is_suggested() -> None:
    assert did_you_mean("cuont", ["count", "kind"]) == "did you mean 'count'?"
    assert did_you_mean("llama_vulkann", ["llama_vulkan"], "//models:{}") == "did you mean '//models:llama_vulkan'?"
    assert did_you_mean("xyz", ["count", "kind"]) is None
