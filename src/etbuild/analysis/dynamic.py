"""DynamicContext: what an expansion sees and may do. It has no targets left to ask: what it needs was named before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from etbuild.analysis.action_maker import ActionMaker, Surroundings
from etbuild.analysis.node import TargetNode
from etbuild.analysis.register import ActionRegister
from etbuild.model.action import Action
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import raise_all

Expand = Callable[["DynamicContext", Mapping[Artifact, bytes]], None]
Named = tuple[str, InputSet, tuple[Artifact, ...]]
"""The mnemonic of a dynamic action, what its own actions may use, and what they must make."""


class DynamicContext(ActionMaker):
    """Of one dynamic action. There are no dynamic actions below it."""

    __slots__ = ("_own",)

    def __init__(self, node: TargetNode, around: Surroundings) -> None:
        super().__init__(node, around)
        self._own = ActionRegister()

    def _register(self, action: Action) -> None:
        self._own.add(action)

    def finish(self, mnemonic: str, named: InputSet, outputs: tuple[Artifact, ...]) -> tuple[Action, ...]:
        """Return the actions, producers before consumers; for the engine.

        Raises `dynamic-inputs`, `dynamic-outputs`.
        """
        made, name = self._own.producers, f"{mnemonic} of '{self.label}'"
        used = {artifact: action.mnemonic for action in self._own.actions for artifact in action.inputs}
        allowed = frozenset(named)
        mistakes = [
            self.mistake("dynamic-inputs", f"{name} may use what it named, its {who} uses '{artifact}'")
            for artifact, who in used.items()
            if artifact not in allowed and artifact not in made
        ]
        mistakes += [
            self.mistake("dynamic-outputs", f"{name} must make '{output}', and makes it not")
            for output in outputs
            if output not in made
        ]
        mistakes += [
            self.mistake(
                "dynamic-outputs", f"{name} must make what it named, makes '{output}', which nothing of it uses"
            )
            for output in made
            if output not in used
            and output not in outputs
            and not _beside(self._own.actions[made[output]], used, outputs)
        ]
        raise_all([diagnostic for mistake in mistakes for diagnostic in mistake.diagnostics])
        return self._own.finish(()).graph.actions


def _beside(action: Action, used: Mapping[Artifact, str], outputs: tuple[Artifact, ...]) -> bool:
    """Tell whether something else that this action makes is needed."""
    return any(output in used or output in outputs for output in action.outputs)


def expanded(
    context: Callable[[], DynamicContext], named: Named, expand: Expand, contents: Mapping[Artifact, bytes]
) -> tuple[Action, ...]:
    """Return the actions that follow from what was read."""
    ctx = context()
    try:
        expand(ctx, contents)
    except Exception as error:
        error.add_note(f"in the expansion of {named[0]}, for {ctx.label}")
        raise
    return ctx.finish(*named)
