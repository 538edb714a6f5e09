"""Fork server: imports slow modules once, then runs each program in a child that sees only its own execution root.

Runs with the environment's own interpreter inside bubblewrap, and imports nothing of etbuild. A request comes as JSON
with the descriptors of a result pipe, stdout and stderr; /etbuild/host is this machine, and no child keeps it.
"""
# No more imports than needed: they stay in every program that it runs.

from __future__ import annotations

import array
import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
import traceback
import types
from typing import Any

HOST = "/etbuild/host"
_NEWNS, _NEWUSER, _NEWPID = 0x00020000, 0x10000000, 0x20000000
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 0x20, 0x1000, 0x4000, 0x40000
_DETACH = 2
_PDEATHSIG, _SET_NAME, _DROP_BOUND, _NO_NEW_PRIVS = 1, 15, 24, 38
_CAPSET = {"x86_64": 126, "aarch64": 91, "riscv64": 91}
_MESSAGE = 1 << 18

Request = dict[str, Any]


def main() -> None:
    """Import, say so, and serve until the other end is gone."""
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    try:
        for name in sys.argv[1:]:
            importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - whatever a library raises.
        _refuse(channel, f"{type(error).__name__}: {error}")
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        # A lock that another thread holds would stay locked in the child for ever.
        _refuse(channel, f"{threads} threads run after the imports, must be 1")
    gc.freeze()  # Otherwise the first collection in a child would touch, and so copy, every page.
    channel.send(b"ready")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _serve(channel)


def _refuse(channel: socket.socket, reason: str) -> None:
    channel.send(reason.encode())
    os._exit(1)


def _serve(channel: socket.socket) -> None:
    children: dict[int, int] = {}
    while True:
        content, ancillary, _, _ = channel.recvmsg(_MESSAGE, socket.CMSG_SPACE(3 * 4))
        if not content:
            return
        request = json.loads(content)
        if "kill" in request:
            with contextlib.suppress(ProcessLookupError, KeyError):
                os.killpg(children.pop(request["kill"]), signal.SIGKILL)
            continue
        descriptors = array.array("i")
        for _, _, payload in ancillary:
            descriptors.frombytes(payload)
        pid = os.fork()
        if pid == 0:
            channel.close()
            _supervise(request, *descriptors)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # Here too: a request to kill may come before the child gets so far.
        children[request["name"]] = pid
        for each in descriptors:
            os.close(each)


def _supervise(request: Request, result: int, stdout: int, stderr: int) -> None:
    """Run the program in a child of this child, the first of a new process namespace, and tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _die_with_parent()
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    try:
        _call("unshare", _NEWNS | _NEWPID)
        pid = os.fork()
        if pid == 0:
            os.close(result)
            _die_with_parent()
            _confine(request)
            os._exit(_run(request))
        _, status, usage = os.wait4(pid, 0)
        os.write(result, f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss * 1024}\n".encode())
    except BaseException:  # noqa: BLE001 - nothing may return to the server's loop.
        traceback.print_exc()
    os._exit(0)


def _confine(request: Request) -> None:
    """See what bubblewrap would show: the same paths, and nothing else."""
    _call("prctl", _SET_NAME, request["name"].encode(), 0, 0, 0)
    _mount(None, "/", _REC | _PRIVATE)
    for source, target, writable in request["binds"]:
        _mount(HOST + source, target, _BIND | _REC)
        if not writable:
            _mount(None, target, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)
    _call("umount2", HOST.encode(), _DETACH)
    _mount("tmpfs", "/tmp", _NOSUID | _NODEV, "tmpfs")  # noqa: S108 - of its own.
    _mount("tmpfs", "/dev/shm", _NOSUID | _NODEV, "tmpfs")  # noqa: S108 - of its own.
    _mount("proc", "/proc", _NOSUID | _NODEV | _NOEXEC, "proc")
    _mount(None, "/", _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)
    uid, gid = request["user"]
    _call("unshare", _NEWUSER)
    for name, content in (("setgroups", "deny"), ("uid_map", f"{uid} 0 1"), ("gid_map", f"{gid} 0 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(content)
    with contextlib.suppress(OSError):  # Up to the last that this kernel knows.
        for capability in range(64):
            _call("prctl", _DROP_BOUND, capability, 0, 0, 0)
    _call("prctl", _NO_NEW_PRIVS, 1, 0, 0, 0)
    _call("syscall", _CAPSET[os.uname().machine], struct.pack("Ii", 0x20080522, 0), bytes(24))


def _run(request: Request) -> int:
    """Run the program as `python script …` would, and return the exit code."""
    os.chdir(request["root"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = request["argv"][1:]
    script = os.path.abspath(sys.argv[0])
    sys.path[0] = os.path.dirname(os.path.realpath(script))
    try:
        program = sys.modules["__main__"] = types.ModuleType("__main__")
        program.__file__ = script
        with open(script, "rb") as file:
            exec(compile(file.read(), script, "exec"), program.__dict__)  # noqa: S102 - it is what was asked for.
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        if code and not isinstance(error.code, int):
            print(error.code, file=sys.stderr)  # noqa: T201 - as the interpreter does.
    except BaseException as error:  # noqa: BLE001 - as the interpreter does.
        _show(error)
        code = 1
    atexit._run_exitfuncs()  # noqa: SLF001 - os._exit, which ends a fork, passes over them.
    sys.stdout.flush()
    sys.stderr.flush()
    return code & 0xFF


def _show(error: BaseException) -> None:
    """Print a traceback that begins in the program."""
    frames = error.__traceback__
    while frames is not None and frames.tb_next and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    traceback.print_exception(type(error), error, frames)


def _die_with_parent() -> None:
    _call("prctl", _PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _mount(source: str | None, target: str, flags: int, kind: str | None = None) -> None:
    _call("mount", source and source.encode(), target.encode(), kind and kind.encode(), flags, None)


def _call(name: str, *args: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*args) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}{args}: {os.strerror(number)}")


if __name__ == "__main__":
    main()
