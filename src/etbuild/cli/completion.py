"""The verb `completion`: scripts for shells, and the candidates that they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from etbuild.cli.invocation import Invocation
from etbuild.cli.output import show_lines
from etbuild.loading.declared import declared_targets, package_names
from etbuild.loading.workspace import load_workspace
from etbuild.model.diagnostics import EtbuildError
from etbuild.model.label import Label, Pattern, parse_pattern

_BASH = r"""_etbuild() {
    local word line
    word=${COMP_LINE:0:COMP_POINT}
    word=${word##* }
    local IFS=$'\n'
    COMPREPLY=()
    for line in $("${COMP_WORDS[0]}" completion words -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word" 2>/dev/null); do
        # Readline takes a colon for the end of a word: what stands before it is not to be repeated.
        case $word in *:*) line=${line#"${word%:*}:"} ;; esac
        COMPREPLY+=("$line")
    done
    case ${COMPREPLY[0]} in */ | *:) compopt -o nospace ;; esac
}
complete -o default -F _etbuild etbuild ./etbuild
"""
_ZSH = r"""#compdef etbuild
_etbuild() {
    local -a found
    found=(${(f)"$($words[1] completion words -- "${(@)words[2,CURRENT-1]}" "$words[CURRENT]" 2>/dev/null)"})
    compadd -S '' -- $found
}
compdef _etbuild etbuild
"""
_FISH = r"""function __etbuild
    set -l words (commandline -opc)
    $words[1] completion words -- $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c etbuild -f -a '(__etbuild)'
"""
SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@click.command(short_help="Print a script that completes commands in a shell.")
@click.argument("shell", type=click.Choice((*SCRIPTS, "words")))
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def completion(context: click.Context, shell: str, words: tuple[str, ...]) -> int:
    """Print the script that completes verbs, flags and labels: source it, as in: . <(etbuild completion bash).

    `words` is what the scripts call: it prints what may stand in place of the last of WORDS.
    """
    if shell in SCRIPTS:
        if words:
            raise click.UsageError(f"nothing may follow '{shell}', '{words[0]}' does")
        show_lines([SCRIPTS[shell].rstrip("\n")])
        return 0
    group = context.find_root().command
    if isinstance(group, click.Group) and words:
        show_lines(candidates(context, group, words))
    return 0


def candidates(context: click.Context, group: click.Group, words: tuple[str, ...]) -> list[str]:
    """Return what may stand in place of the last word."""
    *before, word = words
    verbs = [name for name in before if name in group.list_commands(context)]
    if word.startswith("-"):
        command = group.get_command(context, verbs[0] if verbs else "build")
        found: Iterable[str] = _flags(command) if command else ()
    elif word.startswith(("/", ":", "@")) or verbs:
        found = _labels(context.obj, word)
    else:
        found = group.list_commands(context)
    return sorted({each for each in found if each.startswith(word)})


def _flags(command: click.Command) -> Iterator[str]:
    for option in command.params:
        if isinstance(option, click.Option):
            yield from (flag for flag in option.opts if flag.startswith("--"))


def _labels(invocation: Invocation, word: str) -> Iterator[str]:
    """Yield the packages that go on from `word`, or the targets of the one that stands before its colon."""
    if not word.startswith(("//", ":")):
        yield from ("//",) if word in ("", "/") else ()
        return
    try:
        workspace = load_workspace(invocation.workspace_root, invocation.etbuild_root)
        place, colon, _ = word.partition(":")
        if not colon:
            yield from (f"//{name}:" for name in package_names(workspace, _nowhere))
            return
        folder = invocation.cwd.relative_to(invocation.workspace_root).as_posix().removeprefix(".")
        pattern: Pattern = parse_pattern(f"{place}:all", Label("", folder, ""))
        yield from (f"{place}:{spec.label.name}" for spec, _ in declared_targets(workspace, [pattern], _nowhere))
    except EtbuildError:
        return


def _nowhere(_name: str) -> Path:
    raise EtbuildError  # Nothing is fetched for a completion.
