"""CPU of etbuild, ninja and Bazel on one graph: nothing to do, one changed leaf, a clean build; and their ratios.

    python benchmarks/noop.py [--folder DIR] [--sizes 100,1000,10000] [--model //models:llama_xnnpack]

All tools take turns in one run, so that what else the machine does strikes all of them; each figure is a median. CPU is
user and system time of the process and its children; for Bazel also of its server, which stays warm. The overhead is
what a clean build takes beyond the bare commands, for each action. On a shared machine it strays by half in minutes:
it is told of the quietest rounds, too. Bazel is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import workload

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 7
MANY = 7000
"""Actions of clean builds that are enough: a single build of 100 strays by half."""
TICKS = os.sysconf("SC_CLK_TCK")
BUDGETS = {"no-op": {100: 15, 1000: 25, 10000: 105}, "one leaf": {100: 130, 1000: 145, 10000: 250}}
OVERHEAD = 2.5
QUIET = subprocess.DEVNULL


def children() -> float:
    """Return the CPU that processes took which have ended and were waited for, in milliseconds."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


class Tool:
    """One of the tools, in a folder with its own description of the graph."""

    def __init__(self, name: str, argv: list[str], write: Callable[[Path, int], object], folder: Path, n: int) -> None:
        self.name = name
        self.argv = argv
        self.folder = folder / f"{name}-{n}"
        self.cache = self.folder / "cache"
        self.env = {**os.environ, "ETBUILD_CACHE": str(self.cache)}
        shutil.rmtree(self.folder, ignore_errors=True)
        write(self.folder / "ws", n)

    def run(self, *argv: str) -> float:
        """Run the tool and return the CPU it took, in milliseconds."""
        before = children() + self._server()
        command = list(argv) or self.argv
        subprocess.run(command, cwd=self.folder / "ws", env=self.env, check=True, stdout=QUIET, stderr=QUIET)
        return children() + self._server() - before

    def _server(self) -> float:
        found = list(self.folder.glob("bazel/*/server/server.pid.txt"))
        if not found:
            return 0.0
        fields = Path(f"/proc/{found[0].read_text().strip()}/stat").read_text().rpartition(")")[2].split()
        # Its own, and that of the commands it started.
        return sum(map(int, fields[11:15])) * 1000 / TICKS

    def change_leaf(self, n: int, text: str) -> None:
        """Change a source of a target that nobody depends on."""
        path = self.folder / "ws" / workload.graph(n)[-1].paths[0]
        path.write_text(text)
        time.sleep(0.05)

    def clean(self) -> None:
        """Take away what it made, and what it remembers of it; Bazel's server stays warm."""
        made = [
            self.folder / "ws" / "etbuild-out",
            self.folder / "ws" / ".ninja_log",
            self.folder / "ws" / ".ninja_deps",
        ]
        for path in [*made, *(path for path in self.cache.glob("*") if path.name != "tool")]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if self.name == "ninja":
            self.run("ninja", "-t", "clean")
        if self.name == "bazel":
            self.run(*self.argv[:2], "clean")

    def close(self) -> None:
        """Stop what stays behind."""
        if self.name == "bazel":
            self.run(*self.argv[:2], "shutdown")


def tools(folder: Path, n: int) -> list[Tool]:
    """Return the tools that are installed."""
    found = [Tool("etbuild", [str(ROOT / "etbuild"), "--sandbox", "none", "//..."], workload.write_etbuild, folder, n)]
    share_tool(found[0], folder)
    if shutil.which("ninja"):
        found.append(Tool("ninja", ["ninja"], workload.write_ninja, folder, n))
    if shutil.which("bazel"):
        start = ["bazel", f"--output_user_root={folder}/bazel-{n}/bazel"]
        flags = ["build", "--spawn_strategy=local", "--noshow_progress", "//..."]
        found.append(Tool("bazel", [*start, *flags], workload.write_bazel, folder, n))
    return found


