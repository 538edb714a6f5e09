"""Scheduler: actions to results, in one thread. Decides what runs when; knows nothing of how a command runs.

An action is Waiting for its producers, then Ready: its key is looked up, and it is Done (a hit: digests only, no blob
is touched) or Runnable. It is Running when there is room, then Done or Failed; what depends on a failed one is Skipped.
If a blob that a Runnable action needs is gone, its producer becomes Runnable again, and the action Waiting.
"""

from __future__ import annotations

import errno
import functools
import signal
from collections.abc import Iterable, Mapping, Sequence

from etbuild.execution.action_key import ActionKey, action_identity, action_key
from etbuild.execution.critical_path import sources_of
from etbuild.execution.database import disk_full
from etbuild.execution.expansion import actions_of
from etbuild.execution.failure import (
    diagnose,
    input_changed,
    keep_log,
    name_of,
    not_reproducible,
    undeclared_headers,
    why_not,
)
from etbuild.execution.farm_inputs import FarmInputs
from etbuild.execution.frontier import Frontier
from etbuild.execution.input_tree import Files, InputTrees, files_of
from etbuild.execution.interruption import Interruption
from etbuild.execution.local_mounts import LocalMounts
from etbuild.execution.machinery import Machinery
from etbuild.execution.outcome import TEST, Execution, Outcome
from etbuild.execution.run_queue import RunQueue
from etbuild.execution.running_action import Ended, RunningAction
from etbuild.execution.running_actions import RunningActions
from etbuild.execution.used_headers import UsedHeaders
from etbuild.model.action import Action, ActionGraph, ActionResult, Mount
from etbuild.model.artifact import Artifact
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import ActionFinished, ActionsPlanned, ActionStarted
from etbuild.model.frozen import replace
from etbuild.model.graph import reachable

_REWINDS = 3
"""Times an action is made again because its blobs vanish, before that is taken for a broken disk."""
_KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)


class GivenLostError(Exception):
    """A blob is gone of an output that was given: whoever knows its producer must be asked."""


def execute(
    graph: ActionGraph,
    wanted: Iterable[Artifact],
    machinery: Machinery,
    also: Iterable[int] = (),
    given: Mapping[Artifact, Files] | None = None,
) -> Execution:
    """Make `wanted`, and run the actions `also`, which may have no outputs.

    `given` are outputs of actions that are not in the graph. Raises GivenLostError.
    """
    machinery = replace(machinery, realize_mount=functools.cache(machinery.realize_mount))
    with Interruption() as interruption:
        return Scheduler(graph, tuple(wanted), tuple(also), machinery, given or {}, interruption).run()


