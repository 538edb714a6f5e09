"""A build's log tells what ran, what failed and what all waited for, of the last twenty builds."""

from __future__ import annotations

import json

import pytest

from etbuild.execution.event_log import EventLog, last_builds, read_log
from etbuild.execution.trace import chrome_trace
from etbuild.model.action import Action, ActionGraph
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import ActionFinished, ActionStarted, FetchProgress, Note

OUTPUTS = [Artifact(name, "host") for name in ("export", "lower_a", "lower_b", "check")]
SOURCE = Artifact("src", location="/src")
NEEDS = [(), (0,), (0,), (1, 2)]
GRAPH = ActionGraph(
    tuple(
        Action("Make", (), InputSet([SOURCE], [InputSet([OUTPUTS[n] for n in needs])]), (OUTPUTS[i],))
        for i, needs in enumerate(NEEDS)
    ),
    {output: i for i, output in enumerate(OUTPUTS)},
)


def finished(index, start_ms, wall_ms, outcome="run", **fields: object):
    return ActionFinished(index, "Make", f"//m:{OUTPUTS[index]}", outcome, "ab" * 32, start_ms, wall_ms, 7, **fields)


BUILD = [
    Note("sandbox: bubblewrap"),
    FetchProgress("torch", 10, 10, finished=True, seconds=1.5),
    FetchProgress("torch", 5, 10),
    ActionStarted(0, "Make", "//m:export", ""),
    finished(0, 0, 100, sandbox="bubblewrap"),
    finished(1, 100, 50),
    finished(2, 100, 70),
    finished(3, 170, 10),
]


def log_of(folder, events, *, started=1.5):
    log = EventLog(folder, ("build", "//m/…"), started, process=42)
    log.plan(GRAPH)
    for event in events:
        log(event)
    log.close(exit_code=0, wall_ms=180)
    return log.path


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "log"


def test_a_log_reads_back(folder):
    build = read_log(log_of(folder, BUILD))

    assert (build.argv, build.started, build.exit_code, build.wall_ms) == (("build", "//m/…"), 1.5, 0, 180)
    assert build.notes == ("sandbox: bubblewrap",)
    assert [(a.index, a.owner, a.wall_ms, a.needs) for a in build.actions] == [
        (0, "//m:export", 100, ()),
        (1, "//m:lower_a", 50, (0,)),
        (2, "//m:lower_b", 70, (0,)),
        (3, "//m:check", 10, (1, 2)),
    ]
    assert build.actions[0].sandbox == "bubblewrap"


def test_hits_are_told_from_what_ran_and_what_failed(folder):
    mistake = Diagnostic("gate-failed", "3 of 24 tokens equal, must be 24")
    build = read_log(
        log_of(
            folder,
            [
                finished(0, 0, 0, "hit", saved_ms=90),
                finished(1, 0, 5),
                finished(2, 0, 9, "failed", diagnostics=(mistake,)),
            ],
        )
    )

    assert [action.index for action in build.what_ran()] == [1, 2]
    [failed] = build.what_failed()
    assert failed.diagnostics == ("error[gate-failed]: 3 of 24 tokens equal, must be 24",)
    assert build.summary() == {
        "actions": 3, "hit": 1, "run": 1, "failed": 1, "ran_ms": 14, "saved_ms": 90, "wall_ms": 180,
    }  # fmt: skip


def test_the_critical_path_is_the_longest_chain(folder):
    assert [action.index for action in read_log(log_of(folder, BUILD)).critical_path()] == [0, 2, 3]
    assert read_log(log_of(folder, [finished(0, 0, 0, "hit")], started=2)).critical_path() == ()


def test_the_log_of_a_killed_build_tells_what_had_ended(folder):
    path = log_of(folder, BUILD)
    whole = path.read_text()
    path.write_text(whole[: whole.index('"index": 2') + 20])

    build = read_log(path)
    assert [action.index for action in build.actions] == [0, 1]
    assert build.exit_code is None


@pytest.mark.parametrize(
    "content", [b"", b"no log", b"[1]\n", b"\xff\n", b'{"event": "end", "exit_code": 0, "wall_ms": 1}\n']
)
def test_a_file_that_is_no_log_is_a_mistake(tmp_path, content):
    path = tmp_path / "00000000000000-1.jsonl"
    path.write_bytes(content)
    with pytest.raises(
        EtbuildError, match=r"^error\[damaged-log\]: '.*-1.jsonl' must begin with what was built and when"
    ):
        read_log(path)


def test_the_last_twenty_builds_are_kept(folder):
    paths = [log_of(folder, [], started=float(1000 + i)) for i in range(25)]

    assert last_builds(folder) == tuple(reversed(paths[5:]))


def test_a_trace_has_a_lane_for_each_action_at_a_time(folder):
    trace = json.loads(chrome_trace(read_log(log_of(folder, BUILD))))

    assert [(e["ts"], e["dur"], e["tid"]) for e in trace["traceEvents"]] == [
        (0, 100_000, 1),
        (100_000, 50_000, 1),
        (100_000, 70_000, 2),
        (170_000, 10_000, 1),
    ]
    assert trace["traceEvents"][0]["name"] == "Make //m:export"
