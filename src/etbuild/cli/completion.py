"""The verb `completion`: scripts for shells."""

from __future__ import annotations

import click

from etbuild.cli.candidates import candidates
from etbuild.cli.output import show_lines

_BASH = r"""_etbuild() {
    local word line
    word=${COMP_LINE:0:COMP_POINT}
    word=${word##* }
    local IFS=$'\n'
    COMPREPLY=()
    for line in $("${COMP_WORDS[0]}" completion words -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word" 2>/dev/null); do
        # Readline takes : and = for the end of a word: what stands before them is not to be repeated.
        case $word in *[:=]*) line=${line#"${word%[:=]*}"?} ;; esac
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
