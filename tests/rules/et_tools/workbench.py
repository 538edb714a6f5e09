"""A folder in which tests export and lower small models by the tools' own command lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
TOOLS = REPOSITORY / "rules" / "et" / "tools"
TINY = REPOSITORY / "model_specs" / "tiny"
sys.path.append(str(TINY))

import gguf_file
import torch
import transformers
import transformers_models
from safetensors.numpy import load_file

from common.diagnostics import Diagnostic, UserError
from export import export_model
from pte.reader import read_program

CNN = ["--entry", f"{TINY}/modules.py:cnn", "--example-inputs", '[{"shape":[1,3,32,32]}]']
MLP = ["--entry", f"{TINY}/modules.py:mlp", "--example-inputs", '[{"shape":[1,32]}]']


def hub(name: str, architecture: str, task: str, *rest: str) -> list[str]:
    """Return the flags of a transformers model that `Workbench` wrote."""
    files = ["--config", f"{name}.config.json", "--weights", f"{name}.safetensors"]
    return ["--kind", "hf_model", "--architecture", architecture, *files, "--task", task, *rest]


def replaced(flags: Sequence[str], flag: str, *values: str) -> list[str]:
    """Return `flags` with other values of `flag`, which is there once."""
    index = flags.index(flag)
    return [*flags[:index], *(word for value in values for word in (flag, value)), *flags[index + 2 :]]


LLAMA = hub("llama", "LlamaForCausalLM", "text-generation", "--max-seq-len", "64")
BERT = hub("bert", "BertModel", "feature-extraction", "--max-seq-len", "64")
VIT = hub("vit", "ViTForImageClassification", "image-classification")

EXPORTS = {
    "mlp": ["--kind", "torch_model", *MLP],
    "cnn": ["--kind", "torch_model", *CNN],
    "llama": LLAMA,
    "bert": BERT,
    "vit": VIT,
}
"""Models by name, each with the flags that export it."""


class Workbench:
    """Runs the tools in one folder, in this process or in one of their own."""

    def __init__(self, folder: Path) -> None:
        """Write the small transformers models into `folder`."""
        self.folder = folder
        for name in transformers_models.MODELS:
            transformers_models.write_model(name, folder / f"{name}.config.json", folder / f"{name}.safetensors")

    def write(self, name: str, text: str) -> None:
        """Write a file that flags may name."""
        (self.folder / name).write_text(text)

    def llama_with(self, name: str, **values: object) -> list[str]:
        """Return the flags of the small Llama with other values in its config."""
        config = json.loads((self.folder / "llama.config.json").read_text())
        self.write(name, json.dumps({**config, **values}))
        return replaced(LLAMA, "--config", name)

    def write_gguf(self) -> Path:
        """Write the small Llama as a GGUF file."""
        config = json.loads((self.folder / "llama.config.json").read_text())
        gguf_file.write_gguf(config, load_file(self.folder / "llama.safetensors"), self.folder / "llama.gguf")
        return self.folder / "llama.gguf"

    def write_hub_model(self, name: str, config: Any, architecture: str) -> None:
        """Write a model of transformers with seeded weights, as `hub` names its files."""
        torch.manual_seed(0)
        getattr(transformers, architecture)(config).save_pretrained(self.folder / name)
        (self.folder / name / "config.json").rename(self.folder / f"{name}.config.json")
        (self.folder / name / "model.safetensors").rename(self.folder / f"{name}.safetensors")

    def export(self, name: str) -> Path:
        """Export one of `EXPORTS`, once."""
        graph = self.folder / f"{name}.pt2"
        return graph if graph.exists() else self.export_with(name, EXPORTS[name])

    def export_with(self, name: str, flags: Sequence[str]) -> Path:
        """Export what `flags` describe as `name`."""
        self.run(export_model.main, [*flags, "--output", f"{name}.pt2", "--facts", f"{name}.json"])
        return self.folder / f"{name}.pt2"

    def lower(self, tool: Any, name: str, extra: Sequence[str] = ()) -> Path:
        """Lower the graph called `name` with the program `tool`."""
        self.run(tool.main, [*self.lower_flags(name), *extra])
        return self.folder / f"{name}.pte"

    @staticmethod
    def lower_flags(name: str) -> list[str]:
        """Return the flags that lower the graph called `name`."""
        outputs = ["--output", f"{name}.pte", "--operators", f"{name}.operators.json", "--plan", f"{name}.plan.json"]
        return ["--method", "forward", f"{name}.pt2", "--facts", "forward", f"{name}.json", *outputs]

    def run(self, main: Callable[[Sequence[str]], None], flags: Sequence[str]) -> None:
        """Run a program's body with the folder as its execution root."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            main(flags)
        finally:
            os.chdir(before)

    def refused(self, main: Callable[[Sequence[str]], None], flags: Sequence[str]) -> tuple[Diagnostic, ...]:
        """Run a program's body that must report mistakes, and return them."""
        try:
            self.run(main, flags)
        except UserError as error:
            return error.diagnostics
        raise AssertionError("nothing was refused")

    def refused_export(self, flags: Sequence[str]) -> Diagnostic:
        """Export what must be refused and return its only mistake."""
        outputs = ["--output", "refused.pt2", "--facts", "refused.json"]
        [diagnostic] = self.refused(export_model.main, [*flags, *outputs])
        return diagnostic

    def build_in_process(self, name: str, flags: Sequence[str], hash_seed: str) -> tuple[bytes, bytes]:
        """Export and lower in new processes and a folder of their own; return the bytes of graph and program."""
        folder = self.folder / name / "root"
        folder.mkdir(parents=True)
        outputs = ["--output", "m.pt2", "--facts", "m.json"]
        self._spawn(folder, "0", "export/export_model.py", [*flags, *outputs])
        self._spawn(folder, hash_seed, "lower/lower_xnnpack.py", self.lower_flags("m"))
        return (folder / "m.pt2").read_bytes(), (folder / "m.pte").read_bytes()

    def _spawn(self, folder: Path, hash_seed: str, tool: str, flags: Sequence[str]) -> None:
        environment = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": hash_seed, "TMPDIR": str(folder.parent)}
        subprocess.run(
            [sys.executable, str(TOOLS / tool), *flags], cwd=folder, env=environment, check=True, capture_output=True
        )

    @staticmethod
    def read(program: Path) -> Any:
        """Return the program, read by this project's own reader."""
        return read_program(program)

    @staticmethod
    def call(program: Path, method: str, inputs: Sequence[Any] = ()) -> Any:
        """Run a method on the official runtime."""
        from executorch.extension.llm.custom_ops import custom_ops  # noqa: F401, PLC0415
        from executorch.runtime import Runtime  # noqa: PLC0415

        return Runtime.get().load_program(program).load_method(method).execute(list(inputs))
