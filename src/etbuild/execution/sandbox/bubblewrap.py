"""Bubblewrap: new namespaces in which nothing exists but what was declared. Knows nothing of farms: it binds one."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from etbuild.execution.sandbox.protocol import REPORT, ROOT, SandboxCommand, environment
from etbuild.execution.spawn import Process
from etbuild.model.frozen import field, mutable

PROGRAM = "/usr/bin/bwrap"
NAMESPACES = (
    "--unshare-all",
    "--unshare-user",
    "--die-with-parent",
    "--new-session",
    "--hostname",
    "sandbox",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
    "--tmpfs",
    "/tmp",  # noqa: S108 - inside the sandbox.
)
NOBODY_ID = (1000, 1000)
NOBODY = ("--uid", "1000", "--gid", "1000", "--cap-drop", "ALL")
"""One user on every machine. Not root: as root, tar and others try to change owners, and may not."""


@mutable
class Bubblewrap:
    """Runs each command in namespaces of its own, without network."""

    program: str = PROGRAM
    name: str = "bubblewrap"
    binds: bool = True
    guards: bool = True
    system: list[str] = field(default_factory=lambda: system_binds("/"))
    _mounts: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def start(self, command: SandboxCommand, output: tuple[int, int]) -> Process:
        """Start bwrap, which sees the caller's environment: none."""
        return Process([*self._around(command), *command.argv], {}, None, output)

    def close(self) -> None:
        """Nothing is held."""

    def shell(self, command: SandboxCommand) -> str:
        """Return the command line with a shell in place of the program."""
        return shlex.join([*self._around(command), "sh"])

    def _around(self, command: SandboxCommand) -> list[str]:
        around = [self.program, *NAMESPACES, *NOBODY, *self.system, *self.mount_binds(command.mounts)]
        around += ["--ro-bind", command.root, ROOT]
        for folder in command.writable:
            around += ["--bind", _below(command.root, folder), _below(ROOT, folder)]
        for path, location in command.outside:
            around += ["--ro-bind", location, f"{ROOT}/{path}"]
        around += ["--bind", command.report, REPORT, "--remount-ro", "/", "--chdir", ROOT]
        for name, value in environment(command, REPORT, "/tmp").items():  # noqa: S108 - inside the sandbox.
            around += ["--setenv", name, value]
        return [*around, "--"]

    def mount_binds(self, mounts: Sequence[tuple[str, str]]) -> list[str]:
        """Return the arguments that bind mounts."""
        binds = []
        for mount in mounts:
            if mount not in self._mounts:
                self._mounts[mount] = list(_mount_binds(*mount))
            binds += self._mounts[mount]
        return binds


def _below(root: str, folder: str) -> str:
    return f"{root}/{folder}" if folder else root


def system_binds(root: str) -> list[str]:
    """Return the arguments for /usr and what stands for it at the top; `root` is where to look."""
    binds = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib32", "lib64", "sbin"):
        path = Path(root, name)
        if path.is_symlink():
            binds += ["--symlink", str(path.readlink()), f"/{name}"]
        elif path.is_dir():
            binds += ["--ro-bind", f"/{name}", f"/{name}"]
    # Debian's awk, cc and others are links to there.
    binds += ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
    # Where libraries look for the cores; on Arm they find them nowhere else, and refuse to start.
    binds += ["--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu"]
    return binds


def _mount_binds(path: str, folder: str) -> Iterator[str]:
    if path != "/usr":
        yield from ("--ro-bind", folder, path)
    for prefix in base_prefixes(folder):
        yield from ("--ro-bind", prefix, prefix)


def base_prefixes(folder: str) -> list[str]:
    """Return where the interpreter of a Python environment lives, if `folder` is one and that is not below /usr.

    Two paths if a link leads there: the environment names the first, the interpreter finds its library by the second.
    """
    try:
        text = Path(folder, "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return []
    settings = dict(line.partition("=")[::2] for line in text.replace(" ", "").splitlines())
    home = settings.get("home", "")
    prefixes = dict.fromkeys((os.path.dirname(home), os.path.dirname(os.path.realpath(home))) if home else ())
    return [prefix for prefix in prefixes if prefix not in ("", "/", "/usr") and not prefix.startswith("/usr/")]
