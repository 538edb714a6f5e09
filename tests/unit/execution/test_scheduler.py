"""The scheduler against fakes: what runs, what does not, and what becomes of failures."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etbuild.execution.fetch.present import folder_digest
from etbuild.execution.machinery import Machinery
from etbuild.execution.outcome import Execution
from etbuild.execution.root_pool import RootPool
from etbuild.execution.sandbox.protocol import SandboxCommand
from etbuild.execution.scheduler import execute
from etbuild.model.action import LOCAL, Action, ActionGraph, Mount, Resources
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import Span
from etbuild.model.events import ActionFinished
from etbuild.model.label import Label
from tests.fakes import FunctionSandbox, MemoryStore, PlainDigests, Recorder, graph_of, source
from tests.unit.execution.serial_oracle import run_serially


class World:
    """A machinery of fakes whose actions concatenate their inputs behind their own name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = FunctionSandbox(self.behave)
        self.store = MemoryStore(folder / "cas")
        self.recorder = Recorder()
        self.failing: set[str] = set()
        self.machinery = Machinery(
            self.store,
            PlainDigests(),
            self.sandbox,
            RootPool(folder / "cache"),
            folder / "logs",
            Resources(cpu=2),
            events=self.recorder,
        )

    def behave(self, command: SandboxCommand, root: Path) -> int:
        name, inputs, outputs = (part.split() for part in command.argv)
        if name[0] in self.failing:
            return 1
        content = "".join((root / path).read_text() for path in inputs)
        for path in outputs:
            (root / path).write_text(f"{name[0]}({content})")
        return 0

    def execute(self, graph: ActionGraph, *wanted: str, **changes: object) -> Execution:
        self.sandbox.ran.clear()
        self.recorder.events.clear()
        fresh = {"digests": PlainDigests(), "roots": RootPool(self.folder / "cache")}  # As for each build.
        machinery = replace(self.machinery, **{**fresh, **changes})  # type: ignore[arg-type]
        names = wanted or [output.path for action in graph.actions for output in action.outputs]
        return execute(graph, [Artifact(name, "host") for name in names], machinery)

    @property
    def ran(self) -> list[str]:
        return [argv[0] for argv in self.sandbox.ran]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def action(name: str, inputs: tuple[Artifact, ...] = (), outputs: tuple[str, ...] = (), **rest: object) -> Action:
    """Return an action that writes `name(contents of inputs)` to its outputs."""
    made = tuple(Artifact(path, "host") for path in outputs or (f"p/{name}.out",))
    argv = (name, " ".join(a.path for a in inputs), " ".join(a.path for a in made))
    fields = {"owner": Label("", "p", name), **rest}
    return Action("Make", argv, InputSet(inputs), made, **fields)  # type: ignore[arg-type]


def chain() -> ActionGraph:
    first = action("a")
    second = action("b", first.outputs)
    return graph_of(first, second, action("c", second.outputs))


def statuses(execution: Execution) -> dict[int, str]:
    return {index: outcome.status for index, outcome in execution.outcomes.items()}


def test_producers_run_before_consumers_and_only_what_is_wanted_runs(world: World) -> None:
    world.execute(chain(), "p/b.out")
    assert world.ran == ["a", "b"]


def test_a_second_build_takes_all_from_the_cache(world: World) -> None:
    world.execute(chain())
    assert statuses(world.execute(chain())) == {0: "hit", 1: "hit", 2: "hit"}
    assert world.ran == []


def test_a_changed_source_runs_what_depends_on_it_and_an_equal_output_stops_that(world: World) -> None:
    text = world.folder / "ws" / "p" / "text"
    text.parent.mkdir(parents=True)
    text.write_text("one")
    constant = Action(
        "Make", ("k", "", "p/k.out"), InputSet([source(text, world.folder / "ws")]), (Artifact("p/k.out", "host"),)
    )
    graph = graph_of(constant, action("b", constant.outputs))
    world.execute(graph)
    text.write_text("two!")
    assert statuses(world.execute(graph)) == {0: "run", 1: "hit"}


