"""Names of methods, and what constant methods return, are refused where they stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from etbuild.api import EtbuildError, Label
from etbuild.testing import PYTHON_ENVIRONMENT, Analyzed, analyze
from rules.et.providers import ModelInfo
from rules.et.pte import pte

WANTED = "'constant_methods.it' of pte must be a number, true or false, text or a list of them"
NAMES = "must name methods by texts that match ^[A-Za-z_][A-Za-z0-9_]*$"


def program(**attrs: Any) -> Analyzed:
    return analyze(
        pte,
        {"backend": "portable", **({} if "methods" in attrs else {"model": "//m:cnn"}), **attrs},
        deps={"//m:cnn": [ModelInfo(Label("", "m", "cnn"), "torch_model", ("--entry", "modules.py:cnn"))]},
        toolchains={"python_environment": [PYTHON_ENVIRONMENT]},
        label="//m:it",
    )


def refused(**attrs: Any) -> str:
    with pytest.raises(EtbuildError) as raised:
        program(**attrs)
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "wrong-value"
    return diagnostic.message


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (((1, 2), (3,)), "has a list"),
        ({"b": 1}, "is a table"),
        ((1, {}), "has a table"),
        (date(2024, 5, 6), "is the date or time 2024-05-06"),
        (datetime(2024, 5, 6, tzinfo=UTC), "is the date or time 2024-05-06 00:00:00+00:00"),
        ((time(7, 8),), "has the date or time 07:08:00"),
    ],
)
def test_a_constant_that_no_program_holds_is_refused(value: Any, what: str) -> None:
    assert refused(constant_methods={"it": value}) == f"{WANTED}, {what}"


@pytest.mark.parametrize("number", [99999999999999999999, 1 << 63, -(1 << 63) - 1])
def test_a_whole_number_must_have_64_bits(number: int) -> None:
    message = "'constant_methods.it' of pte must be a whole number that fits 64 bits, or a list of them"
    assert refused(constant_methods={"it": number}) == f"{message}, is {number}"
    assert refused(constant_methods={"it": (1, number)}) == f"{message}, has {number}"


@pytest.mark.parametrize("value", [3, -(1 << 63), (1 << 63) - 1, 0.5, True, "≤", "", (1, 2.5), ("a", "b"), ()])
def test_numbers_booleans_texts_and_lists_of_them_are_constants(value: Any) -> None:
    assert "--constant-method" in program(constant_methods={"it": value}).action("EtLower").argv


@pytest.mark.parametrize("name", ["", "a=b", "a b", "a-b", "a/b", "1a", "ä", "a\n"])
def test_a_method_is_called_by_letters_digits_and_underscores(name: str) -> None:
    assert refused(constant_methods={name: 1}) == f"'constant_methods' of pte {NAMES}, has \"{name}\""
    assert refused(methods={name: {"model": "//m:cnn"}}) == f"'methods' of pte {NAMES}, has \"{name}\""
