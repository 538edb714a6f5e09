"""What a build leaves when something ends it early."""

from __future__ import annotations

from pathlib import Path

import pytest

from etbuild.build import Surroundings, build
from etbuild.execution.event_log import last_builds, read_log
from etbuild.model.action import Action, Mount
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.diagnostics import Diagnostic, EtbuildError
from etbuild.model.events import ignore_events
from etbuild.model.plan import BuildPlan, PlannedTarget
from etbuild.model.request import Settings
from tests.fakes import graph_of


@pytest.mark.parametrize(
    ("error", "code"), [(EtbuildError(Diagnostic("disk-full", "no space")), 2), (KeyboardInterrupt(), 130)]
)
def test_the_log_of_a_build_that_was_ended_early_says_how(tmp_path: Path, error: BaseException, code: int) -> None:
    def realize_mount(_mount: Mount) -> Path:
        raise error

    output = Artifact("a", "host")
    action = Action("Make", ("true",), InputSet(), (output,), mounts=(Mount("/etbuild/x", "0" * 64),))
    plan = BuildPlan((PlannedTarget("//:a", "host", ((output, "host/a"),)),), graph_of(action))
    around = Surroundings(
        root=tmp_path,
        settings=Settings(str(tmp_path / "cache")),
        realize_mount=realize_mount,
        header_owners=lambda _action, _path: (),
        span_of=lambda *_: None,
        workspace_file=lambda _: None,
        events=ignore_events,
    )

    with pytest.raises(type(error)):
        build(plan, around, 0.0)

    [log] = last_builds(tmp_path / "etbuild-out" / ".log")
    assert read_log(log).exit_code == code
