"""test.xml: what CI reads."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from etbuild.model.report import TestReport
from etbuild.test_report import FILE, write_test_report


def test_each_platform_is_a_suite_and_each_failure_shows_what_was_said(tmp_path: Path) -> None:
    outputs = tmp_path / "etbuild-out"
    outputs.mkdir()
    (outputs / "said.log").write_bytes(b"a < b \x1b[31m\xff\n")
    tests = (
        TestReport("//a:one", "host", "passed", wall_ms=1500),
        TestReport("//a", "host", "timed out", wall_ms=2, log="etbuild-out/said.log"),
        TestReport("//a:one", "cortex_m55", "skipped"),
    )
    write_test_report(outputs, tests)
    [host, device] = ET.parse(outputs / FILE).getroot()  # noqa: S314 - written above.
    assert host.attrib == {"name": "host", "tests": "2", "failures": "1", "skipped": "0", "time": "1.502"}
    assert [case.attrib for case in host] == [
        {"classname": "//a", "name": "one", "time": "1.500"},
        {"classname": "//a", "name": "a", "time": "0.002"},
    ]
    assert [(failure.get("message"), failure.text) for failure in host.iter("failure")] == [
        ("timed out", "a < b �[31m�\n")
    ]
    assert [case[0].tag for case in device] == ["skipped"]


def test_a_report_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    tests = (TestReport("//a:one", "host", "passed"),)
    write_test_report(tmp_path, tests)
    before = (tmp_path / FILE).stat().st_mtime_ns
    write_test_report(tmp_path, tests)
    assert (tmp_path / FILE).stat().st_mtime_ns == before
