"""SavedPlan: a plan and its results as plain values, of which a later build reads no more than it needs. Runs nothing.

Actions, input sets and targets are numbered, and each is bytes of its own: of 10,000 a build decodes those that a
change reaches.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from etbuild.execution.input_tree import Files
from etbuild.execution.outcome import Execution
from etbuild.model.action import Action, ActionGraph, ActionResult, Mount, OutputFile, Resources
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.digest import Digest
from etbuild.model.frozen import frozen
from etbuild.model.graph import reachable
from etbuild.model.label import Label
from etbuild.model.plan import BuildPlan, PlannedTarget

Numbers = tuple[int, ...]


@frozen
class SavedPlan:
    """What stays as long as only sources change."""

    actions: Sequence[bytes]
    sets: Sequence[bytes]
    """Input sets: their own artifacts, each with the number of its producer or -1, and their sub-sets' numbers."""
    targets: Sequence[bytes]
    sources: Sequence[str]
    """Absolute paths."""
    readers: Sequence[Numbers]
    """The sets that hold a source, by its number."""
    consumers: Sequence[Numbers]
    """The sets that hold an output of an action."""
    parents: Sequence[Numbers]
    """The sets that a set is part of."""
    takers: Sequence[Numbers]
    """The actions whose inputs a set is."""
    wanted_by: Sequence[Numbers]
    """The targets that want something of an action."""
    skipped: Numbers
    """The targets that cannot be built for their platform."""
    guards: Numbers = ()
    """The sets that decided which actions there are."""


@frozen
class Part:
    """What of a saved plan must be looked at again."""

    plan: BuildPlan
    actions: Sequence[int]
    """The numbers of its actions in the saved plan."""
    targets: Sequence[int]


def save_plan(plan: BuildPlan, execution: Execution) -> SavedPlan:
    """Return a plan whose actions have all succeeded."""
    needed = sorted(execution.outcomes)
    numbers = {index: number for number, index in enumerate(needed)}
    actions = [plan.actions.actions[index] for index in needed]
    guards = [action.expansion.read for action in execution.dynamic if action.expansion]
    sets = {
        each: number
        for number, each in enumerate(
            reachable([*(s for a in actions for s in (a.inputs, a.headers)), *guards], lambda s: s.transitive)
        )
    }
    writer = _Writer(plan.actions.producers, numbers)
    readers: dict[str, list[int]] = {}
    consumers: list[list[int]] = [[] for _ in actions]
    parents: list[list[int]] = [[] for _ in sets]
    takers: list[list[int]] = [[] for _ in sets]
    wanted_by: list[list[int]] = [[] for _ in actions]
    for inputs, number in sets.items():
        for artifact in inputs.direct:
            if not artifact.is_source:
                consumers[writer.producer(artifact)].append(number)
            for location in _files_of(artifact):
                readers.setdefault(location, []).append(number)
        for part in inputs.transitive:
            parents[sets[part]].append(number)
    for number, action in enumerate(actions):
        takers[sets[action.inputs]].append(number)
    for number, target in enumerate(plan.targets):
        for producer in writer.producers(target):
            wanted_by[producer].append(number)
    return SavedPlan(
        [writer.action(action, sets[action.inputs], sets[action.headers]) for action in actions],
        [writer.set(inputs, sets) for inputs in sets],
        [writer.target(target) for target in plan.targets],
        list(readers),
        _frozen(readers.values()),
        _frozen(consumers),
        _frozen(parents),
        _frozen(takers),
        _frozen(wanted_by),
        tuple(number for number, target in enumerate(plan.targets) if target.incompatible),
        tuple(sets[guard] for guard in guards),
    )


def _frozen(lists: Iterable[list[int]]) -> list[Numbers]:
    return [tuple(each) for each in lists]


class _Writer:
    def __init__(self, producers: Mapping[Artifact, int], numbers: Mapping[int, int]) -> None:
        self._producers = producers
        self._numbers = numbers

    def producer(self, artifact: Artifact) -> int:
        index = self._producers.get(artifact)
        return -1 if index is None else self._numbers.get(index, -1)

    def producers(self, target: PlannedTarget) -> set[int]:
        made = {self.producer(artifact) for artifact in _artifacts_of(target)}
        if target.test is not None:
            made.add(self._numbers[target.test])
        return made - {-1}

    def artifact(self, artifact: Artifact) -> tuple[Any, ...]:
        return (artifact.path, artifact.configuration, artifact.location, artifact.is_tree, self.producer(artifact))

    def set(self, inputs: InputSet, sets: Mapping[InputSet, int]) -> bytes:
        direct = tuple(map(self.artifact, inputs.direct))
        return marshal.dumps((direct, tuple(sets[part] for part in inputs.transitive)))

    def action(self, action: Action, inputs: int, headers: int) -> bytes:
        owner = action.owner
        return marshal.dumps(
            (
                action.mnemonic,
                action.argv,
                inputs,
                tuple(map(self.artifact, action.outputs)),
                action.env,
                tuple((m.path, m.digest, m.kind, m.source, m.provenance) for m in action.mounts),
                (owner.repository, owner.package, owner.name) if owner else None,
                action.configuration,
                action.progress,
                (action.resources.cpu, action.resources.ram),
                action.worker,
                action.timeout,
                self.artifact(action.depfile) if action.depfile else None,
                headers,
                action.before,
                action.warns,
            )
        )

    def target(self, target: PlannedTarget) -> bytes:
        return marshal.dumps(
            (
                target.label,
                target.platform,
                tuple((self.artifact(artifact), place) for artifact, place in target.files),
                target.shown,
                tuple(map(self.artifact, target.validations)),
                self.artifact(target.summary) if target.summary else None,
                -1 if target.test is None else self._numbers[target.test],
                target.incompatible,
            )
        )


