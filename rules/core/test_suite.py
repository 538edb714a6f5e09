"""test_suite: tests under one name."""

from __future__ import annotations

from collections.abc import Sequence

from etbuild.api import Attrs, DefaultInfo, Dep, Provider, RuleContext, TestSuiteInfo, rule


class TestSuiteAttrs(Attrs):
    """Attributes of test_suite."""

    __test__ = False

    tests: tuple[Dep, ...]
    """Tests and other suites."""


@rule(attrs=TestSuiteAttrs)
def test_suite(_ctx: RuleContext[TestSuiteAttrs]) -> Sequence[Provider]:
    """Give several tests one name."""
    return [DefaultInfo(), TestSuiteInfo()]
