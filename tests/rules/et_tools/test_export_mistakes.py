"""Exporting: each mistake in what a user declares, in one sentence with what must be and what is."""

from __future__ import annotations

import json
import pickle

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

from workbench import LLAMA, MLP, Workbench, hub


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Workbench(tmp_path_factory.mktemp("mistakes"))


def replaced(flags, flag, value):
    index = flags.index(flag)
    return [*flags[: index + 1], value, *flags[index + 2 :]]


def config_with(bench, name, **values: object):
    config = json.loads((bench.folder / "llama.config.json").read_text())
    bench.write(name, json.dumps({**config, **values}))
    return replaced(LLAMA, "--config", name)


def test_an_unknown_architecture_names_the_nearest(bench):
    diagnostic = bench.refused_export(replaced(LLAMA, "--architecture", "LlamaForCausalLm"))
    assert (diagnostic.code, diagnostic.attribute) == ("unknown-architecture", "architecture")
    assert diagnostic.hint == "did you mean 'LlamaForCausalLM'?"


def test_weights_that_do_not_fit_name_the_tensors_and_both_shapes(bench):
    diagnostic = bench.refused_export(config_with(bench, "wide.json", intermediate_size=96))
    assert diagnostic.code == "weights-do-not-fit"
    assert diagnostic.message == "6 tensors of the weights differ from what LlamaForCausalLM with this config holds"
    assert diagnostic.notes[0] == "model.layers.0.mlp.down_proj.weight is [64, 128], must be [64, 96]"


def test_missing_tensors_are_named(bench):
    diagnostic = bench.refused_export(config_with(bench, "deep.json", num_hidden_layers=3))
    assert "model.layers.2.input_layernorm.weight is missing" in diagnostic.notes


@pytest.mark.parametrize("keep", [0, 5, 2000], ids=["empty", "head", "half"])
def test_a_truncated_safetensors_file_is_corrupt(bench, keep):
    whole = (bench.folder / "llama.safetensors").read_bytes()
    (bench.folder / "cut.safetensors").write_bytes(whole[:keep])
    diagnostic = bench.refused_export(replaced(LLAMA, "--weights", "cut.safetensors"))
    assert (diagnostic.code, diagnostic.attribute, diagnostic.index) == ("corrupt-weights", "weights", 0)


@pytest.mark.parametrize("content", [b"GGUF", b"GGUF\x03\0\0\0" + b"\0" * 16, b"not a model at all, but text"])
def test_a_broken_gguf_file_is_corrupt(bench, content):
    (bench.folder / "broken.gguf").write_bytes(content)
    assert bench.refused_export(replaced(LLAMA, "--weights", "broken.gguf")).code == "corrupt-weights"


def test_a_missing_file_is_named(bench):
    diagnostic = bench.refused_export(replaced(LLAMA, "--weights", "none.safetensors"))
    assert diagnostic.message == "no weights at 'none.safetensors'"


class Evil:
    def __reduce__(self) -> tuple:
        return print, ("unpickled",)


def test_pickled_objects_are_refused_and_not_run(bench, capsys):
    torch.save({"weight": Evil()}, bench.folder / "evil.bin")
    diagnostic = bench.refused_export(replaced(LLAMA, "--weights", "evil.bin"))
    assert diagnostic.code == "pickled-weights"
    (bench.folder / "plain.bin").write_bytes(pickle.dumps(Evil()))
    assert bench.refused_export(replaced(LLAMA, "--weights", "plain.bin")).code in {
        "pickled-weights",
        "corrupt-weights",
    }
    assert "unpickled" not in capsys.readouterr().out


def test_a_model_with_remote_code_is_refused(bench):
    diagnostic = bench.refused_export(config_with(bench, "remote.json", auto_map={"AutoModel": "modeling.Mine"}))
    assert (diagnostic.code, diagnostic.notes) == ("remote-code", ("modeling.Mine",))


def test_a_sequence_longer_than_the_model_is_refused(bench):
    diagnostic = bench.refused_export(replaced(LLAMA, "--max-seq-len", "256"))
    assert diagnostic.message == "'max_seq_len' must be at most 128, the model's max_position_embeddings, is 256"


def test_a_group_that_does_not_divide_names_layers_and_a_size_that_does(bench):
    diagnostic = bench.refused_export([*LLAMA, "--quantize", "8da4w", "--group-size", "48"])
    assert diagnostic.code == "group-does-not-divide"
    assert diagnostic.hint == "64 divides all of them"


@pytest.mark.parametrize("strict", ["true", "false"])
def test_a_branch_on_values_is_refused_at_the_users_line(bench, strict):
    bench.write(
        "branch.py",
        """
import torch
class Branch(torch.nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x
        return -x
def make():
    return Branch()
""",
    )
    flags = ["--kind", "torch_model", "--entry", "branch.py:make", "--example-inputs", '[{"shape":[4]}]']
    diagnostic = bench.refused_export([*flags, "--strict", strict])
    assert diagnostic.code == "data-dependent-shape"
    assert "branch.py:5" in diagnostic.message


def test_an_entry_that_raises_is_shown_at_its_line(bench):
    bench.write("raises.py", "def make():\n    raise ValueError('no such size')\n")
    diagnostic = bench.refused_export(replaced(["--kind", "torch_model", *MLP], "--entry", "raises.py:make"))
    assert diagnostic.message == "'raises.py:make' raised ValueError: no such size"
    assert diagnostic.notes == ("at raises.py:2",)


def test_a_function_that_is_not_there_names_the_nearest(bench):
    bench.write("names.py", "def make_model():\n    pass\n")
    diagnostic = bench.refused_export(replaced(["--kind", "torch_model", *MLP], "--entry", "names.py:make_modle"))
    assert (diagnostic.code, diagnostic.hint) == ("unknown-function", "did you mean 'make_model'?")


def test_a_file_that_is_no_exported_program_is_corrupt(bench):
    bench.write("text.pt2", "nothing")
    assert bench.refused_export(["--kind", "pt2_model", "--pt2", "text.pt2"]).code == "corrupt-pt2"


def test_a_config_of_another_model_is_refused(bench):
    diagnostic = bench.refused_export(
        replaced(hub("llama", "BertModel", "feature-extraction"), "--config", "llama.config.json")
    )
    assert diagnostic.code == "wrong-config"
