"""WorkerPool: fork servers with slow modules imported, one an environment. Knows nothing of what programs do.

A worker needs what bubblewrap needs. Where it can't be had the action runs without one, to the same bytes.
"""

from __future__ import annotations

import array
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from etbuild.execution.sandbox.bubblewrap import NAMESPACES, NOBODY_ID, Bubblewrap
from etbuild.execution.sandbox.protocol import REPORT, ROOT, Sandbox, SandboxCommand, environment
from etbuild.execution.spawn import End, descendants, resident
from etbuild.model.action import Action

SERVER = "/etbuild/worker_server.py"
HOST = "/etbuild/host"
_PROGRAM = Path(__file__).with_name("worker_server.py")
_LARGEST_MESSAGE = 100_000
_ServerKey = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


class WorkerPool:
    """Starts servers on demand; all end with it, or with this process."""

    def __init__(self, sandbox: Sandbox, preload: Mapping[str, Iterable[str]], say: Callable[[str], None]) -> None:
        """`preload` is which modules a worker of each name imports; `say` hears once why there is none."""
        self._sandbox = sandbox
        self._preload = preload
        self._say = say
        self._servers: dict[_ServerKey, _Server] = {}
        self._jobs = 0

    def start(self, action: Action, command: SandboxCommand, output: tuple[int, int]) -> WorkerJob | None:
        """Start the command in a worker; None if it is not to be, or can't be run in one."""
        if not isinstance(self._sandbox, Bubblewrap) or action.worker not in self._preload or not _is_script(command):
            return None
        key = (action.worker, command.env, command.mounts)
        if key not in self._servers:
            self._servers[key] = _Server(self._sandbox, command, tuple(self._preload[action.worker]))
        server = self._servers[key]
        refusal = server.refusal()
        if refusal:
            if not server.is_announced:
                self._say(f"no worker '{action.worker}': {refusal}")
                server.is_announced = True
            return None
        self._jobs += 1
        return server.start(f"etb-{self._jobs}", command, output)

    def close(self) -> None:
        """End all servers."""
        for server in self._servers.values():
            server.close()
        self._servers = {}


class WorkerJob:
    """A Job that is a child of a server."""

    def __init__(self, server: _Server, name: str, result: int) -> None:
        self._server = server
        self._name = name
        self._result = result
        self._killed = False

    def fileno(self) -> int:
        """Return the result pipe."""
        return self._result

    def end(self) -> End:
        """Read the result; without one the child was killed, or the server has ended."""
        with open(self._result, "rb") as pipe:
            said = pipe.read()
        if not said:
            lost = not self._killed and self._server.has_ended()
            return End(0, lost=True) if lost else End(-signal.SIGKILL)
        code, peak_ram = said.split()
        return End(int(code), int(peak_ram))

    def kill(self, _signal_number: int = signal.SIGKILL) -> None:
        """Kill all its processes; the first of a process namespace heeds no other signal."""
        self._killed = True
        self._server.send({"kill": self._name})

    def ram(self) -> int:
        """Return what its processes take now."""
        for pid in descendants(self._server.pid):
            try:
                name = Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip()
            except (OSError, UnicodeDecodeError):
                continue
            if name == self._name:
                return sum(map(resident, descendants(pid)))
        return 0


class _Server:
    """One fork server."""

    def __init__(self, sandbox: Bubblewrap, command: SandboxCommand, preload: tuple[str, ...]) -> None:
        self.is_announced = False
        self._refusal = ""
        self._ready = False
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Root of its own namespaces, so that it may make its children's; the program that it runs may not.
        around = [sandbox.program, *NAMESPACES, "--uid", "0", "--gid", "0", "--cap-add", "ALL"]
        around += [*sandbox.system, *sandbox.mount_binds(command.mounts), "--bind", "/", HOST]
        around += ["--dir", ROOT, "--dir", REPORT, "--ro-bind", str(_PROGRAM), SERVER, "--chdir", "/"]
        for name, value in environment(command, REPORT, "/tmp").items():  # noqa: S108 - inside the sandbox.
            around += ["--setenv", name, value]
        self._process = subprocess.Popen(
            [*around, "--", command.argv[0], SERVER, *preload],
            env={},
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        theirs.close()
        self.pid = self._process.pid

    def refusal(self) -> str:
        """Return why it can't be used, as far as it has said; "" while it starts."""
        if not self._ready and not self._refusal:
            said = self._heard()
            self._ready = said == b"ready"
            self._refusal = "" if self._ready or said is None else said.decode(errors="replace") or "it ended"
        return self._refusal

    def _heard(self) -> bytes | None:
        """Return what it said since, b"" if it has ended, None if it has said nothing yet."""
        try:
            return self._channel.recv(1 << 12, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        except ConnectionError:
            # It ended without reading all that was sent. That is told first, once; then what it said before.
            return self._channel.recv(1 << 12, socket.MSG_DONTWAIT)

    def start(self, name: str, command: SandboxCommand, output: tuple[int, int]) -> WorkerJob | None:
        real = os.path.realpath
        binds = [(real(command.root), ROOT, False)]
        binds += [(real(f"{command.root}/{each}"), f"{ROOT}/{each}", True) for each in command.writable]
        binds += [(real(location), f"{ROOT}/{path}", False) for path, location in command.outside]
        binds += [(real(command.report), REPORT, True)]
        # bwrap sets PWD where it goes.
        env = environment(command, REPORT, "/tmp") | {"PWD": ROOT}  # noqa: S108 - inside the sandbox.
        read, write = os.pipe()
        request = {"name": name, "argv": command.argv, "env": env, "root": ROOT, "binds": binds, "user": NOBODY_ID}
        sent = self.send(request, (write, *output))
        os.close(write)
        if not sent:
            os.close(read)
            return None
        return WorkerJob(self, name, read)

    def send(self, request: Mapping[str, object], descriptors: tuple[int, ...] = ()) -> bool:
        """Send a request; tell whether that worked."""
        content = json.dumps(request).encode()
        if len(content) > _LARGEST_MESSAGE:
            return False
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        try:
            self._channel.sendmsg([content], rights)
        except ConnectionError:
            self._refusal = self.refusal() or "it ended"
            return False
        return True

    def has_ended(self) -> bool:
        """Tell whether it is gone, or about to be."""
        try:
            self._process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            return False
        self._refusal = self.refusal() or "it ended"
        return True

    def close(self) -> None:
        """End it and all its children: they are in one process namespace."""
        self._channel.close()
        self._process.kill()
        self._process.wait()


def _is_script(command: SandboxCommand) -> bool:
    """Tell whether it is `python script.py …` with the Python of a mount and no flags."""
    if len(command.argv) < 2 or not command.argv[1].endswith(".py"):
        return False
    return any(command.argv[0].startswith(f"{path}/bin/python") for path, _ in command.mounts)
