"""Configurator: which targets a request needs in which configuration, and with which toolchains. Runs no rule."""

from __future__ import annotations

import itertools

from etbuild.analysis.label_uses import LabelFields
from etbuild.analysis.node import Scope, TargetNode
from etbuild.analysis.platforms import Constraints, find_platform
from etbuild.analysis.resolve_toolchains import Candidates, no_toolchain, unmet_constraints
from etbuild.analysis.select import NoBranchMatches, resolve_selects
from etbuild.analysis.world import World
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import Diagnostic, EtbuildError, with_article
from etbuild.model.frozen import replace
from etbuild.model.label import Label
from etbuild.model.platform import Configuration, Platform
from etbuild.model.target import TargetGraph
from etbuild.model.toolchain import Toolchain
from etbuild.model.workspace import Workspace


class Configurator:
    """Makes nodes and finds their dependencies, each once."""

    def __init__(self, graph: TargetGraph, workspace: Workspace, world: World, constraints: Constraints) -> None:
        self.mistakes: list[Diagnostic] = []
        self._graph = graph
        self._workspace = workspace
        self._world = world
        self._constraints = constraints
        self._fields = LabelFields()
        self._files: dict[Label, Artifact] = {}
        self._scopes: dict[str, Scope] = {}
        self._exec = self.scope(find_platform("host", graph, workspace, world.host, constraints), "fastbuild")
        self._candidates: Candidates | None = None

    def scope(self, platform: Platform, mode: str) -> Scope:
        """Return the configuration of a platform and a mode. Raises `platform-clash`."""
        configuration = Configuration(platform, mode)
        scope = self._scopes.get(configuration.name)
        if scope is None:
            values = frozenset(platform.constraints.values())
            scope = self._scopes[configuration.name] = Scope(configuration, configuration.name, values)
        elif scope.configuration.platform.label != platform.label:
            one = scope.configuration.platform.label or "the host"
            message = f"platforms built at once must differ in name, '{platform.label}' and '{one}' do not"
            raise EtbuildError(Diagnostic("platform-clash", message))
        return scope

    @property
    def source_paths(self) -> frozenset[str]:
        """The paths of all source files that were named so far."""
        return frozenset(file.path for file in self._files.values())

    def node(self, label: Label, scope: Scope) -> TargetNode:
        """Return the node of a target."""
        node = scope.nodes.get(label)
        if node is None:
            node = scope.nodes[label] = TargetNode(self._graph.targets[label], scope)
        return node

    def dependencies(self, node: TargetNode) -> list[TargetNode]:
        """Configure `node` and return the nodes that it needs. Its mistakes are kept, and it needs nothing."""
        try:
            self._configure(node)
        except EtbuildError as error:
            node.failed = True
            node.dependencies = []
            self.mistakes.extend(error.diagnostics)
        return node.dependencies

    def _configure(self, node: TargetNode) -> None:
        spec, scope = node.spec, node.scope
        if not spec.compatible_with <= scope.values:
            platform = scope.configuration.platform
            node.incompatible = unmet_constraints(spec.compatible_with, platform, self._constraints)
            if node.incompatible:
                return
        if node.attrs is None and not self._select(node):
            return
        assert node.attrs is not None  # noqa: S101 - selected just now.
        is_host = scope.configuration.platform.label is None
        node.uses = [use for use in self._fields.uses(node.attrs) if not (is_host and use[1].for_device)]
        nodes, files, found = scope.nodes, self._files, node.found
        for label, field, _ in node.uses:
            if field.platforms:
                if not is_host:
                    node.incompatible = "it names its platforms itself: leave --platform out"
                    return
                node.per_platform[label] = self._on_each(node, label, field.platforms)
            elif field.for_exec and scope is not self._exec:
                node.exec_found[label] = self._find(node, label, self._exec)
            else:
                found[label] = nodes.get(label) or files.get(label) or self._find(node, label, scope)
        more = (*node.exec_found.values(), *itertools.chain(*node.per_platform.values()))
        needed = dict.fromkeys((*found.values(), *more)) if more else found.values()
        node.dependencies = [other for other in needed if type(other) is TargetNode]
        self._resolve_toolchains(node)

    def _find(self, node: TargetNode, label: Label, scope: Scope) -> TargetNode | Artifact:
        """Return what `label` means, seen for the first time in `scope`."""
        if label in self._graph.targets:
            return self.node(label, scope)
        location = self._graph.files.get(label)
        if location is None:
            message = f"no target or file '{label}', which '{node.spec.label}' names"
            raise EtbuildError(Diagnostic("unknown-target", message, node.spec.span(*node.place(label))))
        return self._files.setdefault(label, Artifact(label.path, location=location))

    def _on_each(self, node: TargetNode, label: Label, field: str) -> tuple[TargetNode | Artifact, ...]:
        """Return what `label` means on each of the platforms that the attribute `field` names."""
        found = []
        for index, platform in enumerate(getattr(node.attrs, field)):
            try:
                named = find_platform(str(platform), self._graph, self._workspace, self._world.host, self._constraints)
                found.append(self._find(node, label, self.scope(named, node.scope.configuration.mode)))
            except EtbuildError as error:
                at = node.spec.span(field, index)
                raise EtbuildError(*(replace(each, span=each.span or at) for each in error.diagnostics)) from None
        return tuple(found)

    def _select(self, node: TargetNode) -> bool:
        """Resolve the selects of a target; False if it has no branch for this platform."""
        try:
            raw = resolve_selects(node.spec, node.scope.configuration.platform)
        except NoBranchMatches as reason:
            node.incompatible = str(reason)
            return False
        node.attrs = self._world.check_attrs(node.spec, raw)
        return True

    def _resolve_toolchains(self, node: TargetNode) -> None:
        requests = node.spec.rule.toolchains(node.attrs)
        if not requests:
            return
        scope, platform = node.scope, node.scope.configuration.platform
        resolutions = []
        for request in requests:
            resolution = scope.resolutions.get(request)
            if resolution is None:
                resolution = scope.resolutions[request] = self._offered().resolve(request, platform)
                if resolution.chosen is None:
                    self.mistakes.append(no_toolchain(resolution, platform, node.spec.label, node.spec.span()))
            resolutions.append(resolution)
            if resolution.chosen is None:
                node.failed = True  # Told once, at the first target that asked.
            else:
                node.toolchains[request] = self.node(resolution.chosen, self._exec)
        node.resolutions = tuple(resolutions)
        node.dependencies.extend(dict.fromkeys(node.toolchains.values()))

    def _offered(self) -> Candidates:
        if self._candidates is None:
            labels = [label for named in self._workspace.toolchains for label in self._group(named)]
            toolchains = [self._toolchain(label) for label in labels]
            found = [toolchain for toolchain in toolchains if toolchain is not None]
            self._candidates = Candidates(found, self._exec.configuration.platform, self._constraints)
        return self._candidates

    def _group(self, label: Label) -> tuple[Label, ...]:
        """Return the toolchains that an entry of WORKSPACE means: itself, or those of an alias_group."""
        spec = self._graph.targets[label]
        actual: tuple[Label, ...] = getattr(spec.attrs, "actual", ()) if spec.rule.name == "alias_group" else (label,)
        return actual

    def _toolchain(self, label: Label) -> Toolchain | None:
        """Read what a target of WORKSPACE's `toolchains` offers; None if it is not for this machine."""
        node = self.node(label, self._exec)
        type_ = node.spec.rule.toolchain_type
        if not type_:
            message = (
                f"'{label}' in 'toolchains' of WORKSPACE must be a toolchain, is {with_article(node.spec.rule.name)}"
            )
            raise EtbuildError(Diagnostic("not-a-toolchain", message, self._workspace.spans.get("toolchains")))
        if node.attrs is None and not self._select(node):
            return None
        return Toolchain(
            label,
            type_,
            frozenset(getattr(node.attrs, "features", ())),
            frozenset(getattr(node.attrs, "exec_compatible_with", ())),
            frozenset(getattr(node.attrs, "target_compatible_with", ())),
        )