def test_hits_need_no_blobs(world: World) -> None:
    world.execute(chain())
    world.store.evict()
    execution = world.execute(chain(), "p/c.out", is_placed=lambda *_: True)
    assert world.ran == []
    assert set(statuses(execution).values()) == {"hit"}


def test_a_wanted_output_whose_blob_is_gone_is_made_again_with_what_it_needs(world: World) -> None:
    world.execute(chain())
    world.store.evict()
    execution = world.execute(chain(), "p/c.out")
    assert world.ran == ["a", "b", "c"]
    assert statuses(execution) == {0: "run", 1: "run", 2: "run"}


def test_a_blob_that_a_dependent_needs_and_is_gone_is_made_again(world: World) -> None:
    before = world.execute(chain(), "p/b.out")
    world.store.evict()
    world.execute(chain(), "p/c.out")
    assert world.ran == ["a", "b", "c"]
    assert before.files[Artifact("p/b.out", "host")][0][1].digest.size == len("b(a())")


def test_a_rewound_action_that_makes_other_bytes_gives_its_dependents_new_keys(world: World) -> None:
    world.execute(chain(), "p/b.out")
    world.store.evict()
    behave = world.behave

    def other(command: SandboxCommand, root: Path) -> int:
        code = behave(command, root)
        if command.argv[0] == "a":
            (root / "p/a.out").write_text("other")
        return code

    world.sandbox.behaviour = other
    execution = world.execute(chain(), "p/c.out")
    assert execution.failures == ()
    [(_, file)] = execution.files[Artifact("p/c.out", "host")]
    blob = world.store.blob(file.digest)
    assert blob is not None
    assert blob.read_text() == "c(b(other))"


def test_two_equal_actions_run_once(world: World) -> None:
    first = action("a")
    twin = replace(first, outputs=(Artifact("p/a.out", "arm"),))
    graph = graph_of(first, twin)
    execution = execute(graph, [*first.outputs, *twin.outputs], world.machinery)
    assert world.ran == ["a"]
    assert statuses(execution) == {0: "run", 1: "shared"}
    assert execution.files[first.outputs[0]] == execution.files[twin.outputs[0]]


def test_after_a_failure_nothing_new_starts(world: World) -> None:
    world.failing = {"a"}
    graph = graph_of(action("a"), action("b"), action("c", (Artifact("p/a.out", "host"),)))
    execution = world.execute(graph)
    assert statuses(execution)[0] == "failed"
    assert statuses(execution)[2] == "skipped"


def test_keep_going_makes_what_can_be_made(world: World) -> None:
    world.failing = {"a"}
    lone = action("z")
    execution = world.execute(graph_of(*chain().actions, lone), keep_going=True)
    assert statuses(execution) == {0: "failed", 1: "skipped", 2: "skipped", 3: "run"}
    assert [d.code for d in execution.failures] == ["action-failed"]


def test_failures_are_not_cached(world: World) -> None:
    world.failing = {"a"}
    world.execute(chain())
    world.failing = set()
    assert set(statuses(world.execute(chain())).values()) == {"run"}


def test_a_failed_test_stops_nothing(world: World) -> None:
    world.failing = {"t"}
    tests = [replace(action(name), mnemonic="Test", outputs=()) for name in ("t", "u")]
    tests = [replace(each, argv=(each.argv[0], "", "")) for each in tests]
    execution = execute(graph_of(*tests), [], world.machinery, also=[0, 1])
    assert statuses(execution) == {0: "failed", 1: "run"}
    assert [d.code for d in execution.failures] == ["test-failed"]


def test_a_killed_action_is_tried_again_alone_once(world: World) -> None:
    kills = {"a": 1, "b": 2}
    behave = world.behave

    def killed(command: SandboxCommand, root: Path) -> int:
        name = command.argv[0]
        kills[name] = kills.get(name, 0) - 1
        return -9 if kills[name] >= 0 else behave(command, root)

    world.sandbox.behaviour = killed
    execution = world.execute(graph_of(action("a"), action("b"), action("c")), keep_going=True)
    assert statuses(execution) == {0: "run", 1: "failed", 2: "run"}
    assert sorted(world.ran) == ["a", "a", "b", "b", "c"]
    assert execution.failures[0].message == "Make of '//p:b' was killed by signal 9"


