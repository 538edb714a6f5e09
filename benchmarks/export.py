# ruff: noqa: PLC0415 -- what an import costs is measured.
"""What load, export, save, reload and lowering of SmolLM2 to XNNPACK fp32 cost, beside the stock flow.

    python benchmarks/export.py MODEL.gguf [--max-seq-len 512] [--plain]

Runs each flow in a process of its own, with the Python that runs this script. `--plain` also lowers our graph without
what makes it fast, and compares the bytes.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

TOOLS = Path(__file__).absolute().parents[1] / "rules/et/tools"
ENVIRONMENT = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}


class Clock(dict[str, float]):
    """CPU seconds by step."""

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what the context costs as step `name`."""
        start = time.process_time()
        yield
        self[name] = time.process_time() - start


def run_ours(model: Path, length: int, clock: Clock) -> Path:
    """Run etbuild's two programs, as a warm worker does: in one process."""
    sys.path.insert(0, str(TOOLS))
    with clock.step("import"):
        from export import export_model
        from lower import lower_xnnpack
    arguments = ["--kind", "hf_model", "--architecture", "LlamaForCausalLM", "--weights", str(model)]
    arguments += [
        "--task",
        "text-generation",
        "--max-seq-len",
        str(length),
        "--output",
        "ours.pt2",
        "--facts",
        "f.json",
    ]
    with clock.step("load, export, save"):
        export_model.main(arguments)
    outputs = ["--output", "ours.pte", "--operators", "operators.json", "--plan", "plan.json"]
    with clock.step("reload, lower, write"):
        lower_xnnpack.main(["--method", "forward", "ours.pt2", "--facts", "forward", "f.json", *outputs])
    return Path("ours.pte")


def run_plain(_model: Path, _length: int, clock: Clock) -> Path:
    """Lower the graph of `run_ours` with ExecuTorch as it is."""
    sys.path.insert(0, str(TOOLS))
    from lower import lower_xnnpack, lowering

    setattr(lowering, "without_repeated_work", lambda _patches: contextlib.nullcontext())  # noqa: B010 -- not its export.
    outputs = ["--output", "plain.pte", "--operators", "operators.json", "--plan", "plan.json"]
    with clock.step("reload, lower, write"):
        lower_xnnpack.main(["--method", "forward", "ours.pt2", "--facts", "forward", "f.json", *outputs])
    return Path("plain.pte")


def run_stock(model: Path, length: int, clock: Clock) -> Path:
    """Run what the libraries' own documentation says."""
    with clock.step("import"):
        import torch
        from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
        from executorch.exir import to_edge_transform_and_lower
        from transformers import AutoModelForCausalLM, GenerationConfig
        from transformers.integrations.executorch import convert_and_export_with_cache
    with clock.step("load, export, save"):
        decoder = AutoModelForCausalLM.from_pretrained(
            str(model.parent), gguf_file=model.name, dtype=torch.float32, attn_implementation="sdpa"
        ).eval()
        decoder.generation_config = GenerationConfig(
            use_cache=True,
            cache_implementation="static",
            max_length=length,
            cache_config={"batch_size": 1, "max_cache_len": length},
        )
        tokens = torch.export.Dim("tokens", max=length - 1)
        shapes = {"input_ids": {1: tokens}, "cache_position": {0: tokens}}
        program = convert_and_export_with_cache(
            decoder, torch.tensor([[1, 2, 3]]), torch.arange(3), dynamic_shapes=shapes, strict=True
        )
        torch.export.save(program, "stock.pt2")
    with clock.step("reload, lower, write"):
        edge = to_edge_transform_and_lower(torch.export.load("stock.pt2"), partitioner=[XnnpackPartitioner()])
        with Path("stock.pte").open("wb") as stream:
            edge.to_executorch().write_to_file(stream)
    return Path("stock.pte")


FLOWS: dict[str, Callable[[Path, int, Clock], Path]] = {"ours": run_ours, "stock": run_stock, "plain": run_plain}


def measure(flow: str, model: Path, length: int, folder: str) -> dict[str, Any]:
    """Run `flow` in a process of its own and return its figures."""
    # -P: transformers would take kernels.py beside this file for a package that it knows.
    command = [sys.executable, "-P", __file__, str(model), "--max-seq-len", str(length), "--flow", flow]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **ENVIRONMENT}, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--max-seq-len", type=int, default=512)
    parser.add_argument("--plain", action="store_true", help="Lower our graph as it is, too.")
    parser.add_argument("--flow", choices=FLOWS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    model = options.model.absolute()
    if options.flow:
        clock = Clock()
        program = FLOWS[options.flow](model, options.max_seq_len, clock)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        digest = hashlib.sha256(program.read_bytes()).hexdigest()
        print("\n" + json.dumps({"steps": clock, "memory": memory, "bytes": digest}))
        return
    with tempfile.TemporaryDirectory() as folder:
        ours, stock = (measure(flow, model, options.max_seq_len, folder) for flow in ("ours", "stock"))
        plain = measure("plain", model, options.max_seq_len, folder) if options.plain else None
    ours["steps"]["all"], stock["steps"]["all"] = (sum(each["steps"].values()) for each in (ours, stock))
    rows = [(name, ours["steps"][name], stock["steps"][name], "CPU s") for name in ours["steps"]]
    rows += [("peak memory", ours["memory"], stock["memory"], "MiB")]
    print(f"{'':24}{'ours':>10}{'stock':>10}{'ratio':>8}")
    for name, own, peer, unit in rows:
        print(f"{name:24}{own:10.1f}{peer:10.1f}{own / peer:8.2f}  {unit}")
    if plain:
        same = "equal" if plain["bytes"] == ours["bytes"] else "DIFFERENT"
        print(f"our graph lowered as it is: {plain['steps']['reload, lower, write']:.1f} CPU s, bytes {same}")


if __name__ == "__main__":
    main()
