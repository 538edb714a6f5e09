"""WorkerPool: placeholder."""

from __future__ import annotations

from etbuild.execution.sandbox.protocol import SandboxCommand
from etbuild.execution.spawn import Job
from etbuild.model.action import Action


class WorkerPool:
    def start(self, action: Action, command: SandboxCommand, output: tuple[int, int]) -> Job | None:
        return None
