"""What `inputs` names: each mistake in a file or a function of the user is told with what must be and what is."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the export environment")
pytestmark = pytest.mark.torch

from check.graph_runner import InputSpec
from check.inputs import recorded_inputs
from common.diagnostics import Diagnostic, UserError

FUNCTIONS = """
import torch

def small():
    return torch.rand(1, 8)

def fitting():
    yield torch.rand(2, 8)
    yield {"x": torch.rand(4, 8)}

def ends_early():
    yield torch.rand(2, 8)
    raise ValueError("the file ended early")

def nothing():
    return []

def nothing_yielded():
    yield from ()

def numbered():
    return {3: torch.rand(2, 8)}
"""

REFUSED = {
    "h.py:small": ("inputs-do-not-fit", "'h.py:small' must give float32[2..4, 8] for 'x', gives float32[1, 8]", ()),
    "h.py:ends_early": (
        "entry-failed",
        "'h.py:ends_early' raised ValueError: the file ended early",
        ('at h.py:13:5: raise ValueError("the file ended early")',),
    ),
    "h.py:nothing": ("inputs-do-not-fit", "'h.py:nothing' must give inputs of at least one call, gives none", ()),
    "h.py:nothing_yielded": (
        "inputs-do-not-fit",
        "'h.py:nothing_yielded' must give inputs of at least one call, gives none",
        (),
    ),
    "h.py:numbered": ("inputs-do-not-fit", "'h.py:numbered' must give the inputs x, gives 3", ()),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "h.py").write_text(FUNCTIONS)
    return tmp_path


def recorded(source: str, least: int = 2) -> list[tuple[int, ...]]:
    spec = InputSpec("x", torch.float32, (None, 8), (4, 8))
    sets = recorded_inputs([source], [spec], [{"name": "x", "dtype": "float32", "shape": [[least, 4], 8]}])
    return [tuple(each.values[0].shape) for each in sets]


def refused(source: str) -> Diagnostic:
    with pytest.raises(UserError) as raised:
        recorded(source)
    [diagnostic] = raised.value.diagnostics
    assert (diagnostic.attribute, diagnostic.index) == ("inputs", 0)
    return diagnostic


def test_calls_are_read_whatever_form_they_have() -> None:
    assert recorded("h.py:fitting") == [(2, 8), (4, 8)]
    assert recorded("h.py:small", least=1) == [(1, 8)]


@pytest.mark.parametrize("source", REFUSED)
def test_what_a_function_gives_is_refused_with_its_name(source: str) -> None:
    diagnostic = refused(source)
    assert (diagnostic.code, diagnostic.message, diagnostic.notes) == REFUSED[source]


def test_a_file_that_holds_no_tensors_is_corrupt(folder: Path) -> None:
    (folder / "corrupt.safetensors").write_bytes(b"\xff" * 40)
    diagnostic = refused("corrupt.safetensors")
    assert diagnostic.code == "corrupt-inputs"
    assert diagnostic.message.startswith("'corrupt.safetensors' is not a safetensors file: ")


def test_a_python_file_without_its_function_is_told_how_to_name_one() -> None:
    diagnostic = refused("h.py")
    assert (diagnostic.code, diagnostic.hint) == ("corrupt-inputs", 'name a function of it: "h.py:function"')
