"""A BuildReport as text or JSON. Computes nothing."""

from __future__ import annotations

import json

from etbuild.cli.wording import counted, duration, size
from etbuild.model.report import BuildReport, TargetReport, TestReport

SHOWN_IN_FULL = 3
"""Of more targets than this, each gets one line."""
TOLD = 20
"""Of more targets than this, those that are up to date are only counted."""


def render_json(report: BuildReport) -> str:
    """Return the report value as JSON."""
    from dataclasses import asdict  # Costs a tenth of a small build.

    fields = asdict(report)
    del fields["others"]  # Who asks for JSON gets all targets.
    return json.dumps(fields, ensure_ascii=False, indent=2)


def render_report(report: BuildReport) -> str:
    """Return what a person reads at a build's end: results, then one line of totals."""
    lines: list[str] = []
    if not report.tests:
        lines += _targets(report.targets, report.others)
        lines += _not_built([target for target in report.targets if target.status == "failed" and target.reason])
    several = len({test.platform for test in report.tests}) > 1
    lines += [_test(test, f" ({test.platform})" if several else "") for test in report.tests]
    idle = report.run == 0 and not report.tests and all(target.status == "up to date" for target in report.targets)
    if not idle:
        lines.append(_totals(report))
    return "\n".join(lines)


def _targets(targets: tuple[TargetReport, ...], others: int) -> list[str]:
    shown = [target for target in targets if target.status != "failed"]
    count = len(shown) + others
    if all(target.status == "up to date" for target in shown):
        return [_up_to_date(target) for target in shown[:SHOWN_IN_FULL]] + _rest(count - SHOWN_IN_FULL)
    if count <= SHOWN_IN_FULL:
        return [line for target in shown for line in _in_full(target)]
    told = shown if count <= TOLD else [target for target in shown if target.status != "up to date"]
    width = max(len(target.label) for target in told)
    return [_in_brief(target, width) for target in told] + _rest(count - len(told))


def _not_built(targets: list[TargetReport]) -> list[str]:
    told = [f"{target.label}  not built: {target.reason}" for target in targets[:TOLD]]
    more = len(targets) - len(told)
    return told + ([f"and {counted(more, 'more target')}, not built"] if more else [])


def _rest(count: int) -> list[str]:
    return [f"and {counted(count, 'more target')}, all up to date"] if count > 0 else []


def _up_to_date(target: TargetReport) -> str:
    places = "  ".join(output.path for output in target.outputs[:1])
    return f"{target.label}  up to date  {places}".rstrip()


def _in_full(target: TargetReport) -> list[str]:
    if target.status == "up to date":
        return [_up_to_date(target)]
    lines = [target.label if target.status != "skipped" else f"{target.label}  skipped: {target.reason}"]
    lines += [f"  {output.path}     {size(output.size)}   sha256 {output.sha256[:12]}…" for output in target.outputs]
    return lines + [f"  {line}" for line in target.summary]


def _in_brief(target: TargetReport, width: int) -> str:
    total = size(sum(output.size for output in target.outputs)) if target.outputs else ""
    return f"{target.label:<{width}}  {target.status:<10}  {total:>10}   {target.short or target.reason}".rstrip()


def _test(test: TestReport, platform: str) -> str:
    cached = "(cached) " if test.cached else ""
    runs = f" in {test.runs} runs" if test.runs > 1 else ""
    times = "" if test.status == "skipped" else f" in {duration(test.wall_ms / 1000)}"
    log = f"\n  {test.log}" if test.status in ("failed", "timed out") and test.log else ""
    return f"{test.label}{platform}  {cached}{test.status}{runs}{times}{log}"


def _totals(report: BuildReport) -> str:
    parts = [f"{report.run} run"]
    if report.cached:
        parts.append(f"{report.cached} cached")
    line = f"{counted(report.actions, 'action')}: {', '.join(parts)} · {duration(report.wall_ms / 1000)}"
    if report.saved_ms >= 1000:
        line += f" (saved {duration(report.saved_ms / 1000)})"
    if report.tests:
        passed = sum(test.status == "passed" for test in report.tests)
        failed = sum(test.status in ("failed", "timed out") for test in report.tests)
        skipped = sum(test.status == "skipped" for test in report.tests)
        tail = f", {skipped} skipped" if skipped else ""
        return f"{line}\n{counted(passed + failed, 'test')}: {passed} passed, {failed} failed{tail}"
    return f"{line} · sandbox: {report.sandbox}" if report.sandbox and report.run else line
