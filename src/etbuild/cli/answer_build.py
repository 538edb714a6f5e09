"""Answers a build that was asked for, whoever read the words: click, or `flags` without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etbuild.cli.flags import settings_of
from etbuild.cli.invocation import Invocation
from etbuild.cli.report_output import finish
from etbuild.model.request import BuildRequest


def answer_build(invocation: Invocation, patterns: tuple[str, ...], flags: Mapping[str, Any]) -> int:
    """Build, print, and return the exit code."""
    request = BuildRequest(patterns, settings_of(invocation, flags))
    record = invocation.session(request.settings).build(request)
    return finish(invocation, record, as_json=flags.get("as_json", False))
