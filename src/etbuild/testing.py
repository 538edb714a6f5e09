"""Runs one rule's function on attributes as written in TOML, for that rule's tests. Needs no BUILD.toml and no torch.

    analyzed = analyze(
        pte,
        attrs={"model": ":m", "backend": "xnnpack"},
        deps={":m": [ModelInfo(...)]},
    )
    assert [action.mnemonic for action in analyzed.actions] == ["EtExport", "EtLower", "EtCheck"]
    assert "--backend" in analyzed.action("EtLower").argv
    assert analyzed.get(ProgramInfo).program in analyzed.outputs

Mistakes are raised as `etbuild` raises them: `with pytest.raises(EtbuildError, match="wrong-provider")`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from etbuild.analysis import analyze as analysis
from etbuild.analysis.context import RuleContext
from etbuild.analysis.platforms import Constraints, find_platform
from etbuild.analysis.select import NoBranchMatches, resolve_selects
from etbuild.analysis.world import World
from etbuild.loading.configured_attrs import check_attrs
from etbuild.model.action import Action, ActionGraph, Mount
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.attrs import Attrs, Dep, Src
from etbuild.model.configured import Analysis, ConfiguredTarget
from etbuild.model.frozen import frozen, replace
from etbuild.model.host import Host
from etbuild.model.label import Label, parse_label
from etbuild.model.lock import EnvironmentIntent
from etbuild.model.rule import DefaultInfo, Family, Provider, PythonEnvironmentInfo, Rule
from etbuild.model.select import Select
from etbuild.model.target import TargetGraph, TargetSpec
from etbuild.model.toolchain import Request
from etbuild.model.workspace import Workspace

ProviderT = TypeVar("ProviderT", bound=Provider)

ROOT = "/workspace"
"""Where source files seem to be."""
HOST = Host("x86_64", "linux", cores=2, ram=8 << 30)
PYTHON_ENVIRONMENT = PythonEnvironmentInfo(
    Mount("/etbuild/environments/test", "0" * 64, kind="python_environment"), "/etbuild/environments/test/bin/python"
)
SYSTEM = Mount("/usr", "1" * 64, kind="system")


@frozen
class Analyzed:
    """What a rule made of a target."""

    target: ConfiguredTarget
    analysis: Analysis

    @property
    def providers(self) -> tuple[Provider, ...]:
        """What the rule returned."""
        return tuple(self.target.providers.values())

    @property
    def actions(self) -> tuple[Action, ...]:
        """The actions that the rule registered, in order."""
        return tuple(self.graph.actions[index] for index in self.target.actions)

    @property
    def graph(self) -> ActionGraph:
        """All actions, those of its dependencies too."""
        return self.analysis.actions

    @property
    def outputs(self) -> tuple[Artifact, ...]:
        """The files that are placed when the target is built."""
        return self.get(DefaultInfo).files

    @property
    def test(self) -> Action | None:
        """The action that is its test."""
        return self.target.test

    def get(self, provider: type[ProviderT]) -> ProviderT:
        """Return the provider of this type; fail if the rule gave none."""
        found = self.target.get(provider)
        if found is None:
            raise LookupError(f"no {provider.__name__} among {[type(p).__name__ for p in self.providers]}")
        return found

    def action(self, mnemonic: str) -> Action:
        """Return the only action of this mnemonic."""
        found = [action for action in self.actions if action.mnemonic == mnemonic]
        if len(found) != 1:
            raise LookupError(f"{len(found)} actions {mnemonic} among {[action.mnemonic for action in self.actions]}")
        return found[0]

    def inputs(self, mnemonic: str) -> frozenset[str]:
        """Return the paths of the inputs of the only action of this mnemonic."""
        return frozenset(artifact.path for artifact in self.action(mnemonic).inputs)


def analyze(  # noqa: PLR0913 - all but the rule have defaults.
    rule: Rule[Any],
    attrs: Mapping[str, Any],
    *,
    deps: Mapping[str, Sequence[Provider]] | None = None,
    platform: str = "host",
    constraints: Sequence[str] = (),
    memory: Mapping[str, tuple[int, int]] | None = None,
    files: Mapping[str, str] | None = None,
    toolchains: Mapping[str, Sequence[Provider]] | None = None,
    label: str = "//package:target",
    mode: str = "fastbuild",
    named: Sequence[str] = (),
) -> Analyzed:
    """Run the function of `rule` for one target.

    attrs: as in TOML, with tuples for lists; a value may be a Select. Labels that are not in `deps` are source files.
    deps: what the targets give that `attrs` names; outputs among it get an action that makes them.
    platform: `host`, or any label; `constraints` are its constraint values, `memory` its regions (origin, size).
    files: the text of files by path, where analysis reads any; tools that are not in it are read from disk.
    named: labels of platforms that `attrs` names; they have no constraint values.
    toolchains: what is offered, by type, with every feature that is asked for. [default: a Python environment]
    """
    offered = {"python_environment": [PYTHON_ENVIRONMENT]} if toolchains is None else toolchains
    target = parse_label(label)
    folder = Path(inspect.getfile(rule.implementation)).parent
    family = Family(rule.family or folder.name, 1, rules=(rule,), root=str(folder))
    spec = _spec(target, replace(rule, family=family.name), attrs)
    platforms = [] if platform == "host" else [_platform(platform, constraints, memory or {})]
    platforms += [_platform(text, (), {}) for text in named]
    requests = _requests(spec, platform, platforms)
    given = [_given(parse_label(text, target), providers) for text, providers in (deps or {}).items()]
    tools = [_toolchain(type_, providers, requests) for type_, providers in offered.items()]
    specs = [*given, *tools, *platforms, spec]
    graph = TargetGraph({one.label: one for one in specs}, (target,), frozenset({target}), _AnyFile())
    near = [path.parent for path in sorted(folder.parent.glob("*/tools")) if path.parent != folder]
    families = (family, *(Family(path.name, 1, root=str(path)) for path in near))
    workspace = Workspace(ROOT, "test", {"": "."}, families, tuple(one.label for one in tools))
    found = analysis.analyze(graph, workspace, (platform,), mode, world(files or {}))
    return Analyzed(found.targets[found.requested[0]], found)


def world(files: Mapping[str, str]) -> World:
    """Return a machine that holds `files`, by path below the workspace; tools are read from disk."""

    def read_text(path: str) -> str:
        text = files.get(path.removeprefix(f"{ROOT}/"))
        return Path(path).read_text("utf-8") if text is None else text

    def environment_mount(lock: str, _intent: EnvironmentIntent, _label: Label) -> Mount:
        name = Path(lock).stem
        return Mount(f"/etbuild/environments/{name}", "0" * 64, "python_environment", lock)

    def system_mount(programs: tuple[str, ...], packages: tuple[str, ...]) -> Mount:
        return replace(SYSTEM, provenance=", ".join((*programs, *packages)))

    def repository_mount(name: str, _programs: tuple[str, ...]) -> Mount:
        return Mount(f"/etbuild/repositories/{name}", "2" * 64, "repository", name)

    return World(HOST, environment_mount, system_mount, repository_mount, read_text, check_attrs)


class _AnyFile(Mapping[Label, str]):
    """A source file wherever a label looks for one."""

    def __getitem__(self, label: Label) -> str:
        return f"{ROOT}/{label.path}"

    def __iter__(self) -> Iterator[Label]:
        return iter(())

    def __len__(self) -> int:
        return 0


class _NoAttrs(Attrs):
    """Of a target that just gives providers."""


class _ToolchainAttrs(Attrs):
    features: frozenset[str]


class _MemoryAttrs(Attrs):
    origin: int
    size: int


class _PlatformAttrs(Attrs):
    constraints: tuple[Dep, ...]
    parents: tuple[Dep, ...] = ()
    run_under: tuple[str, ...] = ()
    files: tuple[Src, ...] = ()
    programs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    hint: str = ""
    memory: Mapping[str, _MemoryAttrs] = {}


def _spec(label: Label, rule: Rule[Any], raw: Mapping[str, Any]) -> TargetSpec:
    if _has_select(raw):
        return TargetSpec(label, rule, raw, None, shared=frozenset(raw))
    spec = TargetSpec(label, rule, raw, None)
    return replace(spec, attrs=check_attrs(spec, raw))


def _has_select(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_select, value.values()))
    return isinstance(value, Select) or (isinstance(value, tuple) and any(map(_has_select, value)))


def _given(label: Label, providers: Sequence[Provider]) -> TargetSpec:
    def given(ctx: RuleContext[_NoAttrs]) -> Sequence[Provider]:
        for artifact in dict.fromkeys(a for provider in providers for a in _artifacts(provider)):
            if not artifact.is_source:
                ctx.run("Given", argv=[str(label), artifact], outputs=(artifact,))
        return providers if any(isinstance(p, DefaultInfo) for p in providers) else (DefaultInfo(), *providers)

    return _spec(label, Rule("given", _NoAttrs, given), {})


def _artifacts(value: object) -> Iterator[Artifact]:
    """Yield the artifacts in a provider, at any depth."""
    if isinstance(value, Artifact):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _artifacts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from _artifacts(tuple(value.values()))
    elif isinstance(value, (tuple, list, frozenset, InputSet)):
        for element in value:
            yield from _artifacts(element)


def _requests(spec: TargetSpec, platform: str, platforms: Sequence[TargetSpec]) -> tuple[Request, ...]:
    """Return what the rule will ask for, so that toolchains can offer it."""
    graph, workspace = TargetGraph({one.label: one for one in platforms}, (), frozenset()), Workspace(ROOT, "test", {})
    found = find_platform(platform, graph, workspace, HOST, Constraints({}))
    try:
        attrs = spec.attrs or check_attrs(spec, resolve_selects(spec, found))
    except NoBranchMatches:
        return ()
    return spec.rule.toolchains(attrs)


def _toolchain(type_: str, providers: Sequence[Provider], requests: Sequence[Request]) -> TargetSpec:
    features = frozenset(feature for request in requests for feature in request.features)
    rule = Rule(type_, _ToolchainAttrs, lambda _ctx: (DefaultInfo(), *providers), toolchain_type=type_)
    return _spec(Label("", "toolchains", type_), rule, {"features": features})


def _platform(text: str, constraints: Sequence[str], memory: Mapping[str, tuple[int, int]]) -> TargetSpec:
    rule = Rule("platform", _PlatformAttrs, lambda _ctx: (DefaultInfo(),))
    regions = {name: {"origin": origin, "size": size} for name, (origin, size) in memory.items()}
    return _spec(parse_label(text), rule, {"constraints": tuple(constraints), "memory": regions})
