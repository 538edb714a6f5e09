"""Whole executions with real commands, the real store and each sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from etbuild.execution.execution_root import SMALL
from etbuild.execution.file_digests import FileDigests
from etbuild.execution.machinery import Machinery
from etbuild.execution.outcome import Execution
from etbuild.execution.root_pool import RootPool
from etbuild.execution.sandbox.choose import choose_sandbox
from etbuild.execution.scheduler import execute
from etbuild.execution.store import Store
from etbuild.model.action import Action, Resources
from etbuild.model.artifact import Artifact
from etbuild.model.events import ActionFinished, ActionProgress, BuildEvent
from tests.fakes import graph_of, shell_action, source

SANDBOXES = ["bubblewrap", "landlock", "none"]


class Place:
    """A workspace, a cache and a sandbox."""

    def __init__(self, folder: Path, sandbox: str) -> None:
        self.folder = folder
        self.workspace = folder / "ws"
        self.store = Store.open(folder / "cache")
        self.roots = RootPool(folder / "cache")
        self.sandbox = choose_sandbox(sandbox).sandbox

    def source(self, path: str, content: str | bytes) -> Artifact:
        file = self.workspace / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return source(file, self.workspace)

    def execute(self, *actions: Action, **changes: object) -> Execution:
        digests = FileDigests(self.store)
        machinery = Machinery(self.store, digests, self.sandbox, self.roots, self.folder / "logs", Resources(cpu=2))
        wanted = [output for action in actions for output in action.outputs]
        return execute(graph_of(*actions), wanted, replace(machinery, **changes))  # type: ignore[arg-type]

    def text(self, execution: Execution, path: str) -> str:
        files = dict(item for found in execution.files.values() for item in found)
        content = self.store.read(files[path].digest)
        assert content is not None
        return content.decode()


@pytest.fixture(params=SANDBOXES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path, request.param)
    yield place
    place.sandbox.close()
    place.roots.close()
    place.store.close()
    assert list((tmp_path / "cache").glob("roots-*")) == []


def test_an_action_reads_sources_and_outputs_and_makes_files(place: Place) -> None:
    text = place.source("p/in.txt", "hello\n")
    first = shell_action("cat p/in.txt p/in.txt > p/two.txt", [text], ["p/two.txt"])
    second = shell_action("cat p/two.txt > q/r/all.txt; echo done >> q/r/all.txt", first.outputs, ["q/r/all.txt"])
    assert place.text(place.execute(first, second), "q/r/all.txt") == "hello\nhello\ndone\n"


def test_a_big_source_is_read_and_never_copied(place: Place) -> None:
    big = place.source("p/big.bin", b"x" * (SMALL + 1))
    small = place.source("p/small", "s")
    script = "wc -c < p/big.bin > p/size; (echo y > p/big.bin) 2> p/said || true"
    execution = place.execute(
        shell_action(
            script if place.sandbox.guards else "wc -c < p/big.bin > p/size; : > p/said",
            [big, small],
            ["p/size", "p/said"],
        )
    )
    assert place.text(execution, "p/size").strip() == str(SMALL + 1)
    assert Path(big.location).read_bytes() == b"x" * (SMALL + 1)
    assert Path(big.location).stat().st_nlink == Path(small.location).stat().st_nlink == 1


def test_a_source_folder_is_one_input(place: Place) -> None:
    place.source("data/a/one", "1")
    place.source("data/two", "2")
    folder = source(place.workspace / "data", place.workspace)
    action = shell_action("cat data/a/one data/two > p/both", [folder], ["p/both"])
    assert place.text(place.execute(action), "p/both") == "12"
    place.source("data/two", "three")
    assert place.text(place.execute(action), "p/both") == "1three"


def test_a_tree_is_a_folder_of_files_with_their_modes(place: Place) -> None:
    script = "mkdir -p p/t/sub; echo 1 > p/t/sub/one; echo '#!' > p/t/run; chmod +x p/t/run; ln -s sub/one p/t/link"
    made = shell_action(script, outputs=["p/t/"])
    used = shell_action("cat p/t/link > p/c; test -x p/t/run; test ! -x p/t/sub/one", made.outputs, ["p/c"])
    execution = place.execute(made, used)
    assert execution.failures == ()
    tree = dict(execution.files[made.outputs[0]])
    assert {path: file.executable for path, file in tree.items()} == {
        "p/t/link": False,
        "p/t/run": True,
        "p/t/sub/one": False,
    }
    assert place.text(execution, "p/c") == "1\n"


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("true", "a file 'p/out', made nothing"),
        ("mkdir p/out", "a file 'p/out', made a folder"),
        ("ln -s /etc/passwd p/out", "a file 'p/out', made a link to '/etc/passwd'"),
        ("mkfifo p/out", "a file 'p/out', made neither file nor folder"),
    ],
)
def test_what_is_no_file_is_no_output(place: Place, script: str, found: str) -> None:
    [failure] = place.execute(shell_action(script, outputs=["p/out"])).failures
    assert (failure.code, failure.message) == ("output-missing", f"Genrule of '//p:p/out' must make {found}")


def test_an_action_sees_nothing_of_the_one_before(place: Place) -> None:
    one = place.source("p/one", "1")
    other = place.source("q/other", "2")
    first = shell_action("echo x > p/litter; mkdir p/dir; touch p/dir/f; chmod 555 p/dir; echo > p/a", [one], ["p/a"])
    second = shell_action('all=$(find . | sort); echo "$all" > q/b', [other], ["q/b"])
    place.execute(first, capacity=Resources(cpu=1))
    execution = place.execute(second, capacity=Resources(cpu=1))
    assert place.text(execution, "q/b").split() == [".", "./q", "./q/other"]


def test_an_input_that_an_action_damages_is_whole_for_the_next(place: Place) -> None:
    made = shell_action("echo good > p/in", outputs=["p/in"])
    source_file = place.source("p/src", "good\n")
    script = "rm -f p/in p/src; echo bad > p/in; echo bad > p/src; echo > p/{}"
    actions = [shell_action(script.format(name), [*made.outputs, source_file], [f"p/{name}"]) for name in "ab"]
    reader = shell_action("cat p/in p/src > p/c", [*made.outputs, source_file, *actions[1].outputs], ["p/c"])
    execution = place.execute(made, *actions, reader, capacity=Resources(cpu=1))
    assert execution.failures == ()
    assert place.text(execution, "p/c") == "good\ngood\n"
    assert Path(source_file.location).read_text() == "good\n"


def test_a_failure_shows_the_end_of_its_output_and_keeps_all_of_it(place: Place) -> None:
    script = "i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo line $i; done; echo oh no >&2; exit 3"
    execution = place.execute(shell_action(script, outputs=["p/out"]))
    [failure] = execution.failures
    assert (failure.code, failure.message) == ("action-failed", "Genrule of '//p:p/out' failed with exit code 3")
    said, where = failure.notes
    assert said.startswith("the last 40 lines of its output:\n    line 12\n")
    assert said.endswith("line 50\n    oh no")
    log = Path(where.removeprefix("the whole of it is in "))
    assert log.read_text().startswith("line 1\nline 2\n")
    assert execution.outcomes[0].log == str(log)
    assert failure.hint == "with --sandbox-debug its sandbox is kept, and how to enter it is shown"


def test_sandbox_debug_keeps_the_sandbox_and_says_how_to_enter(tmp_path: Path) -> None:
    place = Place(tmp_path, "none")
    action = shell_action("echo half > p/out; exit 1", outputs=["p/out"])
    [failure] = place.execute(action, sandbox_debug=True).failures
    assert failure.hint is not None
    assert failure.hint.startswith("enter its sandbox with: env -i -C ")
    place.roots.close()
    [kept] = tmp_path.glob("cache/roots-*/0/root/p/out")
    assert kept.read_text() == "half\n"
    place.sandbox.close()
    place.store.close()


def test_a_file_that_was_not_declared_is_named(tmp_path: Path) -> None:
    place = Place(tmp_path, "auto")
    place.source("p/forgotten.txt", "x")
    labels: Callable[[str], str | None] = {"p/forgotten.txt": "//p:forgotten.txt"}.get
    [failure] = place.execute(
        shell_action("cat p/forgotten.txt > p/out", outputs=["p/out"]), workspace_file=labels
    ).failures
    assert failure.code == "undeclared-input"
    assert failure.message == (
        "Genrule of '//p:p/out' looked for 'p/forgotten.txt', which is in the workspace but not among what it declared"
    )
    assert failure.hint == "add '//p:forgotten.txt' to its inputs"
    place.sandbox.close()
    place.roots.close()
    place.store.close()


def test_an_action_ends_at_its_timeout(place: Place) -> None:
    started = time.monotonic()
    [failure] = place.execute(shell_action("sleep 100 & sleep 100", outputs=["p/out"], timeout=1)).failures
    assert time.monotonic() - started < 10
    assert failure.code == "action-timed-out"
    assert failure.message == "Genrule of '//p:p/out' must end within 1 s, had not ended after 1 s"


def test_an_action_that_ended_in_time_has_not_timed_out_because_something_else_was_seen_to(place: Place) -> None:
    def be_slow(event: BuildEvent) -> None:
        if isinstance(event, ActionFinished) and event.owner.endswith("p/a"):
            time.sleep(2)

    one, other = shell_action("echo > p/a", outputs=["p/a"]), shell_action("sleep 0.5; echo > p/b", outputs=["p/b"])
    assert place.execute(one, replace(other, timeout=1), events=be_slow).failures == ()


def test_while_the_machine_stands_still_no_action_times_out(place: Place) -> None:
    stood = [0.0]

    def stand_still(event: BuildEvent) -> None:
        if isinstance(event, ActionFinished):
            stood[0] = 1000

    one, other = shell_action("echo > p/a", outputs=["p/a"]), shell_action("sleep 1; echo > p/b", outputs=["p/b"])
    actions = one, replace(other, timeout=60)
    execution = place.execute(*actions, events=stand_still, clock=lambda: time.monotonic() + stood[0])
    assert execution.failures == ()


def test_an_action_that_what_runs_it_ends_in_time_has_timed_out_as_well(place: Place) -> None:
    action = shell_action("sleep 1; exit 124", outputs=["p/out"], timeout=21)
    [failure] = place.execute(replace(action, env=(*action.env, ("ETBUILD_TIMEOUT", "1")))).failures
    assert failure.code == "action-timed-out"
    assert failure.message == "Genrule of '//p:p/out' must end within 1 s, had not ended after 1 s"
    [failure] = place.execute(shell_action("exit 124", outputs=["p/out"])).failures
    assert failure.message == "Genrule of '//p:p/out' failed with exit code 124"


def test_progress_tells_what_a_tool_says_and_takes(place: Place) -> None:
    seen: list[ActionProgress] = []

    def see(event: BuildEvent) -> None:
        if isinstance(event, ActionProgress):
            seen.append(event)

    script = 'printf "one\\ntwo\\nthr" > "$ETBUILD_PROGRESS"; sleep 1.3; echo > p/out'
    execution = place.execute(shell_action(script, outputs=["p/out"]), events=see)
    assert execution.failures == ()
    [progress] = seen
    assert progress.detail == "two"
    assert progress.seconds > 0.9
    assert progress.ram > 0


def test_a_failure_may_be_worded_by_what_was_placed_last(place: Place) -> None:
    script = 'cat "$ETBUILD_BEFORE" > p/out'
    action = replace(shell_action(script, outputs=["p/out"]), before="host/p/report")
    assert place.execute(action, outputs=place.folder / "outputs").failures != ()
    report = place.folder / "outputs/host/p/report"
    report.parent.mkdir(parents=True)
    report.write_text("42", encoding="utf-8")
    assert place.text(place.execute(action, outputs=place.folder / "outputs"), "p/out") == "42"
    report.write_text("43", encoding="utf-8")  # It is in no key.
    assert place.text(place.execute(action, outputs=place.folder / "outputs"), "p/out") == "42"


def test_a_source_that_does_not_exist_is_an_error(place: Place) -> None:
    gone = place.source("p/gone", "x")
    Path(gone.location).unlink()
    [failure] = place.execute(shell_action("true", [gone], ["p/out"])).failures
    assert (failure.code, failure.message) == (
        "missing-source",
        f"Genrule of '//p:p/out' needs the file '{gone.location}', which does not exist",
    )


def test_two_actions_run_at_the_same_time(place: Place) -> None:
    started = time.monotonic()
    actions = [shell_action(f"sleep 0.6; echo > p/{name}", outputs=[f"p/{name}"]) for name in "ab"]
    assert place.execute(*actions).failures == ()
    assert time.monotonic() - started < 1.1


def test_memory_and_cores_are_never_promised_twice(place: Place) -> None:
    kinds = [Resources(cpu=2), Resources(cpu=1, ram=700), Resources(cpu=1, ram=500)]
    actions = [
        shell_action(f"sleep 0.2; echo > p/{n}", outputs=[f"p/{n}"], resources=kind) for n, kind in enumerate(kinds)
    ]
    started = time.monotonic()
    assert place.execute(*actions, capacity=Resources(cpu=2, ram=1000)).failures == ()
    assert time.monotonic() - started >= 0.6


def test_roots_of_a_killed_run_are_removed_and_those_in_use_are_not(tmp_path: Path) -> None:
    used = RootPool(tmp_path)
    used.take()
    abandoned = tmp_path / "roots-dead"
    abandoned.mkdir()
    (abandoned / "lock").touch()
    other = RootPool(tmp_path)
    other.take()
    assert not abandoned.exists()
    assert used.folder.exists()
    used.close()
    other.close()
