"""The verbs, as click has them."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from etbuild import VERSION
from etbuild.cli.flags import is_pattern
from etbuild.cli.invocation import Invocation
from etbuild.model.diagnostics import EXIT_USER_MISTAKE, EtbuildError, did_you_mean

VERBS = {
    "build": "etbuild.cli.build:build",
    "test": "etbuild.cli.test:test",
    "run": "etbuild.cli.run:run",
    "query": "etbuild.cli.query:query",
    "explain": "etbuild.cli.explain:explain",
    "affected": "etbuild.cli.affected:affected",
    "log": "etbuild.cli.log:log",
    "lock": "etbuild.cli.lock:lock",
    "fetch": "etbuild.cli.fetch:fetch",
    "install": "etbuild.cli.install:install",
    "clean": "etbuild.cli.clean:clean",
    "cache": "etbuild.cli.cache:cache",
    "info": "etbuild.cli.info:info",
    "doctor": "etbuild.cli.doctor:doctor",
    "schema": "etbuild.cli.schema:schema",
    "docs": "etbuild.cli.docs:docs",
    "completion": "etbuild.cli.completion:completion",
}
"""Verb to the command that does it; imported only when it is asked for."""


def verb_command(verb: str) -> click.Command:
    """Return the command of one of VERBS."""
    module, _, name = VERBS[verb].partition(":")
    command: click.Command = getattr(importlib.import_module(module), name)
    return command


class Verbs(click.Group):
    """The verbs, and those that the workspace's families add."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all verbs, for --help: also where no workspace can be loaded."""
        with contextlib.suppress(EtbuildError):
            return [*VERBS, *_family_commands(ctx)]
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb's command. Raises EtbuildError where only a workspace that cannot be loaded may know it."""
        if cmd_name in VERBS:
            return verb_command(cmd_name)
        from etbuild.cli.family_command import FamilyVerb

        try:
            found = _family_commands(ctx).get(cmd_name)
        except EtbuildError as error:
            found = _brought(ctx, cmd_name)[1]
            if found is None or error.diagnostics[0].code != "workspace-not-found":
                raise
        return FamilyVerb(*found) if found else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take what is no verb for patterns to build, but a mistyped verb for a mistake."""
        if is_pattern(args[0]):
            return "build", self.get_command(ctx, "build"), args
        command = self.get_command(ctx, args[0])
        if command is None:
            family, _ = _brought(ctx, args[0])
            hint = f"family '{family}' has it: add \"{family}\" to families in WORKSPACE" if family else ""
            hint = hint or did_you_mean(args[0], self.list_commands(ctx)) or "see `etbuild --help`"
            raise click.UsageError(f"no verb '{args[0]}'\n  hint: {hint}")
        return args[0], command, args[1:]


def _family_commands(ctx: click.Context) -> dict[str, Any]:
    from etbuild.cli.family_command import family_commands

    return family_commands(ctx.find_object(Invocation))


def _brought(ctx: click.Context, verb: str) -> tuple[str, Any]:
    """Return which of etbuild's own families has a verb, and the verb."""
    from etbuild.cli.family_command import own_commands

    invocation = ctx.find_object(Invocation)
    known = own_commands(invocation) if invocation else {}
    return next(((family, verbs[verb]) for family, verbs in known.items() if verb in verbs), ("", None))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "ignore_unknown_options": True})
@click.version_option(VERSION, prog_name="etbuild")
def cli() -> None:
    """Build on-device PyTorch: models as targets, `.pte` programs proven and cached.

    \b
    etbuild //models:llama_xnnpack     build one target
    etbuild //...                      build all
    etbuild test //...                 build and run all tests
    """  # noqa: D301 - \b is click's, and keeps the lines apart.


def run_verb(words: Sequence[str], invocation: Invocation) -> int:
    """Run the verb that the words name, and return its exit code."""
    try:
        outcome = cli.main(list(words), prog_name="etbuild", standalone_mode=False, obj=invocation)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stderr.write(f"{error.format_message()}\n")
        return EXIT_USER_MISTAKE
    except click.ClickException as error:
        sys.stderr.write(f"error[usage]: {error.format_message()}\n{_note(error, invocation.origins)}")
        return EXIT_USER_MISTAKE
    except click.Abort:
        raise KeyboardInterrupt from None
    return outcome if isinstance(outcome, int) else 0


def _note(error: click.ClickException, origins: Mapping[str, str]) -> str:
    """Return which config sets the flag that is wrong: it may not have been typed."""
    words = error.param.opts if isinstance(error, click.BadParameter) and error.param else ()
    return "".join(f"  note: {word} is set by {origins[word]}\n" for word in words if word in origins)
