"""The command line: words to a verb, mistakes to text, outcomes to an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from etbuild.cli.configs import expand_configs
from etbuild.cli.flags import read_plain_build
from etbuild.cli.invocation import Invocation
from etbuild.cli.verb_first import verb_first
from etbuild.cli.wording import INTERRUPTED
from etbuild.execution.usable_folder import usable
from etbuild.model.diagnostics import EXIT_INTERRUPTED, Diagnostic, EtbuildError
from etbuild.up_to_date import workspace_above

_OUTPUTS_HINT = "builds place what they make there: remove what stands there, or allow it to be written"


def main(argv: Sequence[str], etbuild_root: Path, python: Path, expected: str | None = None, umask: int = 0o022) -> int:
    """Run one command line and return its exit code: turns mistakes into text, but those that click finds."""
    try:
        cwd = _working_folder()
        words, origins = expand_configs(verb_first(argv), os.environ, cwd)
        invocation = Invocation(tuple(argv), os.environ, cwd, etbuild_root, python, expected, origins, umask)
        with usable(Path(workspace_above(str(cwd)) or cwd, "etbuild-out"), _OUTPUTS_HINT):
            return _run(words, invocation)
    except EtbuildError as error:
        for diagnostic in error.diagnostics:
            sys.stderr.write(f"{diagnostic.render()}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write(INTERRUPTED)
        return EXIT_INTERRUPTED


def _run(words: Sequence[str], invocation: Invocation) -> int:
    plain = read_plain_build(words)
    if plain is not None:
        from etbuild.cli.answer_build import answer_build

        return answer_build(invocation, *plain)
    from etbuild.cli.verbs import run_verb

    return run_verb(words, invocation)


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        message = "the working folder must be there, was removed"
        raise EtbuildError(Diagnostic("no-working-folder", message, hint="go to another with cd")) from None
