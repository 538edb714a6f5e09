"""A small workspace in memory: targets by label, of rules that a test names. Knows no TOML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from etbuild.analysis.analyze import analyze
from etbuild.api import EXEC, Artifact, Attrs, DefaultInfo, Provider, RuleContext, Src, TestInfo, rule
from etbuild.loading.configured_attrs import check_attrs
from etbuild.model.configured import Analysis, ConfiguredTarget
from etbuild.model.diagnostics import Span
from etbuild.model.label import Label, parse_label
from etbuild.model.rule import Family, Rule
from etbuild.model.select import Branch, Select
from etbuild.model.target import TargetGraph, TargetSpec
from etbuild.model.workspace import Workspace
from etbuild.testing import world
from rules.core.alias import alias
from rules.core.constraints import constraint_setting, constraint_value
from rules.core.filegroup import filegroup
from rules.core.platform import platform


@dataclass(frozen=True, slots=True)
class WordInfo(Provider):
    """A word."""

    word: str


class CopyAttrs(Attrs):
    srcs: tuple[Src, ...] = ()
    tools: Annotated[tuple[Src, ...], EXEC] = ()
    out: str = "out"
    word: str = "plain"


@rule(attrs=CopyAttrs)
def copy(ctx: RuleContext[CopyAttrs]) -> Sequence[Provider]:
    """Copy files."""
    out = ctx.output(ctx.attrs.out)
    tools = ctx.files(ctx.attrs.tools, for_exec=True)
    ctx.run("Copy", argv=["cp", ctx.attrs.word, *tools, *ctx.files(ctx.attrs.srcs), out], outputs=(out,))
    return [DefaultInfo((out,)), WordInfo(ctx.attrs.word)]


class GatedAttrs(Attrs):
    tolerance: str = "1"


@rule(attrs=GatedAttrs)
def gated(ctx: RuleContext[GatedAttrs]) -> Sequence[Provider]:
    """Make a file that a verdict is on."""
    out, verdict = ctx.output(f"{ctx.label.name}.bin"), ctx.output(f"{ctx.label.name}.verdict")
    ctx.run("Make", argv=["make", out], outputs=(out,))
    ctx.run("Judge", argv=["judge", out, ctx.attrs.tolerance, verdict], outputs=(verdict,))
    return [DefaultInfo((out,), validations=(verdict,))]


class CheckAttrs(Attrs):
    program: Src


@rule(attrs=CheckAttrs)
def check(ctx: RuleContext[CheckAttrs]) -> Sequence[Provider]:
    """Test a file."""
    return [DefaultInfo(), TestInfo((*ctx.files([ctx.attrs.program]), "check"))]


CORE: tuple[Rule[Any], ...] = (alias, filegroup, constraint_setting, constraint_value, platform, copy, gated, check)

PLATFORMS: Mapping[str, tuple[Rule[Any], Mapping[str, Any]]] = {
    "//toolchains/cpu:cpu": (constraint_setting, {}),
    "//toolchains/cpu:x86_64": (constraint_value, {"setting": ":cpu"}),
    "//toolchains/cpu:armv7em": (constraint_value, {"setting": ":cpu"}),
    "//toolchains/os:os": (constraint_setting, {}),
    "//toolchains/os:linux": (constraint_value, {"setting": ":os"}),
    "//toolchains/os:none": (constraint_value, {"setting": ":os"}),
    "//platforms:cortex_m": (platform, {"constraints": ("//toolchains/os:none",), "run_under": ("qemu",)}),
    "//platforms:cortex_m7": (platform, {"constraints": ("//toolchains/cpu:armv7em",), "parents": (":cortex_m",)}),
    "//platforms:linux_x86": (platform, {"constraints": ("//toolchains/cpu:x86_64", "//toolchains/os:linux")}),
}


@dataclass(frozen=True)
class Sample:
    """Targets as `{label: (rule, attributes)}`, and how to analyse them."""

    targets: Mapping[str, tuple[Rule[Any], Mapping[str, Any]]]
    files: frozenset[str] = frozenset()
    toolchains: tuple[str, ...] = ()
    compatible: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    families: tuple[Family, ...] = ()

    def graph(self, *requested: str, named: bool = True) -> TargetGraph:
        specs = {}
        for text, (rule_, attrs) in {**PLATFORMS, **self.targets}.items():
            spec = self._spec(parse_label(text), rule_, attrs)
            specs[spec.label] = spec
        labels = tuple(parse_label(text) for text in requested)
        files = {parse_label(text): f"/w/{parse_label(text).path}" for text in self.files}
        return TargetGraph(specs, labels, frozenset(labels if named else ()), files)

    def analyze(
        self, *requested: str, platforms: Sequence[str] = ("host",), named: bool = True, mode: str = "fastbuild"
    ) -> Analysis:
        graph = self.graph(*requested, named=named)
        workspace = Workspace("/w", "sample", {"": "."}, self.families, tuple(map(parse_label, self.toolchains)))
        return analyze(graph, workspace, platforms, mode, world(self.texts))

    def _spec(self, label: Label, rule_: Rule[Any], attrs: Mapping[str, Any]) -> TargetSpec:
        spans = {"": Span("BUILD.toml", 1, 1)} | {name: Span("BUILD.toml", 2, 1) for name in attrs}
        compatible = frozenset(map(parse_label, self.compatible.get(str(label), ())))
        spec = TargetSpec(label, rule_, attrs, None, compatible_with=compatible, spans=spans)
        checked = None if "Select(" in repr(attrs) else check_attrs(spec, attrs)
        labels = [Label("", label.package, "unset")] if checked is None else []
        return TargetSpec(label, rule_, attrs, checked, tuple(labels), compatible_with=compatible, spans=spans)


def select(**branches: Any) -> Select:
    """`select(armv7em="a", default="b")`; `+` in a name joins conditions, so `select(**{"armv7em+none": …})`."""
    places = {
        "armv7em": "toolchains/cpu",
        "x86_64": "toolchains/cpu",
        "linux": "toolchains/os",
        "none": "toolchains/os",
        "cortex_m7": "platforms",
    }
    return Select(
        tuple(
            Branch(frozenset(Label("", places[c], c) for c in name.split("+") if c != "default"), value)
            for name, value in branches.items()
        )
    )


def target(analysis: Analysis, text: str, configuration: str = "host") -> ConfiguredTarget:
    return analysis.targets[parse_label(text), configuration]


def paths(artifacts: Sequence[Artifact] | Any) -> list[str]:
    return [artifact.path for artifact in artifacts]