class Scheduler:
    """The state of one execution. It is also where the keys of actions learn what artifacts hold."""

    def __init__(
        self,
        graph: ActionGraph,
        wanted: Sequence[Artifact],
        also: Sequence[int],
        machinery: Machinery,
        given: Mapping[Artifact, Files],
        interruption: Interruption,
    ) -> None:
        self._machinery = machinery
        self._frontier = Frontier(graph, wanted, also)
        self._queue = RunQueue(self._frontier, machinery.store)
        self._trees = InputTrees(self)
        self._used = UsedHeaders(self, machinery.store)
        self._farm = FarmInputs(self)
        self._files: dict[Artifact, Files] = dict(given)
        self._outcomes: dict[int, Outcome] = {}
        self._dynamic: list[Action] = []
        self._keys: dict[int, ActionKey] = {}
        self._leaders: dict[str, int] = {}
        """Who runs, or will, of those that have this key."""
        self._followers: dict[int, list[int]] = {}
        self._ran: dict[str, ActionResult] = {}
        self._running = RunningActions(machinery, interruption)
        self._interruption = interruption
        self._rewound: dict[int, list[int]] = {}
        """Actions being made again, and who waits for their blobs."""
        self._rewinds: dict[int, int] = {}
        self._first: dict[int, ActionResult] = {}
        """Results of first runs, where each action runs twice."""
        self._mounts: set[Mount] = set()
        self._local = LocalMounts(machinery.realize_mount)
        self._planned = len(self._frontier.needed)
        self._stopping = False
        self._start = machinery.clock()

    @property
    def _graph(self) -> ActionGraph:
        return self._frontier.graph

    def run(self) -> Execution:
        """Run to the end. Leaves no child behind, however it ends."""
        try:
            with self._interruption.lifted():  # All at once is cheaper than one by one, and many may be big.
                self._digest_sources(self._frontier.needed)
            self._machinery.events(ActionsPlanned(self._planned))
            while not self._interruption.happened:
                self._look_up()
                self._start_what_fits()
                if not self._running:
                    break
                self._local.begin_round()
                for running in self._running.wait():
                    self._complete(running)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise disk_full(self._machinery.roots.cache) from error
        finally:
            self._running.close()
        for index in self._frontier.needed:
            if index not in self._outcomes:
                self._finish(index, Outcome("skipped", self._key(index)))
        return Execution(self._files, self._outcomes, self._machinery.sandbox.name, self._graph, tuple(self._dynamic))

    def files(self, artifact: Artifact) -> Files:
        """Return what an artifact holds: for keys."""
        if not artifact.is_source:
            return self._files[artifact]
        if artifact.is_tree:
            return [(f"{artifact.path}/{path}", file) for path, file in self._machinery.digests.tree(artifact.location)]
        return ((artifact.path, self._machinery.digests.digest(artifact.location)),)

    def _digest_sources(self, indices: Iterable[int]) -> None:
        self._machinery.digests.look_up(sources_of(self._graph.actions[index] for index in indices))

    # Ready: keys, hits, equal actions.

    def _look_up(self) -> None:
        while self._frontier.ready and not self._stopping:
            index = self._frontier.ready.popleft()
            if self._graph.actions[index].expansion:
                self._expand(index)
                continue
            try:
                self._keys[index] = action_key(self._graph.actions[index], self._trees)
            except FileNotFoundError as error:
                self._fail(index, why_not(self._graph.actions[index], error, self._machinery))
                continue
            key = self._keys[index].key
            must_run = index in self._machinery.rerun or index in self._rewound
            if must_run or not self._take(index, key):
                leader = self._leaders.setdefault(key, index)
                if leader == index:
                    self._queue.push(index)
                else:
                    self._followers.setdefault(leader, []).append(index)

    def _expand(self, index: int) -> None:
        """Put the actions that follow from what a dynamic one reads in its place."""
        action = self._graph.actions[index]
        try:
            actions, missing = actions_of(action, self.files, self._machinery.store)
            if missing:
                self._rewind(index, missing)
                return
            new = self._frontier.expand(index, actions, {*self._outcomes, *self._rewound})
        except (EtbuildError, FileNotFoundError) as error:
            self._fail(index, why_not(action, error, self._machinery))
            return
        self._dynamic.append(action)
        self._digest_sources(new)
        self._machinery.expanded(self._graph)
        self._plan_more(len(new) - 1)

    def _plan_more(self, count: int) -> None:
        self._planned += count
        self._machinery.events(ActionsPlanned(self._planned))

    def _take(self, index: int, key: str) -> bool:
        """Take the result of an equal action, of this build or an earlier one, if what is wanted of it is there."""
        result, status = self._ran.get(key), "shared"
        if result is None:
            result, status = self._machinery.store.result(key), "hit"
        if result is None and self._graph.actions[index].depfile:
            result = self._used.result(self._graph.actions[index], self._keys[index])
        if result is None or not self._is_at_hand(index, result):
            return False
        self._machinery.store.reuse(action_identity(self._graph.actions[index]), self._keys[index], result)
        self._succeed(index, Outcome(status, key, result))
        return True

    def _is_at_hand(self, index: int, result: ActionResult) -> bool:
        for artifact in self._frontier.wanted.get(index, ()):
            for path, file in files_of(artifact, result):
                if self._machinery.is_placed(artifact, path, file):
                    continue
                if self._machinery.store.blob(file.digest, file.executable) is None:
                    return False
        return True

    # Runnable: inputs, and blobs that are gone.

    def _start_what_fits(self) -> None:
        while not self._stopping and len(self._running) < self._machinery.capacity.cpu:
            index = self._queue.pop(self._running, self._machinery.capacity)
            if index is None:
                return
            mounts = self._graph.actions[index].mounts
            if not self._mounts.issuperset(mounts):
                with self._interruption.lifted():  # Environments are installed on demand.
                    for mount in mounts:
                        self._machinery.realize_mount(mount)
                self._mounts.update(mounts)
            self._start_or_rewind(index)

    def _start_or_rewind(self, index: int) -> None:
        action, machinery = self._graph.actions[index], self._machinery
        inputs = self._farm.of(action)
        root = machinery.roots.take()
        try:
            missing = root.fill(inputs, action.written, machinery.store.blob, link=not machinery.sandbox.binds)
        except FileNotFoundError as error:
            machinery.roots.give_back(root)
            self._fail(index, why_not(action, error, machinery))
            return
        if missing:
            machinery.roots.give_back(root)
            self._rewind(index, set(missing))
            return
        if index not in self._first and index not in self._queue.alone:
            machinery.events(ActionStarted(index, action.mnemonic, str(action.owner or ""), action.progress))
        changed = machinery.digests.changed(root.copied)
        if changed:  # What the root holds is in no key: nobody gets it again.
            self._fail(index, input_changed(action, changed, machinery))
            return
        root.copied.clear()
        self._running.add(RunningAction(machinery, index, action, root, inputs))

    def _rewind(self, index: int, missing: set[str]) -> None:
        """Make the producers of vanished blobs run again; `index` waits for them."""
        lost = [
            artifact
            for artifact in self._graph.actions[index].inputs
            if not artifact.is_source and any(path in missing for path, _ in self._files[artifact])
        ]
        if not all(artifact in self._graph.producers for artifact in lost):
            raise GivenLostError
        producers = {self._graph.producers[artifact] for artifact in lost}
        self._frontier.waiting[index] = len(producers)
        self._leaders.pop(self._key(index), None)
        for producer in sorted(producers):
            waiting = self._rewound.get(producer)
            if waiting is not None:
                waiting.append(index)
                continue
            self._rewinds[producer] = self._rewinds.get(producer, 0) + 1
            if self._rewinds[producer] > _REWINDS:
                name = name_of(self._graph.actions[producer])
                raise EtbuildError(
                    Diagnostic("store-lost", f"the cache must keep what {name} makes, loses it each time")
                )
            self._rewound[producer] = [index]
            del self._outcomes[producer]
            self._ran.pop(self._keys[producer].key, None)
            self._plan_more(1)
            self._queue.push(producer)

    # Running: waiting, deadlines, the end.

    def _complete(self, running: RunningAction) -> None:
        index, action = running.index, running.action
        ended = running.finish()
        if ended.end.lost:
            self._queue.push(index)
            return
        if ended.end.code in _KILLED and not ended.timed_out and index not in self._queue.alone:
            self._queue.alone.add(index)
            self._queue.push(index)
            return
        changed = [*self._machinery.digests.changed(self._farm.sources(action)), *self._local.changed(action)]
        if changed:
            self._fail(index, input_changed(action, changed, self._machinery), ended)
        elif ended.succeeded:
            self._keep(index, ended)
        else:
            log = keep_log(self._machinery.logs, self._keys[index].key, action, ended)
            self._fail(index, diagnose(self._machinery, action, ended, log), ended, log)

    def _keep(self, index: int, ended: Ended) -> None:
        store, key = self._machinery.store, self._keys[index].key
        undeclared = self._used.record(self._graph.actions[index], self._keys[index], ended.read) if ended.read else ()
        if undeclared:
            self._fail(index, undeclared_headers(self._graph.actions[index], undeclared, self._machinery), ended)
            return
        stdout = store.put(ended.stdout) if ended.stdout else None
        stderr = store.put(ended.stderr) if ended.stderr else None
        name = self._machinery.sandbox.name
        result = ActionResult(ended.files, stdout, stderr, ended.wall_ms, ended.peak_ram, name)
        if self._machinery.twice:
            first = self._first.pop(index, None)
            if first is None:
                self._first[index] = result
                self._queue.push(index)
                return
            different = sorted(path for path, file in result.files.items() if first.files.get(path) != file)
            if different:
                action = self._graph.actions[index]
                self._fail(index, not_reproducible(action, different, self._machinery), ended)
                return
        store.record(action_identity(self._graph.actions[index]), self._keys[index], result)
        self._ran[key] = result
        self._leaders.pop(key, None)
        self._succeed(index, Outcome("run", key, result, wall_ms=ended.wall_ms))
        for follower in self._followers.pop(index, ()):
            self._succeed(follower, Outcome("shared", key, result))

    def _succeed(self, index: int, outcome: Outcome) -> None:
        assert outcome.result is not None  # noqa: S101 - said by the status.
        changed = False
        for artifact in self._graph.actions[index].outputs:
            files = files_of(artifact, outcome.result)
            changed = changed or self._files.get(artifact, files) != files
            self._files[artifact] = files
        if changed:
            self._trees.forget()
            self._used.forget()
            self._farm.forget()
        self._finish(index, outcome)
        waiting = self._rewound.pop(index) if index in self._rewound else self._frontier.dependents[index]
        self._frontier.release(waiting, self._outcomes)

    def _fail(self, index: int, diagnostics: tuple[Diagnostic, ...], ended: Ended | None = None, log: str = "") -> None:
        action = self._graph.actions[index]
        key = self._key(index)
        failed = Outcome("failed", key, None, diagnostics, log)
        if ended is not None:
            failed = replace(failed, exit_code=ended.end.code, timed_out=ended.timed_out, wall_ms=ended.wall_ms)
        self._leaders.pop(key, None)
        followers = self._followers.pop(index, [])
        for each in (index, *followers):
            self._finish(each, failed if each == index else replace(failed, diagnostics=()))
        waiting = self._rewound.pop(index, [])
        reached = reachable([index, *followers, *waiting], lambda each: self._frontier.dependents.get(each, ()))
        for each in reached:
            if each not in self._outcomes:
                self._finish(each, Outcome("skipped", self._key(each)))
        if not self._machinery.keep_going and action.mnemonic != TEST:
            self._stopping = True

    def _finish(self, index: int, outcome: Outcome) -> None:
        self._outcomes[index] = outcome
        action, result = self._graph.actions[index], outcome.result
        wall_ms = outcome.wall_ms
        now = round((self._machinery.clock() - self._start) * 1000)
        self._machinery.events(
            ActionFinished(
                index,
                action.mnemonic,
                str(action.owner or ""),
                outcome.status,
                outcome.key,
                now - wall_ms,
                wall_ms,
                result.peak_ram if result and outcome.status == "run" else 0,
                self._machinery.sandbox.name if outcome.status == "run" else "",
                result.wall_ms if result and outcome.status != "run" else 0,
                outcome.diagnostics,
            )
        )

    def _key(self, index: int) -> str:
        return self._keys[index].key if index in self._keys else ""
