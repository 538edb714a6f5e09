"""Analysis: targets and platforms to configured targets and their actions. Touches the machine only through World."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from etbuild.analysis.action_maker import Surroundings
from etbuild.analysis.configure import Configurator
from etbuild.analysis.context import RuleContext
from etbuild.analysis.node import TargetNode
from etbuild.analysis.platforms import check_mode, find_platform, read_constraints
from etbuild.analysis.provider_types import ProviderTypes
from etbuild.analysis.select import NoBranchMatches
from etbuild.analysis.tools import Tools
from etbuild.analysis.verify import verify
from etbuild.analysis.world import World
from etbuild.model.action import Action
from etbuild.model.configured import Analysis, ConfiguredTarget, PartlyWrongError
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import replace
from etbuild.model.graph import CycleError, topological_order
from etbuild.model.rule import DefaultInfo, Provider, TestInfo
from etbuild.model.target import TargetGraph
from etbuild.model.workspace import Workspace


def analyze(graph: TargetGraph, workspace: Workspace, platforms: Sequence[str], mode: str, world: World) -> Analysis:
    """Run the rules of all targets that `graph.requested` needs on `platforms`.

    Raises all their mistakes at once; the error knows what can be built all the same.
    """
    check_mode(mode)
    constraints = read_constraints(graph)
    configurator = Configurator(graph, workspace, world, constraints)
    found = [find_platform(text, graph, workspace, world.host, constraints) for text in platforms]
    scopes = dict.fromkeys(configurator.scope(platform, mode) for platform in found)
    requested = [configurator.node(label, scope) for scope in scopes for label in graph.requested]
    order = _order(requested, configurator)
    around = Surroundings(world, Tools({family.name: family.root for family in workspace.families}, world.read_text))
    types = ProviderTypes(workspace.families)
    mistakes = configurator.mistakes
    for node in order:
        try:
            _analyze_target(node, around, types)
        except EtbuildError as error:
            node.failed = True
            mistakes.extend(error.diagnostics)
    mistakes += [_incompatible(node) for node in requested if node.incompatible and node.spec.label in graph.named]
    finish = functools.partial(_finish, order, requested, around, workspace, configurator.source_paths)
    if not mistakes:
        return finish()
    told = tuple(_each_once(mistakes))
    raise PartlyWrongError(lambda: replace(finish(), mistakes=told), *told)


def _order(requested: Iterable[TargetNode], configurator: Configurator) -> list[TargetNode]:
    """Return all nodes that are needed, dependencies first."""
    try:
        return topological_order(requested, configurator.dependencies)
    except CycleError as error:
        ring = " -> ".join(f"'{node.spec.label}'" for node in error.cycle if isinstance(node, TargetNode))
        message = f"targets must not need themselves, through their toolchains either: {ring}"
        raise EtbuildError(*configurator.mistakes, Diagnostic("cycle", message)) from None


def _analyze_target(node: TargetNode, around: Surroundings, types: ProviderTypes) -> None:
    """Run a target's rule, unless something that it needs has failed or is not for this platform."""
    spec = node.spec
    if node.per_platform:
        _check_platforms(node)
    for dependency in node.dependencies:
        if dependency.failed:
            node.failed = True
        elif dependency.incompatible and not node.incompatible:
            # What stands between it and the one that cannot be says nothing.
            why, label = dependency.incompatible, dependency.spec.label
            node.incompatible = why if why.startswith("it needs '") else f"it needs '{label}', which can't be: {why}"
    if node.failed:
        return
    if node.incompatible:
        node.target = _configured(node)
        return
    types.check_uses(node)
    context: RuleContext[Any] = RuleContext(node, around)
    try:
        given = spec.rule.implementation(context)
    except EtbuildError:
        raise
    except NoBranchMatches as reason:
        node.incompatible = str(reason)
        node.target = _configured(node)
        return
    except Exception as error:
        error.add_note(f"in rule {spec.rule.name}, for {spec.label}")
        raise
    providers = types.collect(node, given)
    _gate(node, context, providers)
    test = providers.get(TestInfo)
    action = context.test_action(test) if isinstance(test, TestInfo) else None
    node.target = _configured(node, providers, tuple(dict.fromkeys(context.actions)), action)


def _check_platforms(node: TargetNode) -> None:
    """Raise `incompatible-target` for each platform that was named for what cannot be for it."""
    mistakes = [
        replace(_incompatible(each), span=node.spec.span(field.platforms, index))
        for label, field, _ in node.uses
        for index, each in enumerate(node.per_platform.get(label, ()) if field.platforms else ())
        if isinstance(each, TargetNode) and each.incompatible
    ]
    if mistakes:
        raise EtbuildError(*mistakes)


def _gate(node: TargetNode, context: RuleContext[Any], providers: dict[type[Provider], Provider]) -> None:
    """Let verdicts follow the files that they are on, through any number of targets that hand them on."""
    gates, info = context.gates(), providers.get(DefaultInfo)
    node.gates = gates
    if isinstance(info, DefaultInfo) and (gates or info.validations):
        inherited = [verdict for file in info.files for verdict in gates.get(file, ())]
        own = {file: info.validations for file in info.files if file not in gates} if info.validations else {}
        node.gates = {**gates, **own}
        providers[DefaultInfo] = replace(info, validations=tuple(dict.fromkeys((*info.validations, *inherited))))


def _configured(
    node: TargetNode,
    providers: Mapping[type[Provider], Provider] | None = None,
    actions: tuple[int, ...] = (),
    test: Action | None = None,
) -> ConfiguredTarget:
    spec = node.spec if node.attrs is node.spec.attrs else replace(node.spec, attrs=node.attrs)
    needs = tuple([(other.spec.label, other.scope.name) for other in node.dependencies])
    return ConfiguredTarget(
        spec.label,
        node.scope.configuration,
        spec,
        providers or {},
        needs,
        actions,
        test,
        node.resolutions,
        node.incompatible,
    )


def _incompatible(node: TargetNode) -> Diagnostic:
    platform = node.scope.configuration.platform
    message = f"'{node.spec.label}' can't be built for '{platform.label or platform.name}': {node.incompatible}"
    return Diagnostic("incompatible-target", message, node.spec.span())


def _finish(
    order: Iterable[TargetNode],
    requested: Iterable[TargetNode],
    around: Surroundings,
    workspace: Workspace,
    sources: frozenset[str],
) -> Analysis:
    """Put actions into order, verify the whole, and hand it on."""
    for node in order:
        if node.failed:
            node.incompatible = "it, or what it needs, holds a mistake"
            node.target = _configured(node)
    targets = [node.target for node in order if node.target is not None]
    registered = around.register.finish(target.test for target in targets if target.test is not None)
    if registered.moved is not None:
        moved = registered.moved
        targets = [replace(target, actions=tuple(moved[i] for i in target.actions)) for target in targets]
    folders = (workspace.root, *(family.root for family in workspace.families))
    verify(registered, targets, sources, folders)
    return Analysis(
        {target.key: target for target in targets},
        tuple((node.spec.label, node.scope.name) for node in requested),
        registered.graph,
        (*around.read, *around.tools.read),
        around.tools.probed,
    )


def _each_once(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield diagnostics without those that say the same of the same place."""
    seen = set()
    for diagnostic in diagnostics:
        key = (diagnostic, diagnostic.span)
        if key not in seen:
            seen.add(key)
            yield diagnostic
