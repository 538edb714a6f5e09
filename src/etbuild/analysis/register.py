"""ActionRegister: the actions that rules ask for, each once. Knows nothing of rules, nor of what actions do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import lt

from etbuild.model.action import Action, ActionGraph
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.frozen import frozen
from etbuild.model.graph import CycleError, topological_order


@frozen
class Registered:
    """All actions of an analysis."""

    graph: ActionGraph
    moved: Mapping[int, int] | None
    """Where each index of the register has gone; None if all stand where they stood."""
    unmade: tuple[tuple[Action, Artifact], ...]
    """Actions with an input that is no source and that none makes."""


class ActionRegister:
    """Actions by their outputs. An equal action of another target is the same one."""

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self.producers: dict[Artifact, int] = {}

    def add(self, action: Action) -> int:
        """Return the action's index, new or that of the equal one. Raises `output-conflict`."""
        producers = self.producers
        for output in action.outputs:
            known = producers.get(output)
            if known is not None:
                _require_equal(self.actions[known], action, output)
                return known
        index = len(self.actions)
        self.actions.append(action)
        for output in action.outputs:
            producers[output] = index
        return index

    def finish(self, tests: Iterable[Action]) -> Registered:
        """Return the actions, producers before consumers, and what they or `tests` need and none makes."""
        inputs = _Inputs(self.producers)
        for test in tests:
            inputs.last_producer(test)
        # Targets are analysed dependencies first, so only a rule that registers a consumer first breaks the order.
        last = [inputs.last_producer(action) for action in self.actions]
        if all(map(lt, last, range(len(last)))):
            return Registered(ActionGraph(tuple(self.actions), self.producers), None, tuple(inputs.unmade))
        order = self._order()
        moved = {index: position for position, index in enumerate(order)}
        actions = tuple(self.actions[index] for index in order)
        producers = {output: moved[index] for output, index in self.producers.items()}
        return Registered(ActionGraph(actions, producers), moved, tuple(inputs.unmade))

    def _order(self) -> list[int]:
        producers = self.producers

        def needs(index: int) -> list[int]:
            return [producers[artifact] for artifact in self.actions[index].inputs if artifact in producers]

        try:
            return topological_order(range(len(self.actions)), needs)
        except CycleError as error:
            ring = [self.actions[index] for index in error.cycle if isinstance(index, int)]
            names = " -> ".join(f"'{action.outputs[0]}'" for action in ring)
            message = f"actions of '{ring[0].owner}' must not need their own outputs: {names}"
            raise EtbuildError(Diagnostic("action-cycle", message)) from None


class _Inputs:
    """Input sets, each looked through once."""

    def __init__(self, producers: Mapping[Artifact, int]) -> None:
        self.unmade: list[tuple[Action, Artifact]] = []
        self._producers = producers
        self._known: dict[InputSet, int] = {}

    def last_producer(self, action: Action) -> int:
        """Return the index of the last action that makes an input of this one, -1 if none does."""
        known, inputs = self._known, action.inputs
        if inputs not in known:
            parts: Iterable[InputSet] = (inputs,)
            if inputs.transitive:  # Sets may be nested deeper than Python's stack.
                parts = topological_order(parts, lambda part: () if part in known else part.transitive)
            for part in parts:
                last = max([known[inner] for inner in part.transitive], default=-1)
                for artifact in part.direct:
                    if not artifact.location:
                        index = self._producers.get(artifact)
                        if index is None:
                            self.unmade.append((action, artifact))
                        elif index > last:
                            last = index
                known[part] = last
        return known[inputs]


def _require_equal(first: Action, second: Action, output: Artifact) -> None:
    differences = tuple(_differences(first, second))
    if not differences:
        return
    owners = f"'{first.owner}' and '{second.owner}'" if first.owner != second.owner else f"'{first.owner}', twice"
    on = f" on '{output.configuration}'" if output.configuration else ""
    message = f"'{output}' must be made by one action{on}, is made by different ones of {owners}"
    raise EtbuildError(Diagnostic("output-conflict", message, notes=differences))


def _differences(first: Action, second: Action) -> list[str]:
    """Say how two actions differ in what is keyed."""
    found = []
    for name in ("argv", "env", "mounts", "outputs"):
        before, after = getattr(first, name), getattr(second, name)
        if before != after:
            mine = [_word(element) for element in before if element not in after]
            theirs = [_word(element) for element in after if element not in before]
            found.append(
                f"{name}: {' '.join(mine) or '(nothing)'} → {' '.join(theirs) or '(nothing, or in another order)'}"
            )
    before, after = dict.fromkeys(first.inputs), dict.fromkeys(second.inputs)
    found += [f"input only of '{first.owner}': {artifact}" for artifact in before if artifact not in after]
    found += [f"input only of '{second.owner}': {artifact}" for artifact in after if artifact not in before]
    return found


def _word(element: object) -> str:
    return "=".join(element) if isinstance(element, tuple) else str(getattr(element, "path", element))
