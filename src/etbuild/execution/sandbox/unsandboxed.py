"""Unsandboxed: the execution root and a clean environment, and no more. Confines nothing."""

from __future__ import annotations

import os
import shlex

from etbuild.execution.process_guard import ProcessGuard
from etbuild.execution.sandbox.protocol import SandboxCommand, at_home
from etbuild.execution.spawn import Process
from etbuild.model.frozen import field, mutable


@mutable
class Unsandboxed:
    """Runs each command as it is, in its execution root."""

    name: str = "none"
    binds: bool = False
    guards: bool = False
    _guard: ProcessGuard = field(default_factory=ProcessGuard)

    def start(self, command: SandboxCommand, output: tuple[int, int]) -> Process:
        """Start it."""
        argv, env = at_home(command)
        self._guard.watch(mark_of(command))
        return Process(argv, env, command.root, output)

    def close(self) -> None:
        """End the guard."""
        self._guard.close()

    def shell(self, command: SandboxCommand) -> str:
        """Return how to go there."""
        return enter_folder(command)


def mark_of(command: SandboxCommand) -> str:
    """Return what the environment of all our commands holds, and of nobody else's."""
    return f"TMPDIR={os.path.dirname(os.path.dirname(command.temporary))}/"


def enter_folder(command: SandboxCommand) -> str:
    """Return what a person types to stand in the execution root with the action's environment."""
    _, env = at_home(command)
    settings = [f"{name}={value}" for name, value in env.items()]
    return shlex.join(["env", "-i", "-C", command.root, *settings, "sh"])
