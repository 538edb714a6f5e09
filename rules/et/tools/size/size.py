"""Shows what takes how much of a program, and what grew since a revision. Builds it; takes part in no build."""

# ruff: noqa: E402 -- imports come when this folder has left the search path.
from __future__ import annotations

import sys
from pathlib import Path

# This folder leaves the search path: a file of it is called as a module of the standard library could be.
_TOOLS = Path(__file__).resolve().parents[1]
sys.path[:] = [str(_TOOLS), *(entry for entry in sys.path if Path(entry).resolve() != Path(__file__).resolve().parent)]

import argparse
import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from common.diagnostics import mistake, run_tool
from size.attribution import Sizes, attribute
from size.kernel_facts import kernels_of, objects_of_kernels
from size.link_map import read_map
from size.older_files import checked_out, launcher
from size.size_text import render

SHOWN = 20


def main(argv: Sequence[str]) -> None:
    """Measure, print."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # A reader may have seen enough.
    options = _options(argv)
    here, own = Path.cwd(), shlex.split(os.environ["ETBUILD"])
    flags = ("--mode", options.mode, "--platform", options.platform)
    target, now = measure(own, here, options.target, flags)
    before = None
    if options.against:
        with checked_out(here, options.against) as there:
            _, before = measure(launcher(own, there), there, target, flags)
    if options.json:
        found = {"target": target, "now": now.as_json(), "before": before.as_json() if before else None}
        print(json.dumps(found, indent=2))
        return
    most = options.rows or sys.maxsize
    print("\n".join(render(target, now, before, options.against, most)))


def measure(etbuild: Sequence[str], folder: Path, pattern: str, flags: Sequence[str]) -> tuple[str, Sizes]:
    """Build a program; return its label and sizes, or leave if it cannot. Raises `not-one-target`, `no-map`."""
    report = _ask([*etbuild, "build", "--json", pattern, *flags], folder)
    built = report["targets"]
    if len(built) != 1:
        raise mistake("not-one-target", f"'{pattern}' must be one target, is {len(built)} targets")
    [made] = built
    root = _root(folder)
    program = root / made["outputs"][0]["path"] if made["outputs"] else root
    map_ = program.with_name(f"{name_of(made['label'])}.map")
    if not map_.is_file():
        message = f"'{made['label']}' must be a program whose linker wrote a map, there is none"
        hint = "programs have one in mode `size` where the toolchain says `maps = true`, and on bare metal"
        raise mistake("no-map", f"{message}: {hint}")
    actions = _ask([*etbuild, "query", "--actions", "--json", f"deps({made['label']})", *flags], folder)
    kernels = kernels_of(actions, lambda path: _content(root / path))
    pieces = read_map(map_.read_text(encoding="utf-8", errors="replace"))
    return made["label"], attribute(program.stat().st_size, pieces, kernels, objects_of_kernels(actions))


def name_of(label: str) -> str:
    """Return the name of a target, such as `b` for `//a/b`."""
    return re.split("[:/]", label)[-1]


def _ask(words: Sequence[str], folder: Path) -> Any:
    done = subprocess.run(words, cwd=folder, env=_env(os.environ), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    return json.loads(done.stdout)


def _env(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in ("PYTHONPATH", "ETBUILD")}


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _root(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if (each / "WORKSPACE").is_file())


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "etbuild size", description="Show what takes how much of a program, by part, operator and symbol."
    )
    parser.add_argument("target", help="a program, such as //examples/smallest")
    parser.add_argument("--against", default="", metavar="REV", help="show what differs from a revision of git")
    parser.add_argument("--platform", default="host", help="for which platform; [default: the host]")
    parser.add_argument("-c", "--mode", default="size", help="how it is compiled; [default: size]")
    parser.add_argument("--rows", type=int, default=SHOWN, help="of each table; 0 for all; [default: %(default)s]")
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(run_tool(main, sys.argv[1:]))
