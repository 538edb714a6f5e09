"""Entry points, "file.py:function", as dependencies of a target."""

from __future__ import annotations

from etbuild.loading.targets import _collect
from etbuild.model.attrs import Entry
from etbuild.model.label import Label


def test_the_file_of_an_entry_point_is_a_dependency() -> None:
    labels: dict[Label, None] = {}
    file = Label("", "models", "net.py")
    _collect({"entry": Entry(file, "make"), "inputs": (Entry(file, "a"),)}, labels)
    assert list(labels) == [file]
