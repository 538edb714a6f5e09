"""RuleContext: what a rule's function sees and may do. Gives no disk, and only the targets it needs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from etbuild.analysis.action_maker import PLAIN, ActionMaker, Inputs, Surroundings
from etbuild.analysis.dynamic import DynamicContext, expanded
from etbuild.analysis.node import TargetNode
from etbuild.analysis.select import NoBranchMatches
from etbuild.model.action import MISSING, Action, Expansion, Mount
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import replace
from etbuild.model.label import Label
from etbuild.model.lock import EnvironmentIntent
from etbuild.model.platform import Platform
from etbuild.model.rule import AttrsT, DefaultInfo, Provider, TestInfo
from etbuild.model.toolchain import Request

ProviderT = TypeVar("ProviderT", bound=Provider)


class RuleContext(ActionMaker, Generic[AttrsT]):
    """A target in one configuration, for its rule's function."""

    __slots__ = ("actions", "attrs")

    def __init__(self, node: TargetNode, around: Surroundings) -> None:
        super().__init__(node, around)
        self.attrs: AttrsT = node.attrs  # type: ignore[assignment]
        self.actions: list[int] = []
        """Indices of the actions registered so far, for the engine."""

    def is_shared(self, attribute: str) -> bool:
        """Tell whether an attribute is written for others, too: in defaults, or beside a matrix or a select."""
        return attribute in self._node.spec.shared

    # What dependencies give

    def provider(self, label: Label, provider: type[ProviderT], *, for_exec: bool = False) -> ProviderT:
        """Return what the dependency `label` gives; `for_exec` where attributes name it for both platforms."""
        found = self.find(label, provider, for_exec=for_exec)
        if found is None:
            message = f"'{label}' must provide {provider.__name__}, and does not"
            raise EtbuildError(Diagnostic("wrong-provider", message, self._node.spec.span()))
        return found

    def providers(self, labels: Iterable[Label], provider: type[ProviderT]) -> list[ProviderT]:
        """Return what each of these dependencies gives, in order."""
        return [self.provider(label, provider) for label in labels]

    def on_platforms(self, label: Label, provider: type[ProviderT]) -> list[tuple[Platform, ProviderT]]:
        """Return what the dependency `label` gives on each platform that its attribute is for, in order."""
        found = [each for each in self._node.per_platform[label] if isinstance(each, TargetNode)]
        given = ((each, each.providers.get(provider)) for each in found)
        return [(node.scope.configuration.platform, one) for node, one in given if isinstance(one, provider)]

    def find(self, label: Label, provider: type[ProviderT], *, for_exec: bool = False) -> ProviderT | None:
        """Return what the dependency `label` gives, or None if it gives no such thing."""
        found = self.all_providers(label, for_exec=for_exec)
        return next((p for p in found if isinstance(p, provider)), None)

    def all_providers(self, label: Label, *, for_exec: bool = False) -> Sequence[Provider]:
        """Return all that the dependency `label` gives; a source file gives itself."""
        found = self._node.dependency(label, for_exec)
        return tuple(found.providers.values()) if isinstance(found, TargetNode) else (DefaultInfo((found,)),)

    def files(self, labels: Iterable[Label], *, for_exec: bool = False) -> tuple[Artifact, ...]:
        """Return the sources and the targets' files that `labels` mean, in order, each once."""
        files: list[Artifact] = []
        for label in labels:
            found = self._node.dependency(label, for_exec)
            if isinstance(found, Artifact):
                files.append(found)
            else:
                files += found.files
        return tuple(dict.fromkeys(files)) if len(files) > 1 else tuple(files)

    def file(self, label: Label, *, for_exec: bool = False) -> Artifact:
        """Return the one file that `label` means. Raises `not-one-file`."""
        files = self.files((label,), for_exec=for_exec)
        if len(files) != 1:
            attribute, index = self._node.place(label)
            raise self.mistake("not-one-file", f"'{label}' must be one file, is {len(files)}", attribute, index)
        return files[0]

    def toolchain(self, request: str | Request, provider: type[ProviderT]) -> ProviderT:
        """Return what the toolchain gives that was resolved for a request of the rule, or for its first of a type."""
        node = next(node for each, node in self._node.toolchains.items() if request in (each, each.type))
        found = node.providers.get(provider)
        if not isinstance(found, provider):
            message = f"toolchain '{node.spec.label}' must provide {provider.__name__}, and does not"
            raise EtbuildError(Diagnostic("wrong-provider", message, node.spec.span()))
        return found

    # What actions are made of

    def python_environment(
        self,
        lock: Artifact,
        requirements: Sequence[str] = (),
        without: Sequence[str] = (),
        platforms: Sequence[str] = (),
    ) -> Mount:
        """Return the environment that a lock file, a source, describes.

        Raises `stale-lock` if it was made from others than these `requirements`, if there are any.
        """
        if not lock.is_source:
            raise self.mistake("lock-not-source", f"lock '{lock}' must be a source file, is made by an action")
        self._around.read[lock.location] = None
        intent = EnvironmentIntent(tuple(requirements), tuple(without), tuple(platforms))
        try:
            return self._around.world.environment_mount(lock.location, intent, self.label)
        except EtbuildError as error:
            at = self._node.spec.span("requirements")
            raise EtbuildError(*(replace(each, span=each.span or at) for each in error.diagnostics)) from None

    def repository(self, name: str | Label, programs: Sequence[str] = (), hint: str | None = None) -> Mount:
        """Return a repository's folder, read-only and keyed by its lock: for what is too big for inputs.

        Of one that lies on this machine, what is not there of `programs`, paths below it, is the user's mistake
        `missing-program`; `hint` says how to come by it.
        """
        of = name.repository if isinstance(name, Label) else name.lstrip("@")
        try:
            return self._around.world.repository_mount(of, tuple(programs))
        except LookupError as error:
            raise self._lacks(error, hint) from None

    def dynamic(
        self,
        mnemonic: str,
        *,
        read: Sequence[Artifact],
        choose_from: Inputs = (),
        outputs: Sequence[Artifact],
        expand: Callable[[DynamicContext, Mapping[Artifact, bytes]], None],
        progress: str = "",
    ) -> None:
        """Register an action whose own actions are known only once the files `read` exist.

        `expand` is given what they hold. It may read nothing else, and its actions only what is named here and what
        they make themselves; together they make exactly `outputs`. It is a function of a module, with what it must
        know bound by functools.partial.
        """
        made = tuple(outputs)
        used = self._input_set(read, (*((choose_from,) if isinstance(choose_from, InputSet) else choose_from),), made)
        context = functools.partial(DynamicContext, self._node, self._around)
        expansion = Expansion(InputSet(read), functools.partial(expanded, context, (mnemonic, used, made), expand))
        function = getattr(expand, "func", expand)
        words = ("expand", f"{function.__module__}.{function.__qualname__}")
        self._register(
            Action(
                mnemonic,
                words,
                used,
                made,
                owner=self.label,
                configuration=self._node.scope.name,
                progress=progress,
                expansion=expansion,
            )
        )

    def incompatible(self, reason: str) -> Exception:
        """Return what to raise where the target cannot be for this platform: skipped under `...`."""
        return NoBranchMatches(reason)

    def test_action(self, info: TestInfo) -> Action:
        """Return the action that runs a test, below the platform's emulator; for the engine."""
        platform, argv, given, mounts = self.platform, info.argv, info.inputs, info.mounts
        if platform.emulates(argv):
            argv, given = (*platform.run_under, *argv), InputSet(platform.files, [given])
            mounts = (*mounts, self._emulator(platform))
        words, used, variables = self._resolve(argv, given, (), dict(info.env))
        # A program of the root package has no slash in its path: exec would look for it where PATH leads.
        words = tuple(f"./{w}" if type(a) is Artifact and "/" not in w else w for a, w in zip(argv, words, strict=True))
        owner, where, needs = self.label, self._node.scope.name, self._resources(PLAIN)
        return Action("Test", words, used, (), variables, mounts, owner, where, "", needs, info.worker, info.timeout)

    def _emulator(self, platform: Platform) -> Mount:
        """Return what the platform's programs run under; who only builds a test need not have it."""
        try:
            return self._around.world.system_mount(platform.programs, platform.packages)
        except LookupError as error:
            return Mount("/usr", "", MISSING, str(error), platform.hint)

    def _register(self, action: Action) -> None:
        self.actions.append(self._around.register.add(action))
