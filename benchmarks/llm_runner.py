# ruff: noqa: PLC0415 -- each flow imports what it measures, in the Python that has it.
"""Tokens a second of the C++ runner, beside the Python runtime on the same `.pte` and llama.cpp on the same weights.

    ./etbuild run //toolchains/python:base -- benchmarks/llm_runner.py --runner RUNNER --program X.pte
        [--gguf X.gguf --llama-python VENV/bin/python] [--rounds 7] [--tokens 64] [--prompt 128]

RUNNER is etbuild-out/host/runtime/runner/llm_runner, of `./etbuild -c opt //runtime/runner:llm_runner` or another mode.
VENV is a virtual environment with llama-cpp-python, built from its sdist: `pip install --no-binary=:all: --no-deps
llama-cpp-python`. The weights of X.gguf are written out as float32 for it, as they are in the program.

The flows take turns, so that what else the machine does meets all of them; medians over the rounds, and of the rounds'
ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

Round = Callable[[], tuple[float, float]]
"""Runs a prompt and decodes: tokens a second of both."""

FLOOR = 0.97
"""The C++ runner's decode speed, in that of the Python runtime, must be at least this."""


def cpp_round(runner: Path, program: Path, prompt: Sequence[int], tokens: int) -> tuple[float, float]:
    """Run the C++ runner once; it says its rates itself."""
    words = [str(runner), "--model", str(program), "--prompt-tokens", ",".join(map(str, prompt)), "--ignore-eos"]
    words += ["--max-new-tokens", str(tokens + 1), "--stats"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    rates = dict(re.findall(r"^(\w+): .* ([\d.]+) tokens/s$", done.stderr, re.MULTILINE))
    return float(rates["prefill"]), float(rates["decode"])


def serve(round_: Round, lines: Iterable[str]) -> None:
    """Run a round for each line that comes in."""
    for _ in lines:
        print(json.dumps(round_()), flush=True)


def serve_python(program: str, prompt: Sequence[int], tokens: int) -> None:
    """Decode with ExecuTorch's Python runtime, as examples/llama/chat.py does."""
    import torch
    from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401 -- registers llama::custom_sdpa.
    from executorch.runtime import Runtime

    method = Runtime.get().load_program(program).load_method("forward")

    def round_() -> tuple[float, float]:
        start = time.perf_counter()
        [logits] = method.execute([torch.tensor([list(prompt)]), torch.arange(len(prompt))])
        middle = time.perf_counter()
        for position in range(len(prompt), len(prompt) + tokens):
            token = int(logits[0, -1].argmax())
            [logits] = method.execute([torch.tensor([[token]]), torch.tensor([position])])
        return len(prompt) / (middle - start), tokens / (time.perf_counter() - middle)

    serve(round_, sys.stdin)


def serve_llama(weights: str, prompt: Sequence[int], tokens: int) -> None:
    """Decode with llama.cpp, as many threads as cores."""
    import llama_cpp
    import numpy as np

    model = llama_cpp.Llama(weights, n_ctx=512, n_batch=512, n_threads=os.cpu_count(), verbose=False)

    def round_() -> tuple[float, float]:
        model.reset()
        start = time.perf_counter()
        model.eval(list(prompt))
        middle = time.perf_counter()
        for _ in range(tokens):
            logits = llama_cpp.llama_get_logits_ith(model.ctx, -1)
            token = int(np.ctypeslib.as_array(logits, shape=(model.n_vocab(),)).argmax())
            model.eval([token])
        return len(prompt) / (middle - start), tokens / (time.perf_counter() - middle)

    serve(round_, sys.stdin)


def write_float32(source: Path, target: Path) -> None:
    """Write a GGUF's weights out as float32, all else as it is."""
    import gguf

    reader = gguf.GGUFReader(source)
    architecture = str(reader.fields["general.architecture"].contents())
    writer = gguf.GGUFWriter(target, architecture)
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        sub_type = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=sub_type)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, gguf.dequantize(tensor.data, tensor.tensor_type))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class Server:
    """A flow that keeps its model loaded, in a process of its own."""

    def __init__(self, python: str, flow: str, model: Path, arguments: argparse.Namespace) -> None:
        words = [python, __file__, "--flow", flow, "--program", str(model)]
        words += ["--tokens", str(arguments.tokens), "--prompt", str(arguments.prompt)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def round(self) -> tuple[float, float]:
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


def measure(flows: dict[str, Round], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Let the flows take turns, one round unmeasured."""
    for flow in flows.values():
        flow()
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in flows}
    for index in range(rounds):
        names = list(flows) if index % 2 == 0 else list(reversed(flows))  # None always meets a warmer cache.
        for name in names:
            figures[name].append(flows[name]())
    return figures


def report(figures: dict[str, list[tuple[float, float]]], prompt: int, tokens: int) -> float:
    """Print the medians; return the C++ runner's decode speed in that of the Python runtime."""
    print(
        f"prompt of {prompt} tokens, {tokens} decoded, greedy; tokens/s, median of {len(figures['C++ runner'])} rounds"
    )
    print(f"{'':34}{'prefill':>9}{'decode':>9}{'C++ / this, paired':>22}")
    ratio = 1.0
    for name, rows in figures.items():
        pairs = [ours[1] / row[1] for ours, row in zip(figures["C++ runner"], rows, strict=True)]
        prefill, decode = (statistics.median(row[at] for row in rows) for at in (0, 1))
        print(f"{name:34}{prefill:9.1f}{decode:9.1f}{statistics.median(pairs):22.3f}")
        if name == "Python runtime":
            ratio = statistics.median(pairs)
    return ratio


def parse() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flow", choices=("python", "llama"), help=argparse.SUPPRESS)
    parser.add_argument("--runner", type=Path, default=Path("etbuild-out/host/runtime/runner/llm_runner"))
    parser.add_argument("--program", type=Path, default=Path("etbuild-out/host/models/llama_xnnpack.pte"))
    parser.add_argument("--gguf", type=Path)
    parser.add_argument("--llama-python")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--prompt", type=int, default=128)
    return parser.parse_args()


def main() -> None:
    """Measure, print, and fail if the C++ runner is too slow."""
    arguments = parse()
    prompt = list(range(1000, 1000 + arguments.prompt))
    if arguments.flow:
        serve_flow: Any = serve_python if arguments.flow == "python" else serve_llama
        serve_flow(str(arguments.program), prompt, arguments.tokens)
        return
    python = Server(sys.executable, "python", arguments.program, arguments)
    flows: dict[str, Round] = {
        "C++ runner": lambda: cpp_round(arguments.runner, arguments.program, prompt, arguments.tokens),
        "Python runtime": python.round,
    }
    with tempfile.TemporaryDirectory() as folder:
        if arguments.gguf and arguments.llama_python:
            weights = Path(folder, "float32.gguf")
            write_float32(arguments.gguf, weights)
            flows["llama.cpp, float32"] = Server(arguments.llama_python, "llama", weights, arguments).round
            flows[f"llama.cpp, {arguments.gguf.suffixes[-2][1:]}"] = Server(
                arguments.llama_python, "llama", arguments.gguf, arguments
            ).round
        ratio = report(measure(flows, arguments.rounds), arguments.prompt, arguments.tokens)
    if ratio < FLOOR:
        raise SystemExit(f"decode must be at least {FLOOR} of the Python runtime's, is {ratio:.3f}")


if __name__ == "__main__":
    main()
