"""Writes compile_commands.json, by which editors know how each source is compiled. Asks etbuild for its actions; builds
nothing. Generated headers are found once they were built.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

FILE = "compile_commands.json"
OUTPUTS = "etbuild-out"
_FOLDER_FLAGS = ("-I", "-iquote", "-isystem")


def entries(actions: Sequence[Mapping[str, Any]], root: Path, roots: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what compile_commands.json holds; of a source that is compiled more than once, the first."""
    found: dict[str, dict[str, Any]] = {}
    for action in actions:
        if action["mnemonic"] == "CcCompile":
            *words, _, source, _, made = action["argv"][2:]  # … -c source -o made
            source = _physical(source, roots)
            outputs = f"{OUTPUTS}/{action['target'].rpartition(' (')[2].rstrip(')')}"
            arguments = [*_editor_words(words, outputs, roots), "-c", source, "-o", f"{outputs}/{made}"]
            found.setdefault(source, {"directory": str(root), "file": source, "arguments": arguments})
    return [found[source] for source in sorted(found)]


def _editor_words(words: Sequence[str], outputs: str, roots: Mapping[str, str]) -> Iterator[str]:
    """Yield a compiler's words as they hold in the workspace: what is made stands below `outputs` there."""
    rest = iter(words)
    for word in rest:
        flag = next((flag for flag in _FOLDER_FLAGS if word.startswith(flag)), None)
        if word == "-MF":
            next(rest)
        elif flag:
            folder = word[len(flag) :] or next(rest)
            yield from (flag, _physical(folder, roots), flag, str(Path(outputs, folder)))
        elif word != "-MD":
            yield word


def _physical(path: str, roots: Mapping[str, str]) -> str:
    """Return where a path of an action is in the workspace: its `roots` map folders."""
    for prefix in sorted(roots, key=len, reverse=True):
        if not prefix or path == prefix or path.startswith(f"{prefix}/"):
            return str(Path(roots[prefix], path.removeprefix(prefix).lstrip("/")))
    return path


def query(words: Sequence[str], env: Mapping[str, str]) -> Any:
    """Return the actions of targets, as etbuild prints them."""
    command = [*shlex.split(env["ETBUILD"]), "query", "--actions", "--json", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    return json.loads(done.stdout)


def _workspace_root(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if (each / "WORKSPACE").is_file())


def main(argv: Sequence[str], env: Mapping[str, str], folder: Path) -> int:
    """Write the file and say so."""
    parser = argparse.ArgumentParser("etbuild ide", description="Write compile_commands.json, for editors.")
    parser.add_argument("patterns", nargs="*", default=["//..."], help="whose sources; [default: //...]")
    parser.add_argument("--platform", default="host", help="for which platform; [default: the host]")
    parser.add_argument("-c", "--mode", default="fastbuild", help="how they are compiled; [default: fastbuild]")
    options = parser.parse_args(argv)
    root = _workspace_root(folder)
    roots = tomllib.loads((root / "WORKSPACE").read_text("utf-8")).get("roots", {})
    words = (" + ".join(options.patterns), "--platform", options.platform, "--mode", options.mode)
    found = entries(query(words, env), root, roots)
    (root / FILE).write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(f"{FILE}: {len(found)} sources")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, Path.cwd()))
