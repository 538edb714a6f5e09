"""Processes: their end, their group, their memory; and Ctrl-C of a whole execution."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etbuild.execution.process_guard import ProcessGuard
from etbuild.execution.spawn import Process, resident
from tests.fakes import alive


def start(script: str, log: int) -> Process:
    return Process(["/bin/sh", "-c", script], {}, None, (log, log))


@pytest.fixture
def log(tmp_path: Path) -> int:
    return os.open(tmp_path / "log", os.O_CREAT | os.O_RDWR)


def test_a_process_is_readable_when_it_has_ended(log: int) -> None:
    process = start("exit 3", log)
    assert select.select([process], [], [], 10)[0]
    end = process.end()
    assert end.code == 3
    assert end.peak_ram > 0


def test_killing_reaches_the_whole_group(tmp_path: Path, log: int) -> None:
    process = start(f"sleep 100 & echo $! > {tmp_path}/child.new; mv {tmp_path}/child.new {tmp_path}/child; wait", log)
    while not (tmp_path / "child").exists():
        time.sleep(0.01)
    child = int((tmp_path / "child").read_text())
    assert alive(child)
    process.kill(signal.SIGKILL)
    assert process.end().code == -signal.SIGKILL
    while alive(child):
        time.sleep(0.01)


def test_memory_is_that_of_all_processes(log: int) -> None:
    process = start("sleep 100 & sleep 100", log)
    time.sleep(0.1)
    assert process.ram() > resident(process.pid) > 0
    process.kill()
    process.end()


def test_what_a_command_leaves_behind_is_killed_when_it_ends(tmp_path: Path, log: int) -> None:
    process = start(f"sleep 100 & echo $! > {tmp_path}/child", log)
    assert select.select([process], [], [], 10)[0]
    assert process.end().code == 0
    child = int((tmp_path / "child").read_text())
    while alive(child):
        time.sleep(0.01)


def test_the_guard_kills_nothing_if_it_is_told_to_go() -> None:
    guard = ProcessGuard()
    bystander = subprocess.Popen(["sleep", "100"], env={"TMPDIR": "/guarded/x"})
    guard.watch("TMPDIR=/guarded/")
    guard.close()
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


@pytest.mark.parametrize("sandbox", ["none", "bubblewrap"])
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_no_child_behind(tmp_path: Path, sandbox: str, stop: signal.Signals) -> None:
    pipe = tmp_path / "alive"
    os.mkfifo(pipe)
    program = f"""
import sys
from pathlib import Path
from etbuild.execution.machinery import Machinery
from etbuild.execution.root_pool import RootPool
from etbuild.execution.sandbox.choose import choose_sandbox
from etbuild.execution.scheduler import execute
from etbuild.model.action import Mount
from tests.fakes import MemoryStore, PlainDigests, graph_of, shell_action
folder = Path({str(tmp_path)!r})
script = "trap '' TERM INT; exec 3> /etbuild/pipe/alive; echo on >&3; sleep 100 & sleep 100"
action = shell_action(script, outputs=["p/x"], mounts=(Mount("/etbuild/pipe", "", "folder", str(folder)),))
sandbox = choose_sandbox({sandbox!r}).sandbox
roots = RootPool(folder / "cache")
try:
    execute(graph_of(action), action.outputs,
            Machinery(MemoryStore(folder / "cas"), PlainDigests(), sandbox, roots, folder / "logs"))
except KeyboardInterrupt:
    roots.close()
    sys.exit(130)
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    engine = subprocess.Popen([sys.executable, "-c", program], env=env)
    with pipe.open("rb") as held:
        assert held.readline() == b"on\n"
        engine.send_signal(stop)
        assert engine.wait(15) == 130
        assert select.select([held], [], [], 10)[0]
        assert held.read() == b""
    assert list((tmp_path / "cache").glob("roots-*")) == []
