"""Platforms: from `--platform` and targets to Platform values. Knows nothing of toolchains or of who selects what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean, with_article
from etbuild.model.frozen import frozen
from etbuild.model.host import Host
from etbuild.model.label import Label, parse_label
from etbuild.model.platform import MODES, MemoryRegion, Platform
from etbuild.model.target import TargetGraph, TargetSpec
from etbuild.model.workspace import OWN_REPOSITORY, Workspace

HOST = "host"
_PLATFORMS = "toolchains/platforms"


def platform_label(text: str, workspace: Workspace) -> Label | None:
    """Return the target that `--platform=text` means, None for the host. A bare name is one of etbuild's platforms."""
    if text == HOST:
        return None
    if text.startswith(("//", "@")):
        return parse_label(text)
    return Label(_own_repository(workspace), _PLATFORMS, text)


def host_constraints(host: Host, workspace: Workspace) -> tuple[Label, ...]:
    """Return the constraint values of this machine, so that loading can load them."""
    repository = _own_repository(workspace)
    values = (Label(repository, "toolchains/cpu", host.cpu), Label(repository, "toolchains/os", host.os))
    return (*values, Label(repository, "toolchains/libc", "gnu")) if host.os == "linux" else values


def check_mode(mode: str) -> None:
    """Raise `unknown-mode` unless `mode` is one of MODES."""
    if mode not in MODES:
        message = f"mode must be one of {', '.join(MODES)}, is '{mode}'"
        raise EtbuildError(Diagnostic("unknown-mode", message, hint=did_you_mean(mode, MODES)))


def _own_repository(workspace: Workspace) -> str:
    return OWN_REPOSITORY if OWN_REPOSITORY in workspace.repositories else ""


@frozen
class Constraints:
    """The constraint settings that the loaded constraint values belong to."""

    settings: Mapping[Label, Label]

    def setting(self, value: Label) -> Label:
        """Return the setting of a value; for one that is not loaded, the one that its package is named for."""
        return self.settings.get(value) or Label(value.repository, value.package, value.package.rpartition("/")[2])


def read_constraints(graph: TargetGraph) -> Constraints:
    """Find all constraint values among the targets."""
    return Constraints(
        {
            label: spec.attrs.setting  # type: ignore[attr-defined] # The schema is core's.
            for label, spec in graph.targets.items()
            if spec.rule.name == "constraint_value" and spec.attrs is not None
        }
    )


def find_platform(
    text: str, graph: TargetGraph, workspace: Workspace, host: Host, constraints: Constraints
) -> Platform:
    """Return the platform that `--platform=text` means. Raises `unknown-platform`."""
    label = platform_label(text, workspace)
    if label is None:
        values = host_constraints(host, workspace)
        return Platform(HOST, None, {constraints.setting(value): value for value in values})
    spec = graph.targets.get(label)
    if spec is None or spec.rule.name != "platform":
        known = {str(other): other.name for other, s in graph.targets.items() if s.rule.name == "platform"}
        what = "there is no such target" if spec is None else f"it is {with_article(spec.rule.name)}"
        hint = did_you_mean(text, [HOST, *known, *known.values()])
        raise EtbuildError(Diagnostic("unknown-platform", f"'{text}' must be a platform: {what}", hint=hint))
    return _read_platform(spec, graph, constraints)


def _read_platform(spec: TargetSpec, graph: TargetGraph, constraints: Constraints) -> Platform:
    """Join a platform's own values with its parents'; the nearer wins, of parents the first."""
    attrs: Any = spec.attrs  # The schema is core's.
    if attrs is None:
        raise EtbuildError(
            Diagnostic(
                "select-in-platform", f"'{spec.label}' must not select: platforms are what is selected by", spec.span()
            )
        )
    own: dict[Label, Label] = {}
    for index, value in enumerate(attrs.constraints):
        setting = constraints.setting(value)
        if own.setdefault(setting, value) != value:
            names = f"'{own[setting].name}' and '{value.name}'"
            message = f"'{spec.label}' must name one value of '{setting.name}', names {names}"
            raise EtbuildError(Diagnostic("platform-conflict", message, spec.span("constraints", index)))
    files = {label: _source(spec, label, index, graph) for index, label in enumerate(attrs.files)}
    words = {name: file for label, file in files.items() for name in (str(label), f":{label.name}")}
    words |= {label.name: file for label, file in files.items() if label.package_label == spec.label.package_label}
    platform = Platform(
        spec.label.name,
        spec.label,
        own,
        tuple(words.get(word, word) for word in attrs.run_under),
        tuple(files.values()),
        attrs.programs,
        attrs.packages,
        attrs.hint,
        {name: MemoryRegion(region.origin, region.size) for name, region in attrs.memory.items()},
    )
    for index, parent in enumerate(attrs.parents):
        parent_spec = graph.targets.get(parent)
        if parent_spec is None or parent_spec.rule.name != "platform":
            message = f"'{parent}' must be a platform to be a parent of '{spec.label}'"
            raise EtbuildError(Diagnostic("unknown-platform", message, spec.span("parents", index)))
        platform = _inherit(platform, _read_platform(parent_spec, graph, constraints))
    return platform


def _inherit(platform: Platform, parent: Platform) -> Platform:
    """Take over from a parent what a platform does not say: how programs run and the memory map as a whole."""
    run = platform if platform.run_under else parent
    return Platform(
        platform.name,
        platform.label,
        {**parent.constraints, **platform.constraints},
        run.run_under,
        run.files,
        run.programs,
        run.packages,
        run.hint,
        platform.memory or parent.memory,
    )


def _source(spec: TargetSpec, label: Label, index: int, graph: TargetGraph) -> Artifact:
    location = graph.files.get(label)
    if location is None:
        message = f"'{label}' must be a source file, which '{spec.label}' is run with"
        raise EtbuildError(Diagnostic("unknown-target", message, spec.span("files", index)))
    return Artifact(label.path, location=location)
