"""Devices: how an image ended on one is kept, and what is said of several."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from common.diagnostics import UserError
from devices.device_table import row
from devices.device_text import lines_of, page_of
from devices.device_verdict import failed
from devices.run_image import main as run_image

TALKS = """printf 'forward of a: largest error 1200000e-9 of the largest value, 3 ulps\\n'
printf 'forward of b: largest error 48000000e-9 of the largest value, 3 ulps\\n'
printf 'stack 408 of 1024 bytes\\r\\n' >&2
echo 134002015 >"$ETBUILD_INSTRUCTIONS"
"""
FIGURES = {"code": 0, "error": 0.048, "stack": {"peak": 408, "size": 1024}, "instructions": 134002015, "last": []}
BARE = {
    "memories": {"rom": {"bytes": 4096, "writable": False}, "sram": {"bytes": 512, "writable": True}},
    "file_bytes": 9000,
}
HOSTED: dict[str, Any] = {"memories": {}, "file_bytes": 2048}


def ran(folder: Path, *command: str, timeout: int = 9) -> Any:
    output = folder / "run.json"
    words = ("--owner", "//a:app", "--device", "m0", "--timeout", str(timeout), "--output", str(output))
    run_image([*words, "--", *command])
    return json.loads(output.read_text())


def test_what_a_program_and_its_device_say_is_kept(tmp_path: Path) -> None:
    assert ran(tmp_path, "/bin/sh", "-c", TALKS) == FIGURES


def test_an_exit_code_is_kept_with_the_last_words(tmp_path: Path) -> None:
    found = ran(tmp_path, "/bin/sh", "-c", "for n in 1 2 3 4 5 6 7 8 9; do echo $n; done; exit 3")
    assert (found["code"], found["error"], found["stack"], found["instructions"]) == (3, None, None, None)
    assert found["last"] == list("23456789")


def test_what_nothing_here_can_run_has_no_emulator(tmp_path: Path) -> None:
    strange = tmp_path / "app"
    strange.write_bytes(b"\xcf\xfa\xed\xfe of another system")
    strange.chmod(0o755)
    assert ran(tmp_path, str(strange)) == ran(tmp_path) == {"code": None}


@pytest.mark.parametrize("command", ["exit 124", "sleep 60"])
def test_what_does_not_end_is_a_mistake_and_not_kept(
    tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.run_image.GRACE", 0)
    with pytest.raises(UserError, match="'//a:app' must end within 1 s on 'm0', had not"):
        ran(tmp_path, "/bin/sh", "-c", command, timeout=1)
    assert not (tmp_path / "run.json").exists()


def test_what_somebody_kills_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="killed"):
        ran(tmp_path, "/bin/sh", "-c", "kill -9 $$")


def test_what_a_device_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    before = os.times().elapsed
    ran(tmp_path, "/bin/sh", "-c", "sleep 30 & exit 0")
    assert os.times().elapsed - before < 20


ROWS = [
    row("m0", BARE, FIGURES, FIGURES, {"flash": 8192}),
    row("linux", HOSTED, {"code": 0}, {"code": 0, "error": 0.0}, {}),
    row("board", BARE, {"code": None}, {"code": None}, {}),
]


def test_a_table_says_of_each_device_what_is_known_and_why_not() -> None:
    assert list(lines_of(ROWS)) == [
        "device  flash       RAM    stack           error        instructions",
        "m0      4 KiB       512 B  408 of 1,024 B  4.8e-02      134,002,015",
        "linux   file 2 KiB  -      not measured    0.0e+00      not counted",
        "board   4 KiB       512 B  no emulator     no emulator  no emulator",
    ]
    assert page_of("x < y", ROWS).count("<tr>") == 1 + len(ROWS)
    assert "<title>x &lt; y</title>" in page_of("x < y", ROWS)


def test_devices_that_fail_are_named_with_why_and_the_whole_table_is_shown_once() -> None:
    rows = [
        row("m3", BARE, FIGURES, {**FIGURES, "code": 1, "last": ["off by 9"]}, {}),
        *ROWS,
        row("m4", BARE, {**FIGURES, "code": -11}, FIGURES, {"flash": 4000, "ram": 512}),
    ]
    first, second = failed("//a:all", rows)
    assert first.message == "'//a:all' must pass on each device, fails on 'm3': its test ends with exit code 1"
    assert (first.attribute, first.index, first.notes) == ("platforms", 0, ("it says: off by 9",))
    assert second.message == (
        "'//a:all' must pass on each device, fails on 'm4': "
        "it takes 4 KiB of flash, 96 B more than its budget; it is ended by signal 11"
    )
    [table] = second.notes
    assert [line.split()[0] for line in table.splitlines()] == ["all", "device", "m3", "m0", "linux", "board", "m4"]
    assert not list(failed("//a:all", ROWS))
