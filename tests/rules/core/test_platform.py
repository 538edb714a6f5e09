"""platform: a memory map whose regions are apart, sizes as people write them, and what parents hand down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from etbuild.analysis.platforms import find_platform, read_constraints
from etbuild.api import EtbuildError, Label
from etbuild.loading.configured_attrs import check_attrs
from etbuild.model.host import Host
from etbuild.model.label import parse_label
from etbuild.model.platform import MemoryRegion, Platform
from etbuild.model.target import TargetGraph, TargetSpec
from etbuild.model.validator import ValidationError
from etbuild.model.workspace import Workspace
from rules.core.platform import PlatformAttrs, platform

SCRIPT = "//boards:flash.sh"
FILES = {SCRIPT: "/w/boards/flash.sh"}
BOARD: Mapping[str, Any] = {
    "run_under": ("sh", ":flash.sh", "--port=1"),
    "files": (SCRIPT,),
    "programs": ("sh",),
    "hint": "plug the board in",
    "memory": {"flash": {"origin": 0x800_0000, "size": "256KiB"}, "ram": {"origin": 0x2000_0000, "size": 65536}},
}


def found(name: str, files: Mapping[str, str] = FILES, /, **platforms: Mapping[str, Any]) -> Platform:
    labels = {Label("", "boards", each): attrs for each, attrs in platforms.items()}
    specs = {label: TargetSpec(label, platform, attrs, None) for label, attrs in labels.items()}
    checked = {
        label: TargetSpec(label, platform, spec.raw, check_attrs(spec, spec.raw)) for label, spec in specs.items()
    }
    graph = TargetGraph(checked, (), frozenset(), {parse_label(label): path for label, path in files.items()})
    workspace = Workspace("/w", "w", {"": "."})
    return find_platform(f"//boards:{name}", graph, workspace, Host("x86_64", "linux"), read_constraints(graph))


def test_a_file_of_run_under_is_a_source_that_the_engine_can_key() -> None:
    board = found("board", board=BOARD)
    assert [str(word) for word in board.run_under] == ["sh", "boards/flash.sh", "--port=1"]
    assert [file.location for file in board.files] == ["/w/boards/flash.sh"]
    assert (board.programs, board.hint) == (("sh",), "plug the board in")


@pytest.mark.parametrize("word", ["flash.sh", ":flash.sh", "//boards:flash.sh"])
def test_a_file_of_run_under_is_named_as_files_name_it(word: str) -> None:
    board = found("board", board={**BOARD, "run_under": ("sh", word)})
    assert [str(each) for each in board.run_under] == ["sh", "boards/flash.sh"]


def test_a_bare_word_of_run_under_names_no_file_of_another_package() -> None:
    board = found(
        "board", {"//tools:sh": "/w/tools/sh"}, board={"run_under": ("sh", "//tools:sh"), "files": ("//tools:sh",)}
    )
    assert [str(each) for each in board.run_under] == ["sh", "tools/sh"]


def test_sizes_are_bytes_however_they_are_written() -> None:
    assert found("board", board=BOARD).memory == {
        "flash": MemoryRegion(0x800_0000, 256 << 10),
        "ram": MemoryRegion(0x2000_0000, 64 << 10),
    }


def test_a_platform_takes_its_parents_memory_map_and_runner_whole() -> None:
    child = found("child", child={"parents": (":board",)}, board=BOARD)
    assert (child.name, child.hint, len(child.files), sorted(child.memory)) == (
        "child",
        "plug the board in",
        1,
        ["flash", "ram"],
    )
    own = {"parents": (":board",), "run_under": ("probe",), "memory": {"flash": {"origin": 0, "size": 1024}}}
    other = found("other", other=own, board=BOARD)
    assert (other.run_under, other.files, other.hint, list(other.memory)) == (("probe",), (), "", ["flash"])


def test_what_run_under_needs_must_be_a_source() -> None:
    with pytest.raises(EtbuildError) as caught:
        found("board", board={"files": (":other.sh",)})
    assert caught.value.diagnostics[0].message == (
        "'//boards:other.sh' must be a source file, which '//boards:board' is run with"
    )


@pytest.mark.parametrize("name", ["my-mem", "d tcm", "1st", ""])
def test_a_memory_is_named_as_a_linker_scripts_symbols_are(name: str) -> None:
    with pytest.raises(ValidationError, match="must be named with letters, digits and _, and not begin with a digit"):
        PlatformAttrs(memory={name: {"origin": 0, "size": 1}})


@pytest.mark.parametrize(
    ("memory", "message"),
    [
        (
            {"flash": {"origin": 0, "size": "1MiB"}, "ram": {"origin": 0xF_0000, "size": "1MiB"}},
            "must not overlap: 'flash' ends at 0x100000, 'ram' starts at 0xf0000, they share 65536 bytes",
        ),
        ({"flash": {"origin": 0, "size": 0}}, "greater than 0"),
        ({"flash": {"origin": -4, "size": 4}}, "greater than or equal to 0"),
        ({"flash": {"origin": 0, "size": "4 loaves"}}, 'must be bytes or a text such as "4GiB"'),
        ({"flash": {"origin": 0}}, "Field required"),
    ],
)
def test_a_memory_map_that_cannot_be_is_refused(memory: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        PlatformAttrs(memory=memory)
