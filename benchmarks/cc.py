"""What etbuild adds to the compiler, beside ninja and Bazel: C++ files with twenty headers each, clean and changed.

    python benchmarks/cc.py [--folder DIR] [--files 1000] [--rounds 3] [--tools etbuild,sandboxed,ninja,bazel]

The compilers' own work is measured by running the very commands in a plain loop, two at a time, in the same run: the
loop's children are compilers and nothing else. CPU of a tool is that of its process, of all that it started, orphans
included, and of Bazel's server. The overhead is the difference of the two; for a clean build it is given for each file.
All take turns within a round, so that what else the machine does strikes all of them, and the median round counts.
Wall time is printed beside, and judged by nobody: on a busy machine it tells of others.

    clean      nothing is built: each source is compiled, ten archives and a program are linked
    source     one source changed, and its object with it: one compile, one archive, one link
    comment    a comment was added to a header that half of the sources include: they are compiled, and nothing linked.
               Bazel's genrules know no depfiles: they compile all that might include it
    no-op      nothing changed

Exit code 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

import cc_workload as workload
from noop import ROOT, Tool, children, share_tool

BARS = {
    ("clean", "etbuild"): 5.0,
    ("clean", "sandboxed"): 20.0,
    ("source", "etbuild"): 300.0,
    ("source", "sandboxed"): 300.0,
    ("no-op", "etbuild"): 25.0,
    ("no-op", "sandboxed"): 25.0,
}
"""In milliseconds of CPU: a clean build's for each file."""
SANDBOXES = {"etbuild": "none", "sandboxed": "bubblewrap"}
WHAT = ("clean", "source", "comment", "no-op")
PER_FILE = {"clean": 1.0, "comment": 0.5}
"""What is told for each file, and how many of all it compiles."""
BUILT = ("etbuild-out", "out", ".ninja_log", ".ninja_deps")
PR_SET_CHILD_SUBREAPER = 36
Figures = dict[tuple[str, str], list[tuple[float, float]]]
"""CPU and wall time in milliseconds, of each round."""


class Bare:
    """The commands alone."""

    name = "compiler"

    def __init__(self, folder: Path, n: int, compiler: Sequence[str]) -> None:
        self.folder = folder / "bare"
        shutil.rmtree(self.folder, ignore_errors=True)
        workload.write_sources(self.folder, n)
        self.n = n
        self.commands = workload.commands(compiler, n)

    def run(self, wanted: Container[str] | None) -> tuple[float, float]:
        """Run the commands of these outputs, or of all, two at a time: compiles, archives, the link."""
        before, start = children(), time.monotonic()
        stages: dict[str, list[list[str]]] = {}
        for made, _, argv in self.commands:
            (self.folder / made).parent.mkdir(parents=True, exist_ok=True)
            if wanted is None or made in wanted:
                stages.setdefault(made.rpartition(".")[2], []).append(argv)
        cwd = Path.cwd()
        os.chdir(self.folder)  # The commands' paths are relative, and a shell for each would count.
        for stage in stages.values():
            _run_two_at_a_time(stage)
        os.chdir(cwd)
        return children() - before, (time.monotonic() - start) * 1000


def _run_two_at_a_time(commands: Sequence[Sequence[str]]) -> None:
    programs = {argv[0]: str(shutil.which(argv[0])) for argv in commands}
    running = 0
    for place, argv in enumerate(commands, 1):
        os.posix_spawn(programs[argv[0]], list(argv), workload.ENVIRONMENT)
        running += 1
        while running == 2 or (running and place == len(commands)):
            if os.wait()[1]:
                raise SystemExit("a compiler failed")
            running -= 1


@contextlib.contextmanager
def adopting() -> Iterator[None]:
    """Be the parent of descendants that outlive their own, as in bubblewrap: only a parent is told what they took.

    Not where Bazel's server is started, which would be among them.
    """
    library = ctypes.CDLL(None)
    library.prctl(PR_SET_CHILD_SUBREAPER, 1)
    yield
    library.prctl(PR_SET_CHILD_SUBREAPER, 0)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


