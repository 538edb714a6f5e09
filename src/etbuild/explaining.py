"""explain: why a target's actions ran, or will run. Runs nothing; words nothing but places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from etbuild.analysis.plan import plan_build
from etbuild.analysis.query import attribute_text
from etbuild.build import LOGS, OUTPUTS
from etbuild.execution.action_key import ActionKey, action_command, action_identity
from etbuild.execution.event_log import RAN, BuildLog, last_builds, read_log
from etbuild.execution.explain import Difference, explain
from etbuild.execution.manifest import manifest_of
from etbuild.execution.store import Store
from etbuild.keys import known_keys, needed_actions
from etbuild.model.action import Action, ActionGraph
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.target import TargetGraph
from etbuild.session import Session


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that differs, and where it comes from."""

    kind: str
    name: str
    old: str | None
    new: str | None
    text: str
    place: str = ""
    """Where the user wrote it, or which action made it."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    plan = plan_build(session.analyze(graph))
    store = Store.open(Path(session.settings.cache))
    try:
        return tuple(
            _Explainer(plan.actions, graph, store, session.root / OUTPUTS / LOGS).explain(
                each.label, each.platform, roots
            )
            for each in plan.targets
            for roots in [[plan.actions.producers[a] for a, _ in each.files if a in plan.actions.producers]]
        )
    finally:
        store.close()


class _Explainer:
    def __init__(self, actions: ActionGraph, targets: TargetGraph, store: Store, logs: Path) -> None:
        self._actions = actions
        self._targets = targets
        self._store = store
        self._logs = logs

    def explain(self, label: str, platform: str, roots: list[int]) -> Explanation:
        needed = needed_actions(self._actions, roots)
        if not needed:
            raise EtbuildError(Diagnostic("nothing-to-explain", f"'{label}' must have actions to explain, has none"))
        keys = known_keys(self._actions, needed, self._store)
        build, outcomes = self._last_build({index: key.key for index, key in keys.items()})
        explained = [self._action(self._actions.actions[index], keys.get(index), outcomes) for index in needed]
        return Explanation(label, platform, build.started if build else 0, tuple(explained))

    def _last_build(self, keys: Mapping[int, str]) -> tuple[BuildLog | None, Mapping[str, str]]:
        """Return the newest build that ran one of these actions, unless a build since then had other keys for them."""
        known: dict[tuple[str, str], set[str]] = {}
        for index, key in keys.items():
            action = self._actions.actions[index]
            known.setdefault((action.mnemonic, str(action.owner or "")), set()).add(key)
        for path in last_builds(self._logs):
            build = read_log(path)
            logged: dict[tuple[str, str], dict[str, str]] = {}
            for each in build.actions:
                logged.setdefault((each.mnemonic, each.owner), {})[each.key] = each.outcome
            outcomes = {k: outcome for name in known for k, outcome in logged.get(name, {}).items() if k in known[name]}
            if RAN.intersection(outcomes.values()):
                return build, outcomes
            if any(name in logged and known[name].isdisjoint(logged[name]) for name in known):
                break
        return None, {}

    def _action(self, action: Action, key: ActionKey | None, outcomes: Mapping[str, str]) -> ExplainedAction:
        owner = str(action.owner or "")
        manifests = self._store.manifests(action_identity(action))
        if key is None:
            # As if it read what it read before: its command may differ all the same.
            new = [replace(each, key="", command=action_command(action)) for each in manifests[:1]]
            found = tuple(d for d in explain(manifests[0], new[0]) if d.kind != "engine") if new else ()
            note = "reads what an action above has yet to make"
            return ExplainedAction(action.mnemonic, owner, "waits", "", self._reasons(found, action), note)
        if self._store.result(key.key) is None:
            last = manifests[:1]
            found = explain(last[0], manifest_of(key)) if last else ()
            note = "its result is not in the cache" if last else "it never ran here"
            note = "it failed in the last build" if outcomes.get(key.key) == "failed" else note
            return ExplainedAction(action.mnemonic, owner, "will run", key.key, self._reasons(found, action), note)
        if outcomes.get(key.key) not in RAN or not manifests or manifests[0].key != key.key:
            return ExplainedAction(action.mnemonic, owner, "cached", key.key)
        found = explain(manifests[1], manifests[0]) if len(manifests) > 1 else ()
        return ExplainedAction(
            action.mnemonic, owner, "ran", key.key, self._reasons(found, action), "it had never run here before"
        )

    def _reasons(self, found: tuple[Difference, ...], action: Action) -> tuple[Reason, ...]:
        return tuple(
            Reason(each.kind, each.name, each.old, each.new, str(each), self._place(each, action)) for each in found
        )

    def _place(self, difference: Difference, action: Action) -> str:
        if difference.kind == "input":
            made = (index for output, index in self._actions.producers.items() if output.path == difference.name)
            return "".join(f"made by {self._actions.actions[index].mnemonic}" for index in list(made)[:1])
        spec = self._targets.targets.get(action.owner) if action.owner else None
        for name in self._attributes(difference):
            if spec is not None and name in spec.spans:
                span = spec.spans[name]
                return f"{span.file}:{span.line}:{span.column}"
        if spec is not None:  # A value that stands in the text as it is.
            same = (name for name in spec.raw if difference.new and attribute_text(spec, name) == difference.new)
            at = next((spec.spans[name] for name in same if name in spec.spans), None) or spec.span()
            return f"{at.file}:{at.line}:{at.column}" if at and difference.kind in ("argv", "env") else ""
        return ""

    def _attributes(self, difference: Difference) -> Iterator[str]:
        """Yield what the attribute may be called that a flag or variable was made of."""
        if difference.kind in ("argv", "env") and difference.name:
            yield difference.name.lstrip("-").replace("-", "_").lower()
