"""explain: why a target's actions ran, or will run. Runs nothing; words nothing but places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from etbuild.analysis.plan import plan_with_tests
from etbuild.analysis.query import attribute_text
from etbuild.build import LOGS, OUTPUTS
from etbuild.execution.action_key import ActionKey, action_command
from etbuild.execution.event_log import RAN
from etbuild.execution.explain import Difference, explain
from etbuild.execution.manifest import Manifest, manifest_of
from etbuild.execution.store import Store
from etbuild.history import History, Name
from etbuild.keys import known_graph, known_keys, needed_actions
from etbuild.model.action import Action, ActionGraph
from etbuild.model.diagnostics import Diagnostic, EtbuildError, Span
from etbuild.model.frozen import frozen, replace
from etbuild.model.plan import PlannedTarget
from etbuild.model.target import TargetGraph
from etbuild.session import Session

_SPEC = re.compile(r"-[0-9a-f]{16}(?=[.\s]|$)")
"""The digest of attributes in an output's name."""


@frozen
class Reason:
    """One thing that differs, and where it comes from."""

    kind: str
    name: str
    old: str | None
    new: str | None
    text: str
    place: str = ""
    """Where the user wrote it, or which action made it."""


@frozen
class ExplainedAction:
    """An action of the target."""

    mnemonic: str
    owner: str
    state: str
    """`will run`, `waits` (for one that will run), `ran` (in the build that is explained) or `cached`."""
    key: str
    reasons: tuple[Reason, ...] = ()
    note: str = ""
    """Said where there is no difference to show."""


@frozen
class Explanation:
    """Why a target was built, or will be."""

    label: str
    platform: str
    built: float
    """When the build that is explained began, in seconds since 1970; 0 if there was none."""
    actions: tuple[ExplainedAction, ...]


def explain_target(session: Session, target: str) -> tuple[Explanation, ...]:
    """Return why each of the target's actions ran in the last build that ran any, or will run in the next."""
    graph = session.load((target,))
    plan = plan_with_tests(session.analyze(graph))
    store = Store.open(Path(session.settings.cache))
    try:
        wanted = [plan.actions.producers[each] for each in plan.wanted if each in plan.actions.producers]
        wanted += [each.test for each in plan.targets if each.test is not None]
        actions = known_graph(plan.actions, needed_actions(plan.actions, wanted), store)
        # With what dynamic actions came to, the others may stand elsewhere.
        places = {id(action): index for index, action in enumerate(actions.actions)}
        tests = [None if each.test is None else places[id(plan.actions.actions[each.test])] for each in plan.targets]
        targets = [replace(each, test=test) for each, test in zip(plan.targets, tests, strict=True)]
        explainer = _Explainer(actions, graph, store, History(store, session.root / OUTPUTS / LOGS))
        found = tuple(explained for explained in map(explainer.explain, targets) if explained.actions)
        if not found:
            message = f"'{target}' must have actions to explain, has none"
            raise EtbuildError(Diagnostic("nothing-to-explain", message))
        return found
    finally:
        store.close()


class _Explainer:
    def __init__(self, actions: ActionGraph, targets: TargetGraph, store: Store, history: History) -> None:
        self._actions = actions
        self._targets = targets
        self._store = store
        self._history = history

    def explain(self, target: PlannedTarget) -> Explanation:
        producers = self._actions.producers
        wanted = (*(artifact for artifact, _ in target.files), *target.validations)
        roots = [producers[each] for each in wanted if each in producers]
        needed = needed_actions(self._actions, roots if target.test is None else [*roots, target.test])
        keys = known_keys(self._actions, needed, self._store)
        names: dict[Name, set[str]] = {}
        for index, key in keys.items():
            action = self._actions.actions[index]
            names.setdefault((action.mnemonic, str(action.owner or "")), set()).add(key.key)
        build, outcomes = self._history.last_build(names)
        self._current = {key.key for key in keys.values()}
        explained = [self._action(self._actions.actions[index], keys.get(index), outcomes) for index in needed]
        return Explanation(target.label, target.platform, build.started if build else 0, tuple(explained))

    def _action(self, action: Action, key: ActionKey | None, outcomes: Mapping[str, str]) -> ExplainedAction:
        owner = str(action.owner or "")
        if key is not None and self._store.result(key.key) is not None and outcomes.get(key.key) not in RAN:
            return ExplainedAction(action.mnemonic, owner, "cached", key.key)
        before = self._history.earlier(action, self._current)
        if key is None:
            # As if it read what it read before: its command may differ all the same.
            command = action_command(action)
            found = self._nearest((old, replace(old, key="", command=command)) for old in before)
            found = tuple(each for each in found if each.kind != "engine")
            note = "reads what an action above has yet to make"
            return ExplainedAction(action.mnemonic, owner, "waits", "", self._reasons(found, action), note)
        reasons = self._reasons(self._nearest((old, manifest_of(key)) for old in before), action)
        if self._store.result(key.key) is not None:
            return ExplainedAction(action.mnemonic, owner, "ran", key.key, reasons, "no earlier run of it is known")
        note = "its result is not in the cache" if self._store.manifest(key.key) else "no earlier run of it is known"
        note = "it failed in the last build" if outcomes.get(key.key) == "failed" else note
        return ExplainedAction(action.mnemonic, owner, "will run", key.key, reasons, note)

    def _nearest(self, pairs: Iterable[tuple[Manifest, Manifest]]) -> tuple[Difference, ...]:
        return min((tuple(_settled(explain(old, new))) for old, new in pairs), key=len, default=())

    def _reasons(self, found: Iterable[Difference], action: Action) -> tuple[Reason, ...]:
        return tuple(Reason(d.kind, d.name, d.old, d.new, str(d), self._place(d, action)) for d in found)

    def _place(self, difference: Difference, action: Action) -> str:
        """Return which action made an input, or where the attribute stands that a flag or variable was made of."""
        if difference.kind == "input":
            made = (index for output, index in self._actions.producers.items() if output.path == difference.name)
            return "".join(f"made by {self._actions.actions[index].mnemonic}" for index in list(made)[:1])
        owner = self._targets.targets.get(action.owner) if action.owner else None
        if owner is None or difference.kind not in ("argv", "env"):
            return ""
        specs = [owner, *(self._targets.targets[need] for need in owner.dependencies if need in self._targets.targets)]
        flag = difference.name.lstrip("-").replace("-", "_").lower()
        assigned = (difference.new or "").partition("=")[0]
        for spec in specs:
            same = (name for name in spec.raw if difference.new and attribute_text(spec, name) == difference.new)
            for name in (flag, assigned, *same):
                if name in spec.spans and name:
                    return _shown(spec.spans[name])
        place = owner.span()
        return _shown(place) if place else ""


def _settled(differences: Iterable[Difference]) -> Iterator[Difference]:
    """Yield what differs in more than the digest in an output's name, which repeats an attribute's flag."""
    found = tuple(differences)
    gone = {(each.kind, _SPEC.sub("", each.name)): each for each in found if each.new is None}
    new = {(each.kind, _SPEC.sub("", each.name)): each for each in found if each.old is None}
    for each in found:
        name = (each.kind, _SPEC.sub("", each.name))
        if each.kind in ("input", "output") and name in gone and name in new:
            if each is new[name] and gone[name].old != each.new:
                yield replace(each, old=gone[name].old)
        elif not (each.old and each.new and _SPEC.sub("", each.old) == _SPEC.sub("", each.new)):
            yield each


def _shown(span: Span) -> str:
    return f"{span.file}:{span.line}:{span.column}"
