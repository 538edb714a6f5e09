"""Each sandbox with real commands: what they see, what they can't, and that nothing outlives them."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from etbuild.execution.sandbox.bubblewrap import Bubblewrap, base_prefixes, system_binds
from etbuild.execution.sandbox.choose import bubblewrap_refusal, choose_sandbox
from etbuild.execution.sandbox.landlock import Landlock, landlock_version
from etbuild.execution.sandbox.protocol import Sandbox, SandboxCommand, at_home
from etbuild.execution.sandbox.unsandboxed import Unsandboxed
from etbuild.model.diagnostics import EtbuildError

HAS_BUBBLEWRAP = bubblewrap_refusal("/usr/bin/bwrap") == ""
needs_bubblewrap = pytest.mark.skipif(not HAS_BUBBLEWRAP, reason="bubblewrap does not work here")
needs_landlock = pytest.mark.skipif(not landlock_version(), reason="this kernel has no landlock")


class Scene:
    """An execution root with one input, an output folder and somewhere to write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("root/p", "root/out", "temporary", "report", "tool/bin", "elsewhere"):
            (folder / name).mkdir(parents=True)
        (folder / "root/p/in").write_text("input\n")
        (folder / "root/p/in").chmod(0o444)
        (folder / "elsewhere/secret").write_text("secret\n")
        (folder / "tool/bin/hello").write_text("#!/bin/sh\necho hello from $0\n")
        (folder / "tool/bin/hello").chmod(0o755)

    def command(self, script: str, **changes: object) -> SandboxCommand:
        command = SandboxCommand(
            ("/bin/sh", "-c", script),
            (("NAME", "value"),),
            str(self.folder / "root"),
            ("out",),
            str(self.folder / "temporary"),
            str(self.folder / "report"),
            (("/etbuild/tool", str(self.folder / "tool")),),
        )
        return replace(command, **changes)  # type: ignore[arg-type]

    def run(self, sandbox: Sandbox, script: str, **changes: object) -> tuple[int, str]:
        log = os.open(self.folder / "log", os.O_CREAT | os.O_RDWR | os.O_TRUNC)
        try:
            job = sandbox.start(self.command(script, **changes), (log, log))
            assert select.select([job], [], [], 20)[0]
            return job.end().code, os.pread(log, 1 << 16, 0).decode()
        finally:
            os.close(log)
            sandbox.close()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


ALL = [
    pytest.param(Bubblewrap, marks=needs_bubblewrap),
    pytest.param(lambda: Landlock(landlock_version()), marks=needs_landlock),
    Unsandboxed,
]
CONFINED = ALL[:2]


@pytest.mark.parametrize("make", ALL)
def test_a_command_reads_inputs_writes_outputs_and_uses_mounts(scene: Scene, make: type[Sandbox]) -> None:
    script = 'cat p/in > out/made; /etbuild/tool/bin/hello; echo "$NAME $TZ"; '
    code, said = scene.run(make(), script + 'echo x > "$TMPDIR/x"; echo y > "$ETBUILD_PROGRESS"')
    assert (code, said.splitlines()[1:]) == (0, ["value UTC"])
    assert said.startswith("hello from ")
    assert (scene.folder / "root/out/made").read_text() == "input\n"
    assert (scene.folder / "report/progress").read_text() == "y\n"