def _files_of(artifact: Artifact) -> list[str]:
    """Return where the files of a source are."""
    if not artifact.is_tree or not artifact.is_source:
        return [artifact.location] if artifact.is_source else []
    # Folders too: what appears in one changes its time.
    walked = list(os.walk(artifact.location))
    return [f"{parent}/{name}" for parent, _, names in walked for name in names] + [parent for parent, _, _ in walked]


def _artifacts_of(target: PlannedTarget) -> list[Artifact]:
    summary = [target.summary] if target.summary else []
    return [*(artifact for artifact, _ in target.files), *target.validations, *summary]


def save_result(result: ActionResult) -> bytes:
    """Return the files that an action made."""
    return marshal.dumps(tuple((path, *file.digest, file.executable) for path, file in result.files.items()))


def reached(saved: SavedPlan, sources: Iterable[int], actions: Iterable[int]) -> list[int] | None:
    """Return the actions that read these sources, these actions, and all that need them, producers first.

    None if which actions there are may change with them.
    """
    found: set[int] = set(actions)
    seen: set[int] = set()
    pending = [number for source in sources for number in saved.readers[source]]
    pending += [number for action in found for number in saved.consumers[action]]
    while pending:
        one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        pending += saved.parents[one]
        for taker in saved.takers[one]:
            if taker not in found:
                found.add(taker)
                pending += saved.consumers[taker]
    return None if seen.intersection(saved.guards) else sorted(found)


class _Reader:
    def __init__(self, saved: SavedPlan, results: Sequence[bytes], indices: Mapping[int, int]) -> None:
        self._saved = saved
        self._results = results
        self._indices = indices
        self._sets: dict[int, InputSet] = {}
        self.given: dict[Artifact, Files] = {}

    def artifact(self, fields: tuple[Any, ...]) -> Artifact:
        *own, producer = fields
        artifact = Artifact(*own)
        if producer >= 0 and producer not in self._indices and artifact not in self.given:
            self.given[artifact] = self._files(artifact, producer)
        return artifact

    def _files(self, artifact: Artifact, producer: int) -> Files:
        return tuple(
            (path, OutputFile(Digest(hash_, size), executable))
            for path, hash_, size, executable in marshal.loads(self._results[producer])  # noqa: S302 - checked when read.
            if path == artifact.path or (artifact.is_tree and path.startswith(f"{artifact.path}/"))
        )

    def inputs(self, number: int) -> InputSet:
        pending = [number]
        while pending:
            if pending[-1] in self._sets:
                pending.pop()
                continue
            direct, parts = marshal.loads(self._saved.sets[pending[-1]])  # noqa: S302 - as above.
            unknown = [part for part in parts if part not in self._sets]
            if unknown:
                pending += unknown
            else:
                self._sets[pending.pop()] = InputSet(map(self.artifact, direct), [self._sets[part] for part in parts])
        return self._sets[number]

    def action(self, number: int) -> Action:
        fields = marshal.loads(self._saved.actions[number])  # noqa: S302 - as above.
        mnemonic, argv, inputs, outputs, env, mounts, owner, configuration, progress, resources, *rest = fields
        worker, timeout, depfile, headers, before, warns = rest
        return Action(
            mnemonic,
            argv,
            self.inputs(inputs),
            tuple(map(self.artifact, outputs)),
            env,
            tuple(Mount(*mount) for mount in mounts),
            Label(*owner) if owner else None,
            configuration,
            progress,
            Resources(*resources),
            worker,
            timeout,
            self.artifact(depfile) if depfile else None,
            self.inputs(headers),
            before=before,
            warns=warns,
        )

    def target(self, number: int) -> PlannedTarget:
        fields = marshal.loads(self._saved.targets[number])  # noqa: S302 - as above.
        label, platform, files, shown, validations, summary, test, incompatible = fields
        return PlannedTarget(
            label,
            platform,
            tuple((self.artifact(artifact), place) for artifact, place in files),
            shown,
            tuple(map(self.artifact, validations)),
            self.artifact(summary) if summary else None,
            self._indices.get(test),
            incompatible,
        )


def part_of(saved: SavedPlan, results: Sequence[bytes], numbers: Sequence[int]) -> Part:
    """Return the plan of these actions and what wants them; all else is given by the results of the last build."""
    reader = _Reader(saved, results, {number: index for index, number in enumerate(numbers)})
    actions = tuple(map(reader.action, numbers))
    targets = sorted({target for number in numbers for target in saved.wanted_by[number]})
    planned = tuple(map(reader.target, targets))
    producers = {output: index for index, action in enumerate(actions) for output in action.outputs}
    beside = len(saved.actions) - len(actions)
    return Part(BuildPlan(planned, ActionGraph(actions, producers), reader.given, beside), numbers, targets)