class CcTool(Tool):
    """One of the tools with a tree of its own."""

    def clean(self) -> None:
        """Remove all that it built, and all that it remembers but its own environment."""
        if self.name == "bazel":
            self.run(*self.argv[:2], "clean")
            return
        for path in [*self.cache.glob("*"), *(self.folder / "ws" / name for name in BUILT)]:
            if path.name != "tool":
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def build(self) -> tuple[float, float]:
        """Return the CPU and the wall time of one build."""
        before, start = children(), time.monotonic()
        if self.name == "bazel":
            cpu = self.run()
        else:
            with adopting():
                self.run()
            cpu = children() - before
        return cpu, (time.monotonic() - start) * 1000

    def write(self, path: str, text: str) -> None:
        """Change a file, and let it grow old enough to be told from a later change."""
        (self.folder / "ws" / path).write_text(text)
        time.sleep(0.05)

    def ran(self) -> list[str]:
        """Return the mnemonics of what the last build of etbuild ran."""
        log = subprocess.run(
            [self.argv[0], "log", "what-ran", "--json"], cwd=self.folder / "ws", env=self.env, check=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        return [action["mnemonic"] for action in json.loads(log.stdout)]


def tools(folder: Path, n: int, names: Sequence[str]) -> tuple[list[CcTool], list[str]]:
    """Return the tools that are wanted and installed, and the compiler with its flags as etbuild calls it."""
    found, compiler = [], []
    for name in ("etbuild", *(name for name in names if name != "etbuild")):
        if name in SANDBOXES:
            argv = [str(ROOT / "etbuild"), "--sandbox", SANDBOXES[name], "//..."]
            tool = CcTool(name, argv, workload.write_etbuild, folder, n)
            share_tool(tool, folder)
            compiler = compiler or compiler_of(tool)
        elif not shutil.which(name):
            print(f"{name} is not installed: left out")
            continue
        elif name == "ninja":
            tool = CcTool(name, ["ninja"], functools.partial(workload.write_ninja, compiler=compiler), folder, n)
        else:
            start = ["bazel", f"--output_user_root={folder}/bazel-{n}/bazel"]
            argv = [*start, "build", "--spawn_strategy=local", "--noshow_progress", "//..."]
            tool = CcTool(name, argv, functools.partial(workload.write_bazel, compiler=compiler), folder, n)
        found.append(tool)
    return found, compiler


def compiler_of(tool: CcTool) -> list[str]:
    """Return how etbuild calls the compiler, without the files."""
    tool.run(tool.argv[0], "ide")
    [example, *_] = json.loads((tool.folder / "ws/compile_commands.json").read_text())
    words: list[str] = example["arguments"][: example["arguments"].index("-c")]
    place = words.index("etbuild-out/host")  # Generated headers: there are none.
    return [*words[: place - 1], *words[place + 1 :]]


def measure(found: Sequence[CcTool], bare: Bare, rounds: int) -> tuple[Figures, list[str]]:
    """Return what each tool and the bare commands took in each round, and what was built that should not have been."""
    n, figures, wrong = bare.n, Figures(), []
    half = {f"out/{workload.source(index, n)}.o" for index in range(0, n, 2)}
    changed = workload.source(1, n)
    one = {f"out/{changed}.o", f"out/{changed.partition('/')[0]}.a", "out/app.bin"}
    common = workload.header("common", 0)
    for number in range(rounds):
        for what, wanted in (("clean", None), ("source", one), ("comment", half)):
            figures.setdefault((what, bare.name), []).append(bare.run(wanted))
        for tool in found:
            tool.clean()
            figures.setdefault(("clean", tool.name), []).append(tool.build())
            figures.setdefault(("no-op", tool.name), []).append(tool.build())
            tool.write(changed, workload.source_text(1, n, number + 1))
            figures.setdefault(("source", tool.name), []).append(tool.build())
            tool.write(common, f"{workload.header_text(common)}// Remark {number}.\n")
            figures.setdefault(("comment", tool.name), []).append(tool.build())
            if tool.name in SANDBOXES and tool.ran() != ["CcCompile"] * len(half):
                wrong.append(f"{tool.name}: a comment in a header with {len(half)} includers ran {Counter(tool.ran())}")
    return figures, wrong


def show(figures: Figures, names: Sequence[str], n: int) -> bool:
    """Print a line for each change and tool; tell whether all bars were held."""
    held = True
    print(f"{n} sources, {workload.HEADERS + workload.COMMON // 2} headers each; CPU in ms beyond the compiler's own")
    for what in WHAT:
        peers = {name: _overhead(figures, what, name, n) for name in names}
        for name, overhead in peers.items():
            cpu, wall = (statistics.median(each) for each in zip(*figures[what, name], strict=True))
            others = {peer: peers[peer] for peer in names if peer not in SANDBOXES and peers[peer] > 0}
            ratios = [f"{overhead / other:6.2f}x {peer}" for peer, other in others.items()]
            bar = BARS.get((what, name))
            held = held and (bar is None or overhead <= bar)
            verdict = f"  (must be ≤ {bar:.0f}: {'held' if overhead <= bar else 'MISSED'})" if bar else ""
            each = " a file" if what in PER_FILE else "       "
            told = (
                f"{what:<8} {name:<10} {overhead:8.1f} ms{each}   in all {cpu / 1000:7.2f} s, wall {wall / 1000:6.2f} s"
            )
            print(told, *(ratios if name in SANDBOXES else ()), verdict, flush=True)
    for what in ("clean", "source", "comment"):
        cpu, wall = (statistics.median(each) for each in zip(*figures[what, Bare.name], strict=True))
        print(f"{what:<8} {Bare.name:<10} {' ' * 21}   in all {cpu / 1000:7.2f} s, wall {wall / 1000:6.2f} s")
    return held


def _overhead(figures: Figures, what: str, name: str, n: int) -> float:
    """Return the median of each round's difference: the compilers ran in the same round."""
    bare = figures.get((what, Bare.name)) or [(0.0, 0.0)] * len(figures[what, name])
    beyond = [taken[0] - alone[0] for taken, alone in zip(figures[what, name], bare, strict=True)]
    return statistics.median(beyond) / (n * PER_FILE[what] if what in PER_FILE else 1)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "etbuild-cc"))
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tools", default="etbuild,sandboxed,ninja,bazel")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    found, compiler = tools(given.folder, given.files, given.tools.split(","))
    try:
        figures, wrong = measure(found, Bare(given.folder, given.files, compiler), given.rounds)
    finally:
        for tool in found:
            tool.close()
    held = show(figures, [tool.name for tool in found], given.files)
    print(*wrong, sep="\n")
    return 0 if held and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
