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
from etbuild.model.diagnostics import EXIT_INTERRUPTED, EtbuildError


def main(argv: Sequence[str], etbuild_root: Path, python: Path, expected: str | None = None) -> int:
    """Run one command line and return its exit code: turns mistakes into text, but those that click finds."""
    try:
        words, origins = expand_configs(verb_first(argv), os.environ, Path.cwd())
        invocation = Invocation(tuple(argv), os.environ, Path.cwd(), etbuild_root, python, expected, origins)
        plain = read_plain_build(words)
        if plain is not None:
            from etbuild.cli.answer_build import answer_build

            return answer_build(invocation, *plain)
        from etbuild.cli.verbs import run_verb

        return run_verb(words, invocation)
    except EtbuildError as error:
        for diagnostic in error.diagnostics:
            sys.stderr.write(f"{diagnostic.render()}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write(INTERRUPTED)
        return EXIT_INTERRUPTED