def share_tool(tool: Tool, folder: Path) -> None:
    """Give etbuild its own environment: made once, by whoever comes first."""
    (folder / "tool").mkdir(exist_ok=True)
    tool.cache.mkdir(parents=True, exist_ok=True)
    (tool.cache / "tool").symlink_to(folder / "tool")


def bare(folder: Path, n: int) -> float:
    """Return the CPU of the commands alone, in milliseconds."""
    before = children() + time.process_time() * 1000
    for node in workload.graph(n):
        # What they read of other targets is small: sources of the same size stand for it.
        inputs = " ".join(f"{folder}/{path}" for path in (*node.paths, *node.paths[: len(node.dependencies)]))
        command = ["/bin/sh", "-c", f"cksum {inputs} > /dev/null"]
        os.waitpid(os.posix_spawn(command[0], command, os.environ), 0)
    return children() + time.process_time() * 1000 - before


def measure(folder: Path, n: int) -> None:
    """Print the figures of one size."""
    found = tools(folder, n)
    samples: dict[tuple[str, str], list[float]] = {}
    for tool in found:
        tool.run()  # Makes etbuild's own environment, starts Bazel's server.
    for _ in range(min(ROUNDS, max(1, MANY // n))):
        samples.setdefault(("clean", "bare"), []).append(bare(found[0].folder / "ws", n))
        for tool in found:
            tool.clean()
            samples.setdefault(("clean", tool.name), []).append(tool.run())
    for number in range(ROUNDS):
        for tool in found:
            tool.run()
            samples.setdefault(("no-op", tool.name), []).append(tool.run())
            tool.change_leaf(n, f"{number}\n")
            samples.setdefault(("one leaf", tool.name), []).append(tool.run())
    figures = {key: statistics.median(values) for key, values in samples.items()}
    for what in ("no-op", "one leaf"):
        show(f"{n:>6}  {what:<9}", {tool.name: figures[what, tool.name] for tool in found}, BUDGETS[what].get(n))
    show(f"{n:>6}  overhead ", beyond(figures, found, n), OVERHEAD, digits=2)
    quietest = {key: min(values) for key, values in samples.items()}
    show(f"{n:>6}  quietest ", beyond(quietest, found, n), OVERHEAD, digits=2)
    for tool in found:
        tool.close()


def beyond(figures: dict[tuple[str, str], float], found: list[Tool], n: int) -> dict[str, float]:
    """Return what each tool's clean build takes for an action, without the command itself."""
    return {tool.name: (figures["clean", tool.name] - figures["clean", "bare"]) / n for tool in found}


def show(what: str, figures: dict[str, float], budget: float | None, digits: int = 0) -> None:
    """Print one line: each tool's milliseconds, and etbuild's in proportion to its peers'."""
    own = figures["etbuild"]
    cells = [f"{name} {value:8.{digits}f}" for name, value in figures.items()]
    ratios = [f"{own / value:5.2f}x {name}" for name, value in figures.items() if name != "etbuild" and value > 0]
    print(
        what, " ms   ".join(cells), "ms   ", "  ".join(ratios), f"  (must be ≤ {budget})" if budget else "", flush=True
    )


def model(label: str) -> None:
    """Print the no-op of a target of this repository, if it was built."""
    argv = [str(ROOT / "etbuild"), label]
    said = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if "up to date" not in said:
        print(f"{label} is not up to date: build it first")
        return
    taken = []
    for _ in range(ROUNDS):
        before = children()
        subprocess.run(argv, cwd=ROOT, check=True, stdout=QUIET)
        taken.append(children() - before)
    print(f"{label}  no-op  {statistics.median(taken):.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "etbuild-noop"))
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--model", default="")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if not shutil.which("bazel"):
        print("bazel is not installed (Debian: apt install bazel-bootstrap): left out")
    for size in given.sizes.split(","):
        measure(given.folder, int(size))
    if given.model:
        model(given.model)