def test_a_missing_output_is_an_error_that_names_it(world: World) -> None:
    world.sandbox.behaviour = lambda _command, _root: 0
    [failure] = world.execute(graph_of(action("a"))).failures
    assert (failure.code, failure.message) == (
        "output-missing",
        "Make of '//p:a' must make a file 'p/a.out', made nothing",
    )


def test_a_source_that_changes_while_it_is_read_is_an_error(world: World) -> None:
    text = world.folder / "ws" / "text"
    text.parent.mkdir()
    text.write_text("one")

    def meddle(command: SandboxCommand, root: Path) -> int:
        text.write_text("two")
        return world.behave(command, root)

    world.sandbox.behaviour = meddle
    [failure] = world.execute(graph_of(action("a", (source(text, world.folder / "ws"),)))).failures
    assert failure.code == "input-changed"
    assert failure.message == f"'{text}' must stay as it is while it is built from, changed while Make of '//p:a' ran"
    assert world.store.results == {}


@pytest.mark.parametrize("kind", [LOCAL, "repository"])
def test_a_local_folder_that_changes_while_it_is_seen_is_an_error(world: World, kind: str) -> None:
    folder = world.folder / "sdk"
    folder.mkdir()
    mount = Mount("/etbuild/repositories/sdk", folder_digest(folder)[0], kind, str(folder))

    def meddle(command: SandboxCommand, root: Path) -> int:
        (folder / command.argv[0]).touch()
        return world.behave(command, root)

    graph = graph_of(action("a", mounts=(mount,)), action("b"))
    assert not world.execute(graph).failures
    world.store.results.clear()
    world.sandbox.behaviour = meddle
    failures = world.execute(graph, keep_going=True).failures
    message = f"'{folder}' must stay as it is while it is built from, changed while Make of '//p:a' ran"
    assert [(each.code, each.message) for each in failures] == ([("input-changed", message)] if kind == LOCAL else [])
    assert len(world.store.results) == (1 if kind == LOCAL else 2)


def test_a_tools_mistake_stands_at_its_attribute(world: World) -> None:
    def refuse(command: SandboxCommand, _root: Path) -> int:
        Path(command.report, "diagnostics.json").write_text(
            '[{"code": "bad-entry", "message": "no", "attribute": "entry", "index": 2, "notes": ["n"], "hint": "h"}]'
        )
        return 65

    world.sandbox.behaviour = refuse
    place = Span("BUILD.toml", 3, 1)
    asked: list[object] = []

    def span_of(_action: Action, attribute: str | None, index: int | None) -> Span:
        asked.append((attribute, index))
        return place

    [failure] = world.execute(graph_of(action("a")), span_of=span_of).failures
    assert (failure.code, failure.message, failure.notes, failure.hint) == ("bad-entry", "no", ("n",), "h")
    assert failure.span is place
    assert asked == [("entry", 2)]


def test_one_mistake_at_two_places_is_told_twice_and_at_one_place_once(world: World) -> None:
    def refuse(command: SandboxCommand, _root: Path) -> int:
        Path(command.report, "diagnostics.json").write_text('[{"code": "bad-entry", "message": "no"}]')
        return 65

    world.sandbox.behaviour = refuse
    places = {"a": Span("BUILD.toml", 3, 1), "b": Span("BUILD.toml", 9, 1), "c": Span("BUILD.toml", 9, 1)}

    def span_of(action: Action, _attribute: str | None, _index: int | None) -> Span:
        return places[action.owner.name if action.owner else ""]

    graph = graph_of(action("a"), action("b"), action("c"))
    failures = world.execute(graph, span_of=span_of, keep_going=True).failures
    assert [failure.span for failure in failures] == [places["a"], places["b"]]


