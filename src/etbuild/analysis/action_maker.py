"""ActionMaker: how rules and expansions make actions of artifacts, tools and mounts. Knows not what they are for."""

from __future__ import annotations

import shlex
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from etbuild.analysis.node import TargetNode
from etbuild.analysis.register import ActionRegister
from etbuild.analysis.tools import Tool, Tools
from etbuild.analysis.world import World
from etbuild.model.action import Action, Mount, Resources
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import field, mutable
from etbuild.model.label import Label
from etbuild.model.platform import Configuration, Platform

Word = str | Artifact | Tool
Inputs = Iterable[Artifact | InputSet | Tool] | InputSet
Env = Mapping[str, str | Artifact | Sequence[Word]]
PLAIN = Resources()
_NONE = InputSet()


@mutable
class Surroundings:
    """What all rules of one analysis share."""

    world: World
    tools: Tools
    register: ActionRegister = field(default_factory=ActionRegister)
    read: dict[str, None] = field(default_factory=dict)
    """Absolute paths of files whose content reached an action's key."""


class ActionMaker(ABC):
    """For one target in one configuration."""

    __slots__ = ("_around", "_gates", "_node", "configuration", "label")

    def __init__(self, node: TargetNode, around: Surroundings) -> None:
        self._node = node
        self._around = around
        self._gates: dict[Artifact, tuple[Artifact, ...]] | None = None
        self.label: Label = node.spec.label
        self.configuration: Configuration = node.scope.configuration

    @property
    def platform(self) -> Platform:
        """What the target is built for."""
        return self.configuration.platform

    def output(self, name: str, beside: Label | None = None) -> Artifact:
        """Return a file to make, in the target's own package or in that of `beside`."""
        return Artifact(self._path(name, beside), self._node.scope.name)

    def output_tree(self, name: str, beside: Label | None = None) -> Artifact:
        """Return a folder to make, whose files are known only once it exists."""
        return Artifact(self._path(name, beside), self._node.scope.name, is_tree=True)

    def tool(self, script: str, family: str = "") -> Tool:
        """Return the program at `script` below the `tools` of a family: the rule's, or one that it requires."""
        return self._around.tools.tool(family or self._node.spec.rule.family, script)

    def system(self, programs: Sequence[str] = (), packages: Sequence[str] = (), hint: str | None = None) -> Mount:
        """Return this machine's own programs, keyed by `programs` and by the files of Debian `packages`.

        What is not installed is the user's mistake `missing-program`; `hint` says how to come by it.
        """
        try:
            return self._around.world.system_mount(tuple(programs), tuple(packages))
        except LookupError as error:
            raise self._lacks(error, hint) from None

    def run(  # noqa: PLR0913 - the parts of an action.
        self,
        mnemonic: str,
        *,
        argv: Sequence[Word],
        inputs: Inputs = (),
        outputs: Sequence[Artifact],
        env: Env | None = None,
        mounts: Sequence[Mount] = (),
        worker: str = "",
        resources: Resources = PLAIN,
        progress: str = "",
        timeout: int = 0,
        depfile: Artifact | None = None,
        headers: InputSet = _NONE,
        before: Artifact | None = None,
        warns: bool = False,
    ) -> None:
        """Register an action. Artifacts and tools in `argv` and `env` that are no outputs become inputs.

        A sequence in `env` becomes its words, quoted for a shell. Verdicts on dependencies' files become inputs, too.
        So do `headers`; of these the action says in `depfile`, which it makes, which it used: a change of another one
        does not run it again. The file that was placed last as `before` is at $ETBUILD_BEFORE, if there is one: in no
        key, it is for the words of a failure alone. What an action that `warns` writes to stderr is shown though it
        succeeds: a compiler's warnings. What others write is noise until they fail.
        """
        made = tuple(output for output in outputs if output != depfile)
        if not made:
            raise ValueError(f"an action of {self.label} has no outputs")
        given = (*((inputs,) if isinstance(inputs, InputSet) else inputs), headers) if headers else inputs
        words, used, variables = self._resolve(argv, given, (*made, depfile) if depfile else made, env or {})
        owner, where, needs = self.label, self._node.scope.name, self._resources(resources)
        self._register(
            Action(
                mnemonic,
                words,
                used,
                made,
                variables,
                tuple(mounts),
                owner,
                where,
                progress,
                needs,
                worker,
                timeout,
                depfile,
                headers if headers in used.transitive or headers is used else _NONE,
                before=f"{before.configuration}/{before.path}" if before else "",
                warns=warns,
            )
        )

    def mistake(
        self,
        code: str,
        message: str,
        attribute: str | None = None,
        index: int | None = None,
        notes: Sequence[str] = (),
        hint: str | None = None,
    ) -> EtbuildError:
        """Return the user's mistake to raise, placed at the attribute."""
        return EtbuildError(Diagnostic(code, message, self._node.spec.span(attribute, index), tuple(notes), hint))

    def _lacks(self, error: LookupError, hint: str | None) -> EtbuildError:
        message = f"'{self.label}' needs '{error}', which is not installed"
        return self.mistake("missing-program", message, hint=hint)

    def gates(self) -> Mapping[Artifact, tuple[Artifact, ...]]:
        """Return the verdicts without which files of dependencies are not used, by file; for the engine."""
        if self._gates is None:
            self._gates = {}
            for dependency in self._node.dependencies:
                self._gates.update(dependency.gates)
        return self._gates

    def _path(self, name: str, beside: Label | None) -> str:
        if not name or name.startswith("/") or ".." in name.split("/"):
            raise self.mistake("bad-output", f"output '{name}' must be a path below the package")
        place = beside or self.label
        return Label(place.repository, place.package, name).path

    def _resources(self, resources: Resources) -> Resources:
        ram = self._node.spec.ram
        return Resources(resources.cpu, max(ram, resources.ram)) if ram else resources

    @abstractmethod
    def _register(self, action: Action) -> None:
        """Take an action."""

    def _resolve(
        self, argv: Sequence[Word], inputs: Inputs, outputs: tuple[Artifact, ...], env: Env
    ) -> tuple[tuple[str, ...], InputSet, tuple[tuple[str, str], ...]]:
        """Return argv, inputs and env as an action has them."""
        words = (*argv, *(word for value in env.values() if type(value) is not str for word in _words(value)))
        used = self._input_set(words, inputs, outputs)
        moved: Mapping[Artifact, Artifact] = {}
        if used.configurations and used.configurations != {self._node.scope.name}:
            moved = self._moved(used, outputs, words)
            used = InputSet(moved.get(artifact, artifact) for artifact in used) if moved else used
        texts = tuple([word if type(word) is str else _text(word, moved) for word in argv])
        return texts, used, tuple(sorted([(n, v if type(v) is str else _value(v, moved)) for n, v in env.items()]))

    def _input_set(self, words: Iterable[Word], inputs: Inputs, outputs: tuple[Artifact, ...]) -> InputSet:
        """Return what is named and not made, with the verdicts on files of dependencies."""
        direct = [word for word in words if type(word) is Artifact and word not in outputs]
        sets = [word.inputs for word in words if type(word) is Tool]
        for element in (inputs,) if isinstance(inputs, InputSet) else inputs:
            if type(element) is Artifact:
                direct.append(element)
            else:
                sets.append(element.inputs if isinstance(element, Tool) else element)  # type: ignore[arg-type]
        gates = self.gates()
        if gates:
            used = dict.fromkeys((*direct, *(artifact for one in sets for artifact in one)))
            direct += [verdict for artifact in used for verdict in gates.get(artifact, ()) if verdict not in outputs]
        return sets[0] if len(sets) == 1 and not direct else InputSet(direct, sets)

    def _moved(
        self, inputs: InputSet, outputs: Sequence[Artifact], words: Sequence[Word]
    ) -> Mapping[Artifact, Artifact]:
        """Give inputs of another configuration a place of their own where the action has their path already.

        A copy makes it, so that whoever runs actions need not know that one path can mean two artifacts.
        """
        own = self._node.scope.name
        taken = {a.path: a for a in (*outputs, *(a for a in inputs if a.configuration in ("", own)))}
        moved: dict[Artifact, Artifact] = {}
        for artifact in sorted(inputs, key=lambda a: a.configuration):
            if taken.setdefault(artifact.path, artifact) == artifact:
                continue
            if artifact not in words:
                message = f"'{artifact}' is an input for '{own}' and for '{artifact.configuration}'"
                hint = "its rule must name it in argv or env as an artifact"
                raise self.mistake("same-path-twice", message, hint=hint)
            place = Artifact(f"_cfg/{artifact.configuration}/{artifact.path}", own, is_tree=artifact.is_tree)
            copy, needs = ("/bin/cp", "-R", artifact.path, place.path), InputSet((artifact,))
            self._register(Action("Place", copy, needs, (place,), (), (self.system(),), self.label, own))
            moved[artifact] = place
        return moved


def _words(value: Artifact | Sequence[Word]) -> Sequence[Word]:
    return (value,) if isinstance(value, Artifact) else value


def _text(word: Word, moved: Mapping[Artifact, Artifact]) -> str:
    return str(moved.get(word, word) if isinstance(word, Artifact) else word)


def _value(value: Artifact | Sequence[Word], moved: Mapping[Artifact, Artifact]) -> str:
    return " ".join(shlex.quote(_text(word, moved)) for word in _words(value))
