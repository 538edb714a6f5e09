"""Landlock: the kernel's allow-list of paths, for where namespaces are refused. Needs no package and no privilege."""

from __future__ import annotations

import ctypes
import os
import struct
import threading
from collections.abc import Iterable
from pathlib import Path

from etbuild.execution.process_guard import ProcessGuard
from etbuild.execution.sandbox.bubblewrap import base_prefixes
from etbuild.execution.sandbox.protocol import SandboxCommand, at_home
from etbuild.execution.sandbox.unsandboxed import enter_folder, mark_of
from etbuild.execution.spawn import Process
from etbuild.model.frozen import field, mutable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_NO_NEW_PRIVS = 38
_READ = 0b1101  # Execute, read a file, list a folder.
_OF_FILES = 0b1100000000000111
_ALL = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
_SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin", "/etc/alternatives", "/etc/ld.so.cache", "/proc")
_CORES = "/sys/devices/system/cpu"


def landlock_version() -> int:
    """Return the version of the kernel's interface; 0 if it has none."""
    return max(0, int(_libc().syscall(_CREATE, None, 0, 1)))


@mutable
class Landlock:
    """Runs each command with a list of the paths that it may use."""

    version: int
    name: str = "landlock"
    binds: bool = False
    guards: bool = True
    _guard: ProcessGuard = field(default_factory=ProcessGuard)

    def start(self, command: SandboxCommand, output: tuple[int, int]) -> Process:
        """Start it from a thread that has given up its rights: what a thread gave up, its children lack.

        So nothing has to run between fork and exec.
        """
        argv, env = at_home(command)
        started: list[Process | BaseException] = []

        def confine_and_start() -> None:
            try:
                self._restrict(command)
                started.append(Process(argv, env, command.root, output))
            except BaseException as error:  # noqa: BLE001 - raised again below.
                started.append(error)

        self._guard.watch(mark_of(command))
        thread = threading.Thread(target=confine_and_start)
        thread.start()
        thread.join()
        [result] = started
        if isinstance(result, BaseException):
            raise result
        return result

    def close(self) -> None:
        """End the guard."""
        self._guard.close()

    def shell(self, command: SandboxCommand) -> str:
        """Return how to go to the execution root, unconfined."""
        return enter_folder(command)

    def _restrict(self, command: SandboxCommand) -> None:
        libc = _libc()
        files = _ALL.get(self.version, 0xFFFF)
        network = 0b11 if self.version >= 4 else 0
        scoped = 0b11 if self.version >= 6 else 0
        size = 8 if self.version < 4 else 16 if self.version < 6 else 24
        rules = _checked(libc.syscall(_CREATE, struct.pack("QQQ", files, network, scoped)[:size], size, 0))
        try:
            folders = [folder for _, folder in command.mounts]
            prefixes = [prefix for folder in folders for prefix in base_prefixes(folder)]
            outside = [location for _, location in command.outside]
            _allow(libc, rules, [*_SYSTEM, _CORES, *folders, *prefixes, *outside, command.root], _READ)
            writable = [f"{command.root}/{folder}" for folder in command.writable]
            _allow(libc, rules, [*writable, command.temporary, command.report, "/dev"], files)
            _checked(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
            _checked(libc.syscall(_RESTRICT, rules, 0))
        finally:
            os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, paths: Iterable[str], access: int) -> None:
    for path in paths:
        try:
            opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            allowed = access if Path(path).is_dir() else access & _OF_FILES
            _checked(libc.syscall(_ADD, rules, 1, struct.pack("=Qi", allowed, opened), 0))
        finally:
            os.close(opened)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
