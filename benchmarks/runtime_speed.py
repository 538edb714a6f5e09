"""What our runtime takes beside the official library: a call, loading, memory, the start of a large program.

    ./etbuild -c opt //benchmarks:runtime_rounds //runtime/wheel_kernels:executorch
    ./etbuild run //toolchains/python:base -- benchmarks/runtime_speed.py [--rounds 15] [--folder DIR]

One program is linked with the official library and run twice, the second time with ours in its place. Both live as
long as the benchmark, on one and the same core, and take turns, so that what else the machine does meets both. Each
answer is the quickest of many; the least and the median over the rounds are printed. Kernels do nothing; an event
tracer is compiled in, and none is given.

    dispatch    a call of a kernel, in a chain of 1,000
    load        Program::load and load_method of that chain, an operator; 240 kernels are registered
    verified    the same with Verification::InternalConsistency
    bytes       what load_method takes of the method allocator, an operator; of 32 bit if --program-32 is given, such as
                "qemu-arm-static -L /usr/arm-linux-gnueabihf etbuild-out/linux_armv7-opt/benchmarks/runtime_rounds"
    start       from opening a mapped file of 650 MB to a loaded method of 2,000 operators, and the RSS of the process

Exit code 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from executorch.exir import schema
from executorch.exir._serialize._flatbuffer_program import _program_to_flatbuffer
from executorch.exir._serialize._program import _ExtendedHeader, _insert_flatbuffer_header
from executorch.exir._serialize.padding import aligned_size, pad_to

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "runtime/differential"))

from plan_builder import Data, Node, PlanBuilder

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "etbuild-out/host-opt"
OPERATORS = 1000
LARGE = 650 << 20
ALIGNMENT = 128


@dataclass(frozen=True)
class Figure:
    """Something measured, and what ours must not exceed."""

    name: str
    unit: str
    question: str
    file: str
    scale: float
    bar: float
    field: int = 0


FIGURES = (
    Figure("dispatch", "ns a call", "dispatch", "chain", OPERATORS, 8),
    Figure("load", "us an operator", "load", "chain", OPERATORS * 1000, 0.3),
    Figure("verified", "us an operator", "verify", "chain", OPERATORS * 1000, 0.3),
    Figure("bytes", "B an operator", "bytes", "chain", OPERATORS, 125),
    Figure("start", "ms", "start", "large", 1000, 30),
    Figure("start", "MB of RSS", "start", "large", 1024, 20, 1),
)
BYTES_32 = Figure("bytes", "B an operator", "bytes", "chain", OPERATORS, 64)


class Runtime:
    """The program with one of the libraries; answers as long as the benchmark runs."""

    def __init__(self, argv: list[str], **environment: str) -> None:
        self.argv, self.environment = argv, {**os.environ, **environment}
        self.process = self._started()

    def ask(self, figure: Figure, files: dict[str, Path]) -> float:
        """Return one answer."""
        if figure.question == "start":  # What a process has read stays in its memory.
            self.close()
            self.process = self._started()
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{figure.question} {files[figure.file]}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline().split()[figure.field]) / figure.scale

    def close(self) -> None:
        """End it."""
        self.process.communicate()

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.argv, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )


def chain(operators: int, constants: int = 0, size: int = 0) -> tuple[bytes, int]:
    """Return a chain of calls without its constants, and how long its file is with them."""
    plan = PlanBuilder("forward", Data())
    node = plan.tensor(torch.float32, [1])
    plan.inputs.append(node.index)
    step = size // constants // ALIGNMENT * ALIGNMENT if constants else 0
    weights = [
        plan.tensor(torch.float32, [step // 4], planned=False, data_buffer_idx=number + 1)
        for number in range(constants)
    ]
    for number in range(operators):
        other: Node = weights[number % constants] if constants else node
        made = plan.tensor(torch.float32, [1])
        given = [node.index] if number % 2 else [node.index, other.index]
        plan.kernel(f"test::{'one' if number % 2 else 'two'}", "out", [*given, made.index, made.index])
        node = made
    plan.outputs.append(node.index)
    offsets = [0, *(number * step for number in range(constants))]
    segments = [schema.DataSegment(0, size)] if constants else []
    program = schema.Program(0, [plan.plan()], [], [], segments, schema.SubsegmentOffsets(0, offsets))
    made_of = _program_to_flatbuffer(program)
    if not constants:
        return bytes(made_of.data), len(made_of.data)
    header_size = aligned_size(_ExtendedHeader.EXPECTED_LENGTH, made_of.max_alignment)
    program_size = header_size + len(made_of.data)
    base = aligned_size(program_size, ALIGNMENT)
    header = pad_to(_ExtendedHeader(program_size, base, size).to_bytes(), header_size)
    return bytes(_insert_flatbuffer_header(made_of.data, "ET..", header)), base + size


def write(folder: Path) -> dict[str, Path]:
    """Write the programs; the large one has a hole where its constants would be."""
    files = {"chain": folder / "chain.pte", "large": folder / "large.pte"}
    for name, made in (("chain", chain(OPERATORS)), ("large", chain(2 * OPERATORS, 300, LARGE))):
        content, size = made
        with files[name].open("wb") as file:
            file.write(content)
            file.truncate(size)
    return files


def show(name: str, figure: Figure, official: list[float] | None, ours: list[float]) -> bool:
    """Print a line; tell whether the bar was held."""
    held = min(ours) <= figure.bar
    theirs = f"{min(official):9.3f} {statistics.median(official):9.3f}" if official else f"{'':19}"
    ratio = f"{min(ours) / min(official):6.2f}x" if official else f"{'':7}"
    verdict = f"must be ≤ {figure.bar:g}: {'held' if held else 'MISSED'}"
    print(f"{name:<9} {figure.unit:<15} {theirs}  {min(ours):9.3f} {statistics.median(ours):9.3f} {ratio}  {verdict}")
    return held


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--program", type=Path, default=OUT / "benchmarks/runtime_rounds")
    parser.add_argument("--library", type=Path, default=OUT / "runtime/wheel_kernels/libexecutorch.so")
    parser.add_argument("--program-32", type=shlex.split, help="ours for 32 bit, such as 'qemu-arm … runtime_rounds'")
    given = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    held = []
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        files = write(Path(folder))
        runtimes = (Runtime([str(given.program)]), Runtime([str(given.program)], LD_PRELOAD=str(given.library)))
        taken: dict[Figure, tuple[list[float], list[float]]] = {figure: ([], []) for figure in FIGURES}
        for _ in range(given.rounds):
            for figure, answers in taken.items():
                for runtime, answer in zip(runtimes, answers, strict=True):
                    answer.append(runtime.ask(figure, files))
        print(f"{'':25} {'official':>9} {'median':>9}  {'ours':>9} {'median':>9}")
        held += [show(figure.name, figure, *answers) for figure, answers in taken.items()]
        if given.program_32:
            small = Runtime(given.program_32)
            held.append(show("bytes 32", BYTES_32, None, [small.ask(BYTES_32, files)]))
            small.close()
        for runtime in runtimes:
            runtime.close()
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
