"""Writes compile_commands.json, by which editors know how each source is compiled. Asks etbuild for its actions, and to
make the headers that targets make; compiles nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

FILE = "compile_commands.json"
OUTPUTS = "etbuild-out"
_FOLDER_FLAGS = ("-I", "-iquote", "-isystem")
_NO_HEADER = (".exports", ".sh")
Actions = Sequence[Mapping[str, Any]]


def entries(actions: Actions, root: Path, configuration: str) -> list[dict[str, Any]]:
    """Return what compile_commands.json holds; of a source that is compiled more than once, what is compiled for
    `configuration`, or the first.
    """
    found: dict[str, dict[str, Any]] = {}
    for action in sorted(_compiles(actions), key=lambda each: _configuration(each) != configuration):
        *words, _, source, _, _ = action["argv"][2:]  # … -c source -o made
        places = dict(action["places"])
        source = places.get(source, source)
        # The object is nobody's: what etbuild makes stands in its cache.
        arguments = [*_editor_words(words, action, places), "-c", source, "-o", "/dev/null"]
        found.setdefault(source, {"directory": str(root), "file": source, "arguments": arguments})
    return [found[source] for source in sorted(found)]


def makers(actions: Actions, configuration: str) -> list[str]:
    """Return the targets that make headers for `configuration`."""
    made = {output: action["target"] for action in actions for output in action["outputs"]}
    wanted = {made.get(path, "") for action in _compiles(actions) for path in _headers(action)}
    return sorted(name.rpartition(" (")[0] for name in wanted if name.endswith(f" ({configuration})"))


def _compiles(actions: Actions) -> Iterator[Mapping[str, Any]]:
    return (action for action in actions if action["mnemonic"] == "CcCompile")


def _headers(action: Mapping[str, Any]) -> Iterator[str]:
    return (path for path in action["inputs"] if not path.endswith(_NO_HEADER))


def _configuration(action: Mapping[str, Any]) -> str:
    return str(action["target"]).rpartition(" (")[2].rstrip(")")


def _editor_words(words: Sequence[str], action: Mapping[str, Any], places: Mapping[str, str]) -> Iterator[str]:
    """Yield a compiler's words as they hold in the workspace: what is made stands below its outputs there."""
    outputs = Path(OUTPUTS, _configuration(action))
    rest = iter(words)
    for word in rest:
        flag = next((flag for flag in _FOLDER_FLAGS if word.startswith(flag)), None)
        if word == "-MF":
            next(rest)
        elif flag:
            folder = word[len(flag) :] or next(rest)
            yield from (flag, _place(folder, places), flag, str(outputs / folder))
        elif word != "-MD":
            yield _place(word, places)


def _place(path: str, places: Mapping[str, str]) -> str:
    """Return where a path of an action is: told by where it is itself, or what is above or below it."""
    for known, place in places.items():
        if path == known or path.startswith(f"{known}/"):
            return place + path[len(known) :]
        below = known[len(path) :]
        if known.startswith(f"{path}/") and place.endswith(below):
            return place.removesuffix(below)
    return path


def ask(words: Iterable[str], env: Mapping[str, str], **how: Any) -> subprocess.CompletedProcess[str]:
    """Run etbuild."""
    return subprocess.run([*shlex.split(env["ETBUILD"]), *words], text=True, check=False, **how)


def _workspace_root(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if (each / "WORKSPACE").is_file())


def main(argv: Sequence[str], env: Mapping[str, str], folder: Path) -> int:
    """Write the file and say so."""
    parser = argparse.ArgumentParser("etbuild ide", description="Write compile_commands.json, for editors.")
    parser.add_argument("patterns", nargs="*", default=["//..."], help="whose sources; [default: //...]")
    parser.add_argument("--platform", default="host", help="for which platform; [default: the host]")
    parser.add_argument("-c", "--mode", default="fastbuild", help="how they are compiled; [default: fastbuild]")
    options = parser.parse_args(argv)
    flags = ("--platform", options.platform, "--mode", options.mode)
    query = ("query", "--actions", "--json", f"deps({' + '.join(options.patterns)})", *flags)
    answer = ask(query, env, stdout=subprocess.PIPE)
    if answer.returncode:
        return answer.returncode
    actions, root = json.loads(answer.stdout), _workspace_root(folder)
    mode = "" if options.mode == "fastbuild" else f"-{options.mode}"
    configuration = f"{re.split('[/:]', options.platform)[-1]}{mode}"
    wanted = makers(actions, configuration)
    made = ask(("build", *wanted, *flags), env, stdout=sys.stderr).returncode if wanted else 0
    found = entries(actions, root, configuration)
    (root / FILE).write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(f"{FILE}: {len(found)} sources")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, Path.cwd()))
