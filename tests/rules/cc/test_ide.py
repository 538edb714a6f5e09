"""compile_commands.json: how an editor would compile a source where the user has it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).resolve().parents[3] / "rules/cc/tools"
ZIG = "/etbuild/repositories/zig"


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])


def compiled(configuration: str, *options: str, **places: str) -> Mapping[str, Any]:
    start, end = ["/bin/sh", "compile.sh", f"{ZIG}/zig", "c++"], ["-c", "lib/a.cc", "-o", "lib/_cc/a.o"]
    return {
        "mnemonic": "CcCompile",
        "target": f"//lib ({configuration})",
        "argv": [*start, *options, *end],
        "inputs": ["lib/a.cc", "lib/made.h", "lib/_cc/lib.exports", "external/foreign/include/f/f.h"],
        "outputs": ["lib/_cc/a.o"],
        "places": [*places.items(), ("external/foreign/include/f/f.h", "/cache/f/include/f/f.h"), (ZIG, "/cache/zig")],
    }


def made(configuration: str, *outputs: str) -> Mapping[str, Any]:
    return {"mnemonic": "Genrule", "target": f"//made:by (x) ({configuration})", "outputs": outputs}


def test_a_source_is_compiled_where_it_is_and_finds_what_is_made_and_what_is_fetched() -> None:
    from ide.compile_commands import entries  # noqa: PLC0415 - found by the fixture.

    options = ["-Ilib/include", "-isystem", "external/foreign/include", "-MD", "-MF", "lib/a.d"]
    places = {"lib/a.cc": "third_party/lib/a.cc", "lib/include/a.h": "third_party/lib/include/a.h"}
    assert entries([compiled("host-dbg", *options, **places)], Path("/w"), "host-dbg") == [
        {
            "directory": "/w",
            "file": "third_party/lib/a.cc",
            "arguments": [
                "/cache/zig/zig", "c++",
                "-I", "third_party/lib/include", "-I", "etbuild-out/host-dbg/lib/include",
                "-isystem", "/cache/f/include", "-isystem", "etbuild-out/host-dbg/external/foreign/include",
                "-c", "third_party/lib/a.cc", "-o", "/dev/null",
            ],
        }
    ]  # fmt: skip


def test_of_a_source_that_is_compiled_twice_the_platform_asked_for_is_told() -> None:
    from ide.compile_commands import entries  # noqa: PLC0415 - found by the fixture.

    [entry] = entries([compiled("host", "-DHOST"), compiled("board", "-DBOARD")], Path("/w"), "board")
    assert "-DBOARD" in entry["arguments"]


def test_targets_that_make_headers_are_known_and_those_that_make_objects_are_not() -> None:
    from ide.compile_commands import makers  # noqa: PLC0415 - found by the fixture.

    objects = {**made("host", "lib/_cc/lib.exports"), "target": "//other (host)"}
    assert makers([compiled("host"), objects, made("host", "lib/made.h")], "host") == ["//made:by (x)"]
    assert makers([compiled("host"), made("board", "lib/made.h")], "host") == []
