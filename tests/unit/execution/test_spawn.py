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


def ended(process: Process) -> int:
    assert select.select([process], [], [], 10)[0]
    return process.end().code


def test_a_program_is_looked_for_on_the_path_of_its_own_environment(log: int) -> None:
    assert ended(Process(["sh", "-c", "exit 4"], {"PATH": "/nowhere:/usr/bin:/bin"}, None, (log, log))) == 4
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        Process(["no-such-program"], {"PATH": "/usr/bin:/bin"}, None, (log, log))


def test_a_process_stands_in_its_folder_and_we_stay_where_we_were(tmp_path: Path, log: int) -> None:
    before = Path.cwd()
    assert ended(Process(["/bin/pwd"], {}, str(tmp_path), (log, log))) == 0
    assert os.pread(log, 4096, 0).decode().strip() == str(tmp_path)
    with pytest.raises(FileNotFoundError):
        Process(["/bin/pwd"], {}, str(tmp_path / "nowhere"), (log, log))
    assert Path.cwd() == before


def test_a_program_named_from_its_folder_is_found_there(tmp_path: Path, log: int) -> None:
    (tmp_path / "here").symlink_to("/bin/true")
    assert ended(Process(["./here"], {}, str(tmp_path), (log, log))) == 0


def test_a_process_has_no_open_file_of_ours_and_none_that_came_with_us(tmp_path: Path) -> None:
    script = f"""
import os, select
from etbuild.execution.spawn import Process
log = os.open({str(tmp_path / "log")!r}, os.O_CREAT | os.O_RDWR)
process = Process(["/bin/ls", "/proc/self/fd"], {{}}, None, (log, log))
select.select([process], [], [])
raise SystemExit(process.end().code)
"""
    with Path(tmp_path, "brought").open("w") as brought:
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", script], env=env, pass_fds=[brought.fileno()], check=True)
    assert Path(tmp_path, "log").read_text().split() == ["0", "1", "2", "3"]  # The last is what ls reads the folder by.


def test_a_pipe_that_nobody_reads_ends_a_process(log: int) -> None:
    assert ended(start("yes | head -n 1; kill -s PIPE $$", log)) == -signal.SIGPIPE


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
