"""ActionRegister: the actions that rules ask for, each once. Knows nothing of rules, nor of what actions do."""

from __future__ import annotations

from etbuild.model.action import Action, ActionGraph
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.graph import CycleError, topological_order


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

    def graph(self) -> tuple[ActionGraph, list[int] | None]:
        """Return the actions, producers before consumers, and to where each index has moved (None: nowhere)."""
        newest = _Newest(self.producers)
        # Targets are analysed dependencies first, so only a rule that registers a consumer first breaks the order.
        if all(newest.of(action.inputs) < index for index, action in enumerate(self.actions)):
            return ActionGraph(tuple(self.actions), self.producers), None
        order = self._order()
        moved = [0] * len(order)
        for position, index in enumerate(order):
            moved[index] = position
        actions = tuple(self.actions[index] for index in order)
        return ActionGraph(actions, {output: moved[index] for output, index in self.producers.items()}), moved

    def _order(self) -> list[int]:
        producers = self.producers
        try:
            return topological_order(
                range(len(self.actions)), lambda i: [producers[a] for a in self.actions[i].inputs if a in producers]
            )
        except CycleError as error:
            ring = [self.actions[index] for index in error.cycle if isinstance(index, int)]
            message = (
                f"an action must not need its own output: {' -> '.join(str(action.outputs[0]) for action in ring)}"
            )
            raise EtbuildError(
                Diagnostic("action-cycle", message, notes=(f"registered by '{ring[0].owner}'",))
            ) from None


class _Newest:
    """The last of the actions that make what an input set holds; each set is looked through once."""

    def __init__(self, producers: dict[Artifact, int]) -> None:
        self._producers = producers
        self._known: dict[InputSet, int] = {}

    def of(self, inputs: InputSet) -> int:
        """Return the action's index, -1 if none makes any."""
        known = self._known
        if inputs not in known:
            parts = (
                topological_order([inputs], lambda s: () if s in known else s.transitive)
                if inputs.transitive
                else (inputs,)
            )
            for part in parts:
                own = [self._producers.get(a, -1) for a in part.direct if a.configuration]
                known[part] = max([*own, *[known[child] for child in part.transitive]], default=-1)
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
