"""Toolchain resolution: the first in WORKSPACE order that serves, and why those before it did not. Knows no targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etbuild.analysis.platforms import Constraints
from etbuild.model.diagnostics import Diagnostic, Span
from etbuild.model.frozen import frozen
from etbuild.model.label import Label
from etbuild.model.platform import Platform
from etbuild.model.toolchain import Refusal, Request, Resolution, Toolchain

_TOLD = 3


@frozen
class Candidates:
    """The toolchains on offer, in WORKSPACE order, and where they would run."""

    toolchains: Sequence[Toolchain]
    exec_platform: Platform
    constraints: Constraints

    def resolve(self, request: Request, platform: Platform) -> Resolution:
        """Choose a toolchain that serves `request` for `platform`."""
        refusals: list[Refusal] = []
        for toolchain in self.toolchains:
            if toolchain.type != request.type:
                continue
            reason = "; ".join(self._reasons(toolchain, request, platform))
            if not reason:
                return Resolution(request, toolchain.label, tuple(refusals))
            refusals.append(Refusal(toolchain.label, reason))
        return Resolution(request, None, tuple(refusals))

    def _reasons(self, toolchain: Toolchain, request: Request, platform: Platform) -> Iterator[str]:
        missing = sorted(request.features - toolchain.features)
        if missing:
            yield f"has {', '.join(sorted(toolchain.features)) or 'no features'}, must have {', '.join(missing)}"
        yield from self._unmet(toolchain.target_compatible_with, platform)
        for reason in self._unmet(toolchain.exec_compatible_with, self.exec_platform):
            yield f"where it runs, {reason}"

    def _unmet(self, values: frozenset[Label], platform: Platform) -> Iterator[str]:
        """Say which values a toolchain is for that the platform does not have: the platform's are what must be."""
        for setting, served, wanted in _unmet(values, platform, self.constraints):
            must = f"must be {wanted.name}" if wanted else "of which the platform says nothing"
            yield f"{setting.name} is {served}, {must}"


def unmet_constraints(values: frozenset[Label], platform: Platform, constraints: Constraints) -> str:
    """Say what `platform` must have and has, or nothing if it has all of `values`: of one setting's, one."""
    return "; ".join(
        f"{setting.name} must be {allowed}, is {has.name if has else 'unset'}"
        for setting, allowed, has in _unmet(values, platform, constraints)
    )


def _unmet(
    values: frozenset[Label], platform: Platform, constraints: Constraints
) -> Iterator[tuple[Label, str, Label | None]]:
    """Yield each setting of which `platform` has none of the `values`, those as words, and what it has."""
    by_setting: dict[Label, list[Label]] = {}
    for value in sorted(values):
        by_setting.setdefault(constraints.setting(value), []).append(value)
    for setting, allowed in by_setting.items():
        has = platform.constraints.get(setting)
        if has not in allowed:
            yield setting, " or ".join(value.name for value in allowed), has


def no_toolchain(resolution: Resolution, platform: Platform, asked_by: Label, span: Span | None) -> Diagnostic:
    """Return the mistake that nothing serves a request, with the table of refusals: of many, those that lack least."""
    refusals, request, where = resolution.refusals, resolution.request, platform.label or platform.name
    told = sorted(refusals, key=lambda each: each.reason.count(";"))[:_TOLD] if len(refusals) > _TOLD else refusals
    what = f"WORKSPACE lists none of type '{request.type}'"
    hint = f"add one to 'toolchains' in WORKSPACE; \"@etbuild//toolchains:{request.type}\" is all of etbuild's"
    if told:
        tried = ", ".join(f"'{each.toolchain.name}' ({each.reason})" for each in told)
        many = "" if told is refusals else f"{len(refusals)}, the nearest are "
        what = f"tried {many}{tried}"
        hint = f"etbuild query --toolchains {asked_by} --platform={where}" if many else hint
    message = f"no toolchain for '{request}' on '{where}': {what}"
    return Diagnostic("no-toolchain", message, span, notes=(f"'{asked_by}' asks for it",), hint=hint)
