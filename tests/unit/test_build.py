"""What a build leaves when something ends it early."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from etbuild.build import Surroundings, build
from etbuild.execution.event_log import last_builds, read_log
from etbuild.model.action import Action, Mount
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import ActionFinished, BuildEvent, Events, Note, ignore_events
from etbuild.model.plan import BuildPlan, PlannedTarget
from etbuild.model.request import Settings
from tests.fakes import graph_of, shell_action


def around(folder: Path, realize_mount: Callable[[Mount], Path], events: Events, **settings: bool) -> Surroundings:
    return Surroundings(
        root=folder,
        settings=replace(Settings(str(folder / "cache")), **settings),
        realize_mount=realize_mount,
        header_owners=lambda _action, _path: (),
        span_of=lambda *_: None,
        workspace_file=lambda _: None,
        events=events,
    )


def making(*actions: Action) -> BuildPlan:
    outputs = [output for action in actions for output in action.outputs]
    targets = tuple(PlannedTarget(f"//:{each.path}", "host", ((each, f"host/{each.path}"),)) for each in outputs)
    return BuildPlan(targets, graph_of(*actions))


@pytest.mark.parametrize(
    ("error", "code"), [(EtbuildError(Diagnostic("disk-full", "no space")), 2), (KeyboardInterrupt(), 130)]
)
def test_the_log_of_a_build_that_was_ended_early_says_how(tmp_path: Path, error: BaseException, code: int) -> None:
    def realize_mount(_mount: Mount) -> Path:
        raise error

    output = Artifact("a", "host")
    action = Action("Make", ("true",), InputSet(), (output,), mounts=(Mount("/etbuild/x", "0" * 64),))

    with pytest.raises(type(error)):
        build(making(action), around(tmp_path, realize_mount, ignore_events), 0.0)

    [log] = last_builds(tmp_path / "etbuild-out" / ".log")
    assert read_log(log).exit_code == code


def test_ctrl_c_does_not_swallow_what_had_gone_wrong_by_then(tmp_path: Path) -> None:
    seen: list[str] = []

    def press_ctrl_c(event: BuildEvent) -> None:
        if isinstance(event, ActionFinished):
            os.kill(os.getpid(), signal.SIGINT)
        elif isinstance(event, Note):
            seen.append(event.text)

    wrong = shell_action("echo no luck; exit 4", outputs=["wrong"])
    slow = shell_action("sleep 100", outputs=["slow"])
    with pytest.raises(KeyboardInterrupt):
        build(making(wrong, slow), around(tmp_path, lambda _: tmp_path, press_ctrl_c, keep_going=True), 0.0)
    [told] = seen
    assert "failed with exit code 4" in told
    assert "no luck" in told