@pytest.mark.parametrize("make", ALL)
def test_a_command_sees_nothing_of_the_users_environment(
    scene: Scene, make: type[Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ETBUILD_SECRET", "1")
    _, said = scene.run(make(), "env")
    assert "ETBUILD_SECRET" not in said


@pytest.mark.parametrize("make", ALL)
def test_the_exit_code_is_the_commands_and_stdin_is_empty(scene: Scene, make: type[Sandbox]) -> None:
    assert scene.run(make(), "cat; exit 7") == (7, "")


@pytest.mark.parametrize("make", CONFINED)
def test_what_was_not_declared_cannot_be_read(scene: Scene, make: type[Sandbox]) -> None:
    code, said = scene.run(make(), f"cat {scene.folder}/elsewhere/secret")
    assert code != 0
    assert "secret\n" not in said


@pytest.mark.parametrize("make", CONFINED)
def test_inputs_and_mounts_cannot_be_written(scene: Scene, make: type[Sandbox]) -> None:
    script = "echo x >> p/in; echo x > p/new; echo x > /etbuild/tool/new; echo x > new; rm -f p/in"
    scene.run(make(), script)
    assert (scene.folder / "root/p/in").read_text() == "input\n"
    assert sorted(path.name for path in scene.folder.glob("*/**/new")) == []


@needs_bubblewrap
def test_bubblewrap_shows_the_same_paths_on_every_machine_and_no_network(scene: Scene) -> None:
    code, said = scene.run(Bubblewrap(), "pwd; id -u; ls /tmp /home 2>&1; hostname; cat /proc/net/dev | wc -l")
    assert code == 0
    where, user, *rest = said.splitlines()
    assert (where, user) == ("/etbuild/root", "1000")
    assert rest[-2:] == ["sandbox", "3"]  # Two lines of headings, and lo.


@needs_bubblewrap
def test_a_big_source_is_bound_where_it_belongs(scene: Scene) -> None:
    (scene.folder / "root/p/big").touch()
    outside = (("p/big", str(scene.folder / "elsewhere/secret")),)
    assert scene.run(Bubblewrap(), "cat p/big; (echo x >> p/big) 2>/dev/null || true", outside=outside) == (
        0,
        "secret\n",
    )
    assert (scene.folder / "elsewhere/secret").read_text() == "secret\n"


@needs_landlock
def test_landlock_shuts_off_tcp(scene: Scene) -> None:
    if landlock_version() < 4:
        pytest.skip("this kernel's landlock knows no network")
    connect = "import socket; socket.create_connection(('127.0.0.1', 9))"
    code, said = scene.run(Landlock(landlock_version()), f'/usr/bin/python3 -c "{connect}"')
    assert code == 1
    assert "PermissionError" in said


def test_mounts_are_named_by_their_folders_where_paths_stay_as_they_are(scene: Scene) -> None:
    command = scene.command("", argv=("/etbuild/tool/bin/x", "a=/etbuild/tool:/etbuild/toolbox", "/etbuild/tool"))
    argv, env = at_home(replace(command, env=(("PATH", "/etbuild/tool/bin"),)))
    tool = scene.folder / "tool"
    assert argv == [f"{tool}/bin/x", f"a={tool}:/etbuild/toolbox", str(tool)]
    assert env["PATH"] == f"{tool}/bin"


def test_a_python_environment_shows_its_interpreter(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("home = /somewhere/python/bin\nversion = 3.11\n")
    assert base_prefixes(str(tmp_path)) == ["/somewhere/python"]
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\n")
    assert base_prefixes(str(tmp_path)) == []
    assert base_prefixes(str(tmp_path / "none")) == []


def test_links_at_the_top_are_links_in_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "lib").symlink_to("usr/lib")
    (tmp_path / "bin").mkdir()
    binds = " ".join(system_binds(str(tmp_path)))
    assert "--symlink usr/lib /lib" in binds
    assert "--ro-bind /bin /bin" in binds
    assert "/lib64" not in binds


def test_the_choice_says_what_it_is() -> None:
    assert choose_sandbox("none").line == "sandbox: none, as asked for"
    if HAS_BUBBLEWRAP:
        assert choose_sandbox("auto").line == "sandbox: bubblewrap"


def test_a_required_sandbox_that_does_not_work_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_args, **_more: None)
    with pytest.raises(EtbuildError) as raised:
        choose_sandbox("required")
    [diagnostic] = raised.value.diagnostics
    assert diagnostic.code == "sandbox-unavailable"
    assert diagnostic.message == ("a sandbox is required, and bubblewrap does not work here: bwrap is not installed")


@pytest.mark.parametrize("make", ["Unsandboxed()", "Landlock(landlock_version())", "Bubblewrap()"])
def test_no_command_outlives_an_engine_that_is_killed(scene: Scene, make: str) -> None:
    """The engine is another process here; it is killed with SIGKILL, so that nothing of it can clean up."""
    pipe = scene.folder / "root/out/alive"
    os.mkfifo(pipe)
    program = f"""
import os, sys, time
from etbuild.execution.sandbox.bubblewrap import Bubblewrap
from etbuild.execution.sandbox.landlock import Landlock, landlock_version
from etbuild.execution.sandbox.unsandboxed import Unsandboxed
from tests.unit.execution.test_sandbox import Scene
scene = Scene.__new__(Scene)
scene.folder = __import__("pathlib").Path({str(scene.folder)!r})
job = {make}.start(scene.command("exec 3> out/alive; echo on >&3; sleep 100 & wait"), (2, 2))
time.sleep(100)
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    engine = subprocess.Popen([sys.executable, "-c", program], env=env)
    with pipe.open("rb") as alive:
        assert alive.readline() == b"on\n"
        engine.kill()
        engine.wait()
        assert select.select([alive], [], [], 10)[0]
        assert alive.read() == b""  # All that held the other end are gone: the shell, and its child.
