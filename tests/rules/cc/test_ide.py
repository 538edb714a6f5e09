"""compile_commands.json: how an editor would compile a source where the user has it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[3] / "rules/cc/tools"


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])


def test_a_source_is_compiled_where_it_is_and_finds_what_is_made() -> None:
    from ide.compile_commands import entries  # noqa: PLC0415 - found by the fixture.

    start, end = ["/bin/sh", "compile.sh", "g++", "-c++", "-Ilib/include"], ["-c", "lib/a.cc", "-o", "lib/_cc/a.o"]
    options = ["-isystem", "foreign", "-MD", "-MF", "lib/a.d"]
    compiled = {"mnemonic": "CcCompile", "target": "//lib (host-dbg)", "argv": [*start, *options, *end]}
    linked = {"mnemonic": "CcLink", "target": "//lib (host-dbg)", "argv": []}
    assert entries([compiled, compiled, linked], Path("/w"), {"": ".", "lib": "third_party/lib"}) == [
        {
            "directory": "/w",
            "file": "third_party/lib/a.cc",
            "arguments": [
                "g++", "-c++",
                "-I", "third_party/lib/include", "-I", "etbuild-out/host-dbg/lib/include",
                "-isystem", "foreign", "-isystem", "etbuild-out/host-dbg/foreign",
                "-c", "third_party/lib/a.cc", "-o", "etbuild-out/host-dbg/lib/_cc/a.o",
            ],
        }
    ]  # fmt: skip
