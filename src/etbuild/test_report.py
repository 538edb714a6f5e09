"""What tests came to, as JUnit's XML: what CI systems read. Knows nothing of how tests were run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from etbuild.model.report import TestReport

FILE = "test.xml"
_LAST = 1 << 16
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_test_report(outputs: Path, tests: Iterable[TestReport]) -> None:
    """Write the report of these tests into the output folder: a suite a platform; left alone if it says so already."""
    suites: dict[str, list[TestReport]] = {}
    for test in tests:
        suites.setdefault(test.platform, []).append(test)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for platform, cases in suites.items():
        ends = [case.status for case in cases]
        failures, skipped = len(ends) - ends.count("passed") - ends.count("skipped"), ends.count("skipped")
        counts = f'tests="{len(ends)}" failures="{failures}" skipped="{skipped}"'
        lines.append(f'<testsuite name={quoteattr(platform)} {counts} time="{_seconds(*cases)}">')
        lines += (_case(case, outputs.parent) for case in cases)
        lines.append("</testsuite>")
    text = "\n".join([*lines, "</testsuites>\n"])
    path = outputs / FILE
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _case(test: TestReport, root: Path) -> str:
    package, _, name = test.label.partition(":")
    start = f"<testcase classname={quoteattr(package)} name={quoteattr(name or package.rpartition('/')[2])}"
    start += f' time="{_seconds(test)}"'
    if test.status == "passed":
        return f"{start}/>"
    if test.status == "skipped":
        return f"{start}><skipped/></testcase>"
    said = (root / test.log).read_bytes()[-_LAST:].decode(errors="replace") if test.log else ""
    return f"{start}><failure message={quoteattr(test.status)}>{escape(_NO_XML.sub('�', said))}</failure></testcase>"


def _seconds(*tests: TestReport) -> str:
    return f"{sum(test.wall_ms for test in tests) / 1000:.3f}"
