"""Calibration data: each call must be what the program takes; a mistake names the source."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from common.diagnostics import UserError
from quantize.calibration import read_calibration

IMAGE = {"name": "image", "dtype": "float32", "shape": [1, 3, 8, 8]}
TEXT = {"name": "ids", "dtype": "int64", "shape": [1, [2, 16]]}
ENDLESS = {"name": "rows", "dtype": "float32", "shape": [[1, None], 4]}

GIVEN = {
    "calls": ("return [(torch.rand(1, 3, 8, 8),), (torch.rand(1, 3, 8, 8),)]", IMAGE, 2),
    "a bounded dimension": ("return [(torch.ones(1, 16, dtype=torch.int64),)]", TEXT, 1),
    "an unbounded dimension": ("return torch.rand(900, 4)", ENDLESS, 1),
}

REFUSED = {
    "another size": ("return torch.rand(1, 3, 8, 9)", IMAGE, "float32[1, 3, 8, 8], gives float32[1, 3, 8, 9]"),
    "another rank": ("return torch.rand(3, 8, 8)", IMAGE, "float32[1, 3, 8, 8], gives float32[3, 8, 8]"),
    "another dtype": (
        "return torch.rand(1, 3, 8, 8).double()",
        IMAGE,
        "float32[1, 3, 8, 8], gives float64[1, 3, 8, 8]",
    ),
    "too long": ("return torch.ones(1, 17, dtype=torch.int64)", TEXT, "int64[1, 2..16], gives int64[1, 17]"),
    "too short": ("return torch.rand(0, 4)", ENDLESS, "float32[1.., 4], gives float32[0, 4]"),
    "no tensor": ("return [(1.5,)]", IMAGE, "float32[1, 3, 8, 8], gives float"),
}

NO_CALLS = {
    "a text": ("return 'abc'", "'data.py:calls' must return tuples of tensors, returns str"),
    "numbers": ("return [1.5]", "'data.py:calls' must give the inputs rows, gives float"),
    "too many": ("return [(1, 2)]", "'data.py:calls' must give the inputs rows, gives 2"),
    "no number": (
        "return torch.full((2, 4), float('nan'))",
        "'data.py:calls' must give numbers for input 'rows', gives NaN",
    ),
}


def read(folder, monkeypatch, body, given):
    monkeypatch.chdir(folder)
    (folder / "data.py").write_text(f"import torch\n\ndef calls():\n    {body}\n")
    return read_calibration(["data.py:calls"], [given])


@pytest.mark.parametrize("case", GIVEN)
def test_calls_are_read(tmp_path, monkeypatch, case):
    body, given, count = GIVEN[case]
    assert len(read(tmp_path, monkeypatch, body, given)) == count


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_says_what_must_be_and_what_is(tmp_path, monkeypatch, case):
    body, given, words = REFUSED[case]
    with pytest.raises(UserError) as raised:
        read(tmp_path, monkeypatch, body, given)
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.attribute, diagnostic.index) == ("inputs-do-not-fit", "calibration", 0)
    assert diagnostic.message == f"'data.py:calls' must give input '{given['name']}' as {words}"


@pytest.mark.parametrize("case", NO_CALLS)
def test_what_is_no_call_says_what_it_is(tmp_path, monkeypatch, case):
    body, message = NO_CALLS[case]
    with pytest.raises(UserError) as raised:
        read(tmp_path, monkeypatch, body, ENDLESS)
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == ("inputs-do-not-fit", message)
    assert (diagnostic.attribute, diagnostic.index) == ("calibration", 0)


LATE = {
    "a generator": "yield torch.rand(1, 4)\n    raise ValueError('file ended early')",
    "a data set": "return Rows()\nclass Rows:\n  def __iter__(self):\n    raise ValueError('file ended early')",
}


@pytest.mark.parametrize("case", LATE)
def test_what_is_raised_midway_is_told_at_its_line(tmp_path, monkeypatch, case):
    with pytest.raises(UserError) as raised:
        read(tmp_path, monkeypatch, LATE[case], ENDLESS)
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.attribute, diagnostic.index) == ("entry-failed", "calibration", 0)
    assert diagnostic.message == "'data.py:calls' raised ValueError: file ended early"
    assert "raise ValueError('file ended early')" in diagnostic.notes[0]
