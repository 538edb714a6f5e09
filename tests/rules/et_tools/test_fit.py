"""Weights against the model that its config describes: what does not fit, what is left out, what is no number."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

from safetensors.torch import load_file, save_file
from workbench import BERT, LLAMA, Workbench, replaced


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Workbench(tmp_path_factory.mktemp("fit"))


def state_of(bench, name):
    return load_file(bench.folder / f"{name}.safetensors")


def with_weights(bench, flags, name, state):
    save_file(state, bench.folder / name)
    return replaced(flags, "--weights", name)


def test_weights_that_do_not_fit_name_the_tensors_and_both_shapes(bench):
    diagnostic = bench.refused_export(bench.llama_with("wide.json", intermediate_size=96))
    assert diagnostic.code == "weights-do-not-fit"
    assert diagnostic.message == "6 tensors of the weights differ from what LlamaForCausalLM with this config holds"
    assert diagnostic.notes[0] == "model.layers.0.mlp.down_proj.weight is [64, 128], must be [64, 96]"


def test_missing_tensors_are_named(bench):
    diagnostic = bench.refused_export(bench.llama_with("deep.json", num_hidden_layers=3))
    assert "model.layers.2.input_layernorm.weight is missing" in diagnostic.notes


def test_layers_that_the_config_does_not_count_are_refused(bench):
    diagnostic = bench.refused_export(bench.llama_with("one.json", num_hidden_layers=1))
    assert (diagnostic.code, diagnostic.attribute) == ("weights-do-not-fit", "weights")
    assert diagnostic.message == (
        "9 tensors of the weights have no place in LlamaForCausalLM with this config, which holds their like"
    )
    first = "model.layers.1.input_layernorm.weight is not in the model, model.layers.0.input_layernorm.weight is"
    assert (diagnostic.notes[0], diagnostic.notes[-1]) == (first, "and 5 more")


def test_layers_are_known_by_the_names_of_a_file_with_a_head(bench):
    config = json.loads((bench.folder / "bert.config.json").read_text())
    bench.write("shallow.json", json.dumps({**config, "num_hidden_layers": config["num_hidden_layers"] - 1}))
    state = {f"bert.{key}": value for key, value in state_of(bench, "bert").items()}
    flags = with_weights(bench, replaced(BERT, "--config", "shallow.json"), "headed.safetensors", state)
    assert bench.refused_export(flags).notes[0].endswith("model, encoder.layer.0.attention.output.LayerNorm.bias is")


def test_a_bias_that_the_config_does_not_have_is_refused(bench):
    layer = "model.layers.0.self_attn.q_proj"
    state = {**state_of(bench, "llama"), f"{layer}.bias": torch.ones(64)}
    diagnostic = bench.refused_export(with_weights(bench, LLAMA, "biased.safetensors", state))
    assert diagnostic.notes == (f"{layer}.bias is not in the model, {layer}.weight is",)


def test_another_tasks_head_is_left_out_and_said(bench):
    state = {**state_of(bench, "bert"), "cls.predictions.bias": torch.ones(256)}
    flags = with_weights(bench, BERT, "masked.safetensors", state)
    with_head, without = bench.export_with("masked", flags), bench.export("bert")
    assert with_head.read_bytes() == without.read_bytes()
    facts = [json.loads((bench.folder / f"{name}.json").read_text()) for name in ("masked", "bert")]
    assert facts[0] == {**facts[1], "left_out": ["cls.predictions.bias"]}


@pytest.mark.parametrize("kind", ["weight_scale_inv", "SCB"])
def test_codes_of_8_bits_without_what_reads_them_are_refused(bench, kind):
    dtype = torch.float8_e4m3fn if kind == "weight_scale_inv" else torch.int8
    state = state_of(bench, "llama")
    layers = [key.removesuffix(".weight") for key in state if "_proj" in key]
    state |= {f"{layer}.weight": state[f"{layer}.weight"].to(dtype) for layer in layers}
    state |= {f"{layer}.{kind}": torch.ones(1, 1) for layer in layers}
    diagnostic = bench.refused_export(with_weights(bench, LLAMA, f"{kind}.safetensors", state))
    assert diagnostic.code == "weights-do-not-fit"
    assert diagnostic.message == (
        "the weights are of 8 bits, and LlamaForCausalLM with this config has no room for their 14 scales"
    )
    assert diagnostic.notes[0] == f"model.layers.0.mlp.down_proj.{kind} is not in the model"
    assert "'quantization_config'" in diagnostic.hint


@pytest.mark.parametrize("method", ["gptq", "awq", "bitsandbytes", "compressed-tensors"])
def test_weights_that_another_library_quantized_are_refused_at_the_config(bench, method):
    quantization = {"quant_method": method, "bits": 4, "group_size": 32, "zero_point": True, "load_in_4bit": True}
    diagnostic = bench.refused_export(bench.llama_with("quantized.json", quantization_config=quantization))
    assert (diagnostic.code, diagnostic.attribute) == ("quantized-weights", "config")
    assert diagnostic.message == f"the weights are quantized by '{method}', which etbuild does not read"
    assert "GGUF" in diagnostic.hint


def test_a_config_of_a_model_that_no_memory_holds_is_refused_without_making_it(bench):
    huge = {"hidden_size": 65536, "intermediate_size": 262144, "num_hidden_layers": 256, "vocab_size": 1_000_000}
    diagnostic = bench.refused_export(bench.llama_with("huge.json", **huge, head_dim=16384))
    assert diagnostic.code == "weights-do-not-fit"
    assert "lm_head.weight is [256, 64], must be [1000000, 65536]" in diagnostic.notes


def test_a_tensor_in_two_files_is_refused(bench):
    save_file({"model.norm.weight": torch.ones(64)}, bench.folder / "norm.safetensors")
    diagnostic = bench.refused_export(replaced(LLAMA, "--weights", "llama.safetensors", "norm.safetensors"))
    assert (diagnostic.code, diagnostic.attribute, diagnostic.index) == ("tensor-twice", "weights", 1)
    assert "'norm.safetensors' are in 'llama.safetensors', too" in diagnostic.message
    assert diagnostic.notes == ("the first is model.norm.weight",)


def test_a_file_that_the_index_does_not_name_is_refused(bench):
    index = {"weight_map": dict.fromkeys(state_of(bench, "llama"), "llama.safetensors")}
    bench.write("l.safetensors.index.json", "\ufeff" + json.dumps(index))
    save_file({"extra": torch.ones(1)}, bench.folder / "extra.safetensors")
    files = ("llama.safetensors", "extra.safetensors", "l.safetensors.index.json")
    diagnostic = bench.refused_export(replaced(LLAMA, "--weights", *files))
    assert (diagnostic.code, diagnostic.index) == ("unknown-shard", 1)
    assert diagnostic.message == (
        "'extra.safetensors' must be one of the 1 shards that 'l.safetensors.index.json' names"
    )


def test_a_config_may_begin_with_a_byte_order_mark(bench):
    bench.write("bom.json", "\ufeff" + (bench.folder / "llama.config.json").read_text())
    assert bench.export_with("bom", replaced(LLAMA, "--config", "bom.json")).exists()


@pytest.mark.parametrize(("flags", "name"), [(LLAMA, "model.norm.weight"), (BERT, "embeddings.LayerNorm.weight")])
def test_weights_that_are_no_numbers_are_named_before_anything_is_exported(bench, flags, name):
    state = state_of(bench, flags[flags.index("--weights") + 1].partition(".")[0])
    state[name] = torch.full_like(state[name], float("nan"))
    diagnostic = bench.refused_export(with_weights(bench, flags, "nan.safetensors", state))
    assert (diagnostic.code, diagnostic.attribute) == ("not-finite", "weights")
    assert diagnostic.notes == (f"{name} holds values that are not",)


def test_an_answer_that_a_dtype_does_not_hold_is_told_of_the_dtype(bench):
    state = {key: value * 300 for key, value in state_of(bench, "llama").items()}
    flags = with_weights(bench, LLAMA, "large.safetensors", state)
    diagnostic = bench.refused_export([*flags, "--dtype", "float16", "--attention", "sdpa"])
    assert (diagnostic.code, diagnostic.attribute) == ("not-finite", "dtype")
    assert diagnostic.message == "LlamaForCausalLM's own answer must be finite, is not with dtype = 'float16'"
