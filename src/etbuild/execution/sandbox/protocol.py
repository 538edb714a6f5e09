"""What a sandbox is told, and what every action sees wherever it runs. Knows nothing of how a sandbox confines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from etbuild.execution.spawn import Job
from etbuild.model.frozen import frozen

ROOT = "/etbuild/root"
"""The execution root, as a confined action sees it."""
REPORT = "/etbuild/report"
"""Where a tool leaves diagnostics and progress."""
DIAGNOSTICS = "diagnostics.json"
PROGRESS = "progress"
BEFORE = "before"
FIXED_ENV = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "USER": "nobody",
    "LOGNAME": "nobody",
    "SOURCE_DATE_EPOCH": "315532800",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""The same for all actions, hence in no key."""


@frozen
class SandboxCommand:
    """A command and all that it may see. Absolute paths are this machine's unless said otherwise."""

    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    """What the action itself asked for."""
    root: str
    """The farm of its inputs."""
    writable: tuple[str, ...]
    """Folders below the root in which it makes outputs; "" is the root itself."""
    temporary: str
    """An empty folder, for a sandbox that has no /tmp of its own."""
    report: str
    mounts: tuple[tuple[str, str], ...] = ()
    """A path as the action sees it, and the folder here."""
    outside: tuple[tuple[str, str], ...] = ()
    """A path below the root, and the file or folder here that it stands for."""


class Sandbox(Protocol):
    """A way to run a command."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    @property
    def binds(self) -> bool:
        """Whether what is outside the farm is bound into it; else the farm holds a link to it."""

    @property
    def guards(self) -> bool:
        """Whether the farm can't be written to, but for `writable`."""

    def start(self, command: SandboxCommand, output: tuple[int, int]) -> Job:
        """Start it, stdout and stderr going to two open files."""

    def close(self) -> None:
        """Give back what it holds."""

    def shell(self, command: SandboxCommand) -> str:
        """Return what a person types to stand where the command ran."""


def environment(command: SandboxCommand, report: str, temporary: str) -> dict[str, str]:
    """Return the whole environment of a command that sees its report and temporary folders at these paths."""
    return {
        **FIXED_ENV,
        "HOME": temporary,
        "TMPDIR": temporary,
        "ETBUILD_DIAGNOSTICS": f"{report}/{DIAGNOSTICS}",
        "ETBUILD_PROGRESS": f"{report}/{PROGRESS}",
        "ETBUILD_BEFORE": f"{report}/{BEFORE}",
        **dict(command.env),
    }


def at_home(command: SandboxCommand) -> tuple[list[str], dict[str, str]]:
    """Return argv and environment where paths stay as they are: mounts are named by their folders here."""
    moved = {path: folder for path, folder in command.mounts if path != folder}
    env = environment(command, command.report, command.temporary)
    if not moved:
        return list(command.argv), env
    pattern = re.compile("(" + "|".join(map(re.escape, sorted(moved, reverse=True))) + r")(?![\w.-])")
    return [_moved(word, pattern, moved) for word in command.argv], {
        name: _moved(value, pattern, moved) for name, value in env.items()
    }


def _moved(text: str, pattern: re.Pattern[str], moved: Mapping[str, str]) -> str:
    return pattern.sub(lambda match: moved[match[1]], text)