def test_an_action_that_differs_from_run_to_run_is_found_when_each_runs_twice(world: World) -> None:
    runs = iter(range(9))

    def count(command: SandboxCommand, root: Path) -> int:
        (root / command.argv[2]).write_text(str(next(runs)))
        return 0

    world.sandbox.behaviour = count
    [failure] = world.execute(graph_of(action("a")), twice=True).failures
    assert failure.code == "not-reproducible"
    assert failure.message == "Make of '//p:a' must make the same bytes each time, made different ones of p/a.out"
    world.sandbox.behaviour = world.behave
    assert world.execute(chain(), twice=True).failures == ()
    assert world.ran == ["a", "a", "b", "b", "c", "c"]


def test_rerun_runs_what_is_cached(world: World) -> None:
    world.execute(chain())
    world.execute(chain(), rerun=frozenset({1}))
    assert world.ran == ["b"]


def test_the_longest_chain_starts_first_by_earlier_times(world: World) -> None:
    graph = graph_of(action("a"), action("b"), action("c"))
    for name, wall_ms in (("a", 1), ("b", 50), ("c", 900)):
        world.store.timings[f"Make p/{name}.out "] = (wall_ms, 0)
    graph = graph_of(*(replace(each, configuration="") for each in graph.actions))
    world.execute(graph, capacity=Resources(cpu=1))
    assert world.ran == ["c", "b", "a"]


def test_events_tell_each_action_once(world: World) -> None:
    world.execute(chain())
    finished = [event for event in world.recorder.events if isinstance(event, ActionFinished)]
    assert [(event.index, event.outcome, event.owner) for event in finished] == [
        (0, "run", "//p:a"),
        (1, "run", "//p:b"),
        (2, "run", "//p:c"),
    ]


@st.composite
def graphs(draw: st.DrawFn) -> ActionGraph:
    actions: list[Action] = []
    for number in range(draw(st.integers(1, 8))):
        outputs = [output for each in actions for output in each.outputs]
        inputs = draw(st.lists(st.sampled_from(outputs), max_size=3, unique=True)) if outputs else []
        names = tuple(f"p{number % 3}/{number}.{part}" for part in range(draw(st.integers(1, 2))))
        actions.append(action(f"n{number}", tuple(inputs), names))
    return graph_of(*actions)


@settings(max_examples=60, deadline=None)
@given(
    graphs(), st.lists(st.sets(st.integers(0, 7)), min_size=1, max_size=3), st.sets(st.integers(0, 40)), st.booleans()
)
def test_any_graph_ends_as_the_serial_oracle_says(
    graph: ActionGraph, failing: list[set[int]], lost: set[int], evict_all: bool
) -> None:
    """Several builds in a row, with failures that come and go and blobs that vanish between them."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for fails in failing:
            world.failing = {f"n{number}" for number in fails}
            execution = world.execute(graph, keep_going=True)

            def run(each: Action, inputs: list[bytes], failing: frozenset[str]) -> list[bytes] | None:
                made = f"{each.argv[0]}({b''.join(inputs).decode()})".encode()
                return None if each.argv[0] in failing else [made] * len(each.outputs)

            # What was made once stays in the cache, whatever would fail now.
            cached = {each.argv[0] for i, each in enumerate(graph.actions) if execution.outcomes[i].status == "hit"}
            blocked = frozenset(world.failing - cached)
            wanted = [output for each in graph.actions for output in each.outputs]
            expected = run_serially(graph, wanted, lambda each, inputs, blocked=blocked: run(each, inputs, blocked))
            for artifact, content in expected.items():
                files = execution.files.get(artifact)
                if content is None:
                    assert execution.outcomes[graph.producers[artifact]].status in ("failed", "skipped")
                else:
                    assert files is not None
                    assert files[0][1].digest.hash == hashlib.sha256(content).hexdigest()
            blobs = sorted(world.store.folder.iterdir())
            for number in lost if not evict_all else range(len(blobs)):
                if number < len(blobs):
                    blobs[number].unlink()
        world.machinery.roots.close()
