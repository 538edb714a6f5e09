"""Fork servers: the same bytes as without, the same confinement, and none left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from etbuild.execution.file_digests import FileDigests
from etbuild.execution.machinery import Machinery
from etbuild.execution.outcome import Execution
from etbuild.execution.root_pool import RootPool
from etbuild.execution.sandbox.bubblewrap import Bubblewrap
from etbuild.execution.sandbox.choose import bubblewrap_refusal
from etbuild.execution.sandbox.unsandboxed import Unsandboxed
from etbuild.execution.scheduler import execute
from etbuild.execution.store import Store
from etbuild.execution.worker import WorkerPool
from etbuild.model.action import Action, Mount
from etbuild.model.artifact import Artifact, InputSet
from etbuild.model.label import Label
from tests.fakes import graph_of, source

pytestmark = pytest.mark.skipif(bubblewrap_refusal("/usr/bin/bwrap") != "", reason="bubblewrap does not work here")
ENVIRONMENT = "/etbuild/environments/test"
SLOW = "import time; time.sleep(0.3); loaded = time.time()"


class Place:
    """A made-up environment with a module that is slow to import."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = folder / "environment"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.environment], check=True)
        [packages] = self.environment.glob("lib/python*/site-packages")
        (packages / "slow.py").write_text(SLOW)
        (packages / "threads.py").write_text(
            "import threading, time; threading.Thread(target=time.sleep, args=(9,)).start()"
        )
        self.said: list[str] = []
        self.sandbox = Bubblewrap()
        self.big = self.file("p/big", "b" * (2 << 20))

    def file(self, path: str, content: str) -> Artifact:
        file = self.folder / "ws" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        return source(file, self.folder / "ws")

    def action(self, program: str, *words: str, name: str = "prog") -> Action:
        script = self.file(f"p/{name}.py", program)
        argv = (f"{ENVIRONMENT}/bin/python", script.path, *words)
        mount = Mount(ENVIRONMENT, "0", "folder", str(self.environment))
        outputs = (Artifact(f"p/{name}.out", "host"),)
        inputs = InputSet([script, self.big])
        env = (("PYTHONHASHSEED", "0"),)
        return Action("Py", argv, inputs, outputs, env, (mount,), Label("", "p", name), worker="slow")

    def execute(
        self, *actions: Action, preload: str | None = "slow", **changes: object
    ) -> tuple[Execution, dict[str, str]]:
        """Run actions with a fresh cache; return their outputs too."""
        cache = self.folder / f"cache{time.monotonic_ns()}"
        store, roots = Store.open(cache), RootPool(cache)
        pool = WorkerPool(self.sandbox, {"slow": [preload]}, self.said.append) if preload else None
        machinery = Machinery(store, FileDigests(store), self.sandbox, roots, self.folder / "logs", workers=pool)
        try:
            wanted = [output for action in actions for output in action.outputs]
            execution = execute(graph_of(*actions), wanted, replace(machinery, **changes))  # type: ignore[arg-type]
            found = [item for files in execution.files.values() for item in files]
            return execution, {path: (store.read(file.digest) or b"").decode(errors="replace") for path, file in found}
        finally:
            if pool:
                pool.close()
            roots.close()
            store.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("worker"))


SEES = """
import os, sys, resource
seen = [os.getcwd(), sys.path, sys.argv, __file__, __name__, sys.executable, sys.prefix, str(sys.flags),
        sorted(os.environ.items()), os.getuid(), os.getgid(), os.umask(0o22), hash("x"),
        os.listdir("."), sorted(os.listdir("/")), os.listdir("/tmp"), os.listdir("/dev/shm"),
        open("p/big").read() == "b" * (2 << 20),
        [l for l in open("/proc/self/status") if l.startswith(("Cap", "NoNew"))],
        sorted(l.split()[0] for l in open("/proc/net/dev")), os.uname().nodename, sys.stdin.read()]
for path in ("p/prog.py", "new", "p/big", "/usr/new", sys.prefix + "/new", "/new"):
    try:
        open(path, "a").close()
        seen.append("wrote " + path)
    except OSError as error:
        seen.append(type(error).__name__)
open("p/prog.out", "w").write("\\n".join(map(str, seen)))
"""


def test_a_program_sees_the_same_with_a_worker_and_without(place: Place) -> None:
    action = place.action(SEES, "--flag", "a b")
    _, without = place.execute(action, preload=None)
    _, within = place.execute(action)
    assert within["p/prog.out"].splitlines() == without["p/prog.out"].splitlines()
    assert "wrote" not in within["p/prog.out"]


def test_modules_are_imported_once(place: Place) -> None:
    program = "import slow; open('p/{0}.out', 'w').write(str(slow.loaded))"
    _, made = place.execute(*(place.action(program.format(name), name=name) for name in "abc"))
    assert len(set(made.values())) == 1


def test_children_do_not_see_each_other(place: Place) -> None:
    guarded = """
import os, slow
assert not hasattr(slow, 'mark')
slow.mark = open('/tmp/x', 'x'), open('/dev/shm/x', 'x')
open('p/{0}.out', 'w').write(str(os.getppid()))
"""
    execution, made = place.execute(*(place.action(guarded.format(name), name=name) for name in "ab"))
    assert execution.failures == ()
    assert made == {"p/a.out": "0", "p/b.out": "0"}


