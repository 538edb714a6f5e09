# ruff: noqa: PLC0415 -- imports what only the peer's own environment has.
"""llama.cpp as the peer of llm_runner.py: built from its sdist into an environment of its own, and driven from Python.

PYTHON benchmarks/llm_peer.py MODEL.gguf --prompt 128 --tokens 64 --threads 2     # A round for each line of stdin.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

SDIST = (
    "llama-cpp-python==0.3.36",
    "--hash=sha256:832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e",
)
NEEDS = ("numpy==2.4.6", "typing-extensions==4.15.0", "diskcache==5.6.3", "jinja2==3.1.6")


def cache_folder() -> Path:
    """Return where caches stand."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def peer_python() -> Path:
    """Return the Python that has llama.cpp; the first call compiles it for this very CPU, which takes minutes."""
    folder = cache_folder() / "etbuild-benchmarks" / SDIST[0].replace("==", "-")
    python, done = folder / "bin/python", folder / "done"
    if not done.exists():
        print(f"building {SDIST[0]} from its sdist, below {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        requirements = folder / "requirements.txt"
        requirements.write_text(" ".join(SDIST) + "\n")
        pip = [str(python), "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, *NEEDS, "markupsafe==3.0.3"], check=True)
        from_source = ["--no-binary=llama-cpp-python", "--require-hashes", "-r", str(requirements)]
        flags = {"CMAKE_ARGS": "-DGGML_NATIVE=ON -DLLAVA_BUILD=OFF -DCMAKE_BUILD_TYPE=Release"}
        subprocess.run([*pip, *from_source], check=True, env={**os.environ, **flags})
        done.touch()
    return python


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


def clock_of(threads: int) -> Callable[[], float]:
    """Return the clock to measure by: one thread's CPU time is its own, whatever else the machine does."""
    return time.process_time if threads == 1 else time.perf_counter


def load_round(weights: Path, prompt: list[int], tokens: int, threads: int) -> Callable[[], tuple[float, float]]:
    """Load a model; return what runs the prompt, decodes greedily, and gives tokens a second of both."""
    import llama_cpp
    import numpy as np

    size = {"n_ctx": 512, "n_batch": 512, "n_threads": threads, "n_threads_batch": threads}
    model = llama_cpp.Llama(str(weights), verbose=False, **size)

    clock = clock_of(threads)

    def round_() -> tuple[float, float]:
        model.reset()
        start = clock()
        model.eval(prompt)
        middle = clock()
        for _ in range(tokens):
            logits = llama_cpp.llama_get_logits_ith(model.ctx, -1)
            token = int(np.ctypeslib.as_array(logits, shape=(model.n_vocab(),)).argmax())
            model.eval([token])
        return len(prompt) / (middle - start), tokens / (clock() - middle)

    return round_


def serve(round_: Callable[[], tuple[float, float]], lines: Iterable[str]) -> None:
    """Run a round for each line that comes in, and write its rates."""
    for _ in lines:
        print(json.dumps(round_()), flush=True)


def main() -> None:
    """Serve rounds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--prompt", type=int, required=True)
    parser.add_argument("--tokens", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    arguments = parser.parse_args()
    prompt = list(range(1000, 1000 + arguments.prompt))
    serve(load_round(arguments.weights, prompt, arguments.tokens, arguments.threads), sys.stdin)


if __name__ == "__main__":
    main()
