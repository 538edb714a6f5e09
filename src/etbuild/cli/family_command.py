"""Verbs that the workspace's families add: programs of theirs, run by the tool's own Python."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from etbuild.cli.invocation import Invocation
from etbuild.execution.failure import EX_DATAERR
from etbuild.model.diagnostics import EXIT_USER_MISTAKE
from etbuild.model.rule import Command, Family

Found = tuple[Command, str, int]
"""A verb, the path of its program and the caller's umask."""


def family_commands(invocation: Invocation | None) -> dict[str, Found]:
    """Return the verbs of the workspace's families by name. Raises EtbuildError where no workspace can be loaded."""
    if invocation is None:
        return {}
    from etbuild.loading.workspace import load_workspace

    return _commands(load_workspace(invocation.workspace_root, invocation.etbuild_root).families, invocation)


def own_commands(invocation: Invocation) -> dict[str, dict[str, Found]]:
    """Return the verbs of all families that etbuild brings, by family: WORKSPACE may list none of them."""
    from etbuild.loading.families import load_families

    root = invocation.etbuild_root
    names = sorted(path.parent.name for path in root.glob("rules/*/__init__.py"))
    families = load_families(names, root, root, {}).families
    return {family.name: _commands([family], invocation) for family in families}


def _commands(families: Iterable[Family], invocation: Invocation) -> dict[str, Found]:
    return {
        command.name: (command, f"{family.root}/tools/{command.program}", invocation.umask)
        for family in families
        for command in family.commands
    }


class FamilyVerb(click.Command):
    """Hands its words to the program."""

    def __init__(self, command: Command, program: str, umask: int) -> None:
        super().__init__(
            command.name,
            callback=lambda words: _exit_code(self._start(words).returncode),
            params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)],
            help=command.help,
            context_settings={"ignore_unknown_options": True, "help_option_names": []},
            add_help_option=False,
        )
        self._program, self._umask = program, umask

    def flags(self) -> list[str]:
        """Return the flags that the program's help names."""
        silent = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        told = self._start(["--help"], stdout=subprocess.PIPE, text=True, **silent).stdout
        return re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", told)

    def _start(self, words: Sequence[str], **how: Any) -> subprocess.CompletedProcess[str]:
        # A verb may ask etbuild itself, as a person would.
        flags = ("-I", *(("-S",) if sys.flags.no_site else ()), "-X", "utf8")
        own = shlex.join([sys.executable, *flags, str(Path(__file__).parents[1] / "__main__.py")])
        env = {**os.environ, "PYTHONPATH": str(Path(self._program).parents[1]), "ETBUILD": own}
        return subprocess.run([sys.executable, self._program, *words], env=env, check=False, umask=self._umask, **how)


def _exit_code(code: int) -> int:
    """Return what the tool's own verbs end with: for a user's mistake, and where nobody reads any more."""
    return 1 if code < 0 else EXIT_USER_MISTAKE if code == EX_DATAERR else code