@pytest.mark.parametrize(
    ("program", "code", "said"),
    [
        ("import sys; sys.exit(7)", 7, ""),
        ("import sys; sys.exit('bad news')", 1, "bad news\n"),
        ("raise SystemExit", 0, ""),
        ("import os; os._exit(5)", 5, ""),
        ("def f():\n    raise ValueError('no')\nf()", 1, "line 2, in f\n    raise ValueError('no')\nValueError: no\n"),
        ("import atexit; atexit.register(print, 'last words', flush=True); exit(4)", 4, "last words\n"),
    ],
)
def test_a_program_ends_as_it_would_by_itself(place: Place, program: str, code: int, said: str) -> None:
    alone, _ = place.execute(place.action(program), preload=None)
    forked, _ = place.execute(place.action(program))
    assert forked.outcomes[0].exit_code == alone.outcomes[0].exit_code == code
    assert [d.message for d in forked.failures] == [d.message for d in alone.failures]
    logs = [
        Path(execution.outcomes[0].log).read_text() if execution.outcomes[0].log else ""
        for execution in (alone, forked)
    ]
    assert logs[0] == logs[1]
    assert logs[1].endswith(said)


def test_a_child_that_is_killed_is_tried_again_alone_and_memory_is_told(place: Place) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL) if os.getpid() != 1 else os._exit(137)"
    execution, _ = place.execute(place.action(program))
    assert execution.failures[0].message == "Py of '//p:prog' was killed by signal 9"
    used, _ = place.execute(place.action("x = b'x' * (200 << 20); open('p/prog.out', 'w').write('done')"))
    result = used.outcomes[0].result
    assert result is not None
    assert result.peak_ram > 200 << 20


@pytest.mark.parametrize(
    ("preload", "reason"),
    [("threads", "2 threads run after the imports, must be 1"), ("nothing_here", "No module named 'nothing_here'")],
)
def test_where_no_worker_can_be_had_the_action_runs_without_and_one_line_says_so(
    place: Place, preload: str, reason: str
) -> None:
    place.said.clear()
    program = "open('p/{0}.out', 'w').write('made')"
    execution, made = place.execute(*(place.action(program.format(name), name=name) for name in "ab"), preload=preload)
    assert execution.failures == ()
    assert set(made.values()) == {"made"}
    [line] = place.said
    assert line.startswith("no worker 'slow': ")
    assert reason in line


def test_without_namespaces_there_is_no_worker(place: Place) -> None:
    said: list[str] = []
    pool = WorkerPool(Unsandboxed(), {"slow": ["slow"]}, said.append)
    action = place.action("")
    execution, _ = place.execute(action, workers=pool, preload=None)
    assert execution.outcomes[0].status == "failed"  # It made nothing, but it ran.
    pool.close()


def test_a_worker_ends_a_program_at_its_timeout(place: Place) -> None:
    action = replace(place.action("import time; time.sleep(100)"), timeout=1)
    started = time.monotonic()
    execution, _ = place.execute(action)
    assert time.monotonic() - started < 10
    assert execution.failures[0].code == "action-timed-out"


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_engine(place: Place, stop: signal.Signals) -> None:
    held = place.folder / f"held{stop}"
    held.mkdir()
    os.mkfifo(held / "alive")
    program = f"""
import sys
from pathlib import Path
from dataclasses import replace
from etbuild.model.action import Mount
from tests.unit.execution import test_worker
place = test_worker.Place.__new__(test_worker.Place)
place.__dict__.update(folder=Path({str(place.folder)!r}), environment=Path({str(place.environment)!r}), said=[],
                      sandbox=test_worker.Bubblewrap())
place.big = place.file("p/big", "b")
action = place.action("import os, time; "
                      "f = open('/held/alive', 'wb', 0); f.write(b'on\\\\n'); os.fork(); time.sleep(100)", name="held")
action = replace(action, mounts=(*action.mounts, Mount("/held", "", "folder", {str(held)!r})))
place.execute(action)
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    engine = subprocess.Popen([sys.executable, "-c", program], env=env, stderr=subprocess.DEVNULL)
    with (held / "alive").open("rb") as alive:
        assert alive.readline() == b"on\n"
        engine.send_signal(stop)
        engine.wait(15)
        assert select.select([alive], [], [], 10)[0]
        assert alive.read() == b""


@pytest.mark.torch
def test_torch_lowers_to_the_same_bytes_with_a_worker_and_without(tmp_path: Path) -> None:
    environment = os.environ.get("ETBUILD_TEST_ENVIRONMENT", "")
    if not environment:
        pytest.skip("ETBUILD_TEST_ENVIRONMENT must name an environment with torch and executorch")
    place = Place(tmp_path)
    place.environment = Path(environment)
    program = """
import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.exir import to_edge_transform_and_lower
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(16, 8), torch.nn.ReLU()).eval()
exported = torch.export.export(model, (torch.zeros(2, 16),))
program = to_edge_transform_and_lower(exported, partitioner=[XnnpackPartitioner()]).to_executorch()
open("p/prog.out", "wb").write(program.buffer)
"""
    action = place.action(program)
    action = replace(
        action, env=(("ATEN_CPU_CAPABILITY", "default"), ("OMP_NUM_THREADS", "1"), ("PYTHONHASHSEED", "0"))
    )
    alone, _ = place.execute(action, preload=None)
    forked, _ = place.execute(action, preload="executorch.backends.xnnpack.partition.xnnpack_partitioner")
    assert alone.failures == forked.failures == ()
    assert alone.files == forked.files
