"""Exporting: each mistake in what a user declares, in one sentence with what must be and what is."""

from __future__ import annotations

import json
import pickle
from contextlib import nullcontext

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

import transformers
from workbench import LLAMA, MLP, Workbench, hub, replaced


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Workbench(tmp_path_factory.mktemp("mistakes"))


def test_an_unknown_architecture_names_the_nearest(bench):
    diagnostic = bench.refused_export(replaced(LLAMA, "--architecture", "LlamaForCausalLm"))
    assert (diagnostic.code, diagnostic.attribute) == ("unknown-architecture", "architecture")
    assert diagnostic.hint == "did you mean 'LlamaForCausalLM'?"


@pytest.mark.parametrize(
    ("architecture", "name", "task", "message", "nearest"),
    [
        ("BertModel", "bert", "text-generation",
         "needs a model that gives 'logits', BertModel gives 'last_hidden_state', 'pooler_output'", "BertLMHeadModel"),
        ("BertModel", "bert", "image-classification",
         "needs a model that takes 'pixel_values', BertModel takes 'input_ids'", None),
        ("LlamaForCausalLM", "llama", "feature-extraction",
         "needs a model that gives 'last_hidden_state', LlamaForCausalLM gives 'logits', 'past_key_values'",
         "LlamaModel"),
        ("T5Model", "t5", "feature-extraction",
         "needs a model that is an encoder or a decoder alone, T5Model is both", "T5EncoderModel"),
        ("ViTForImageClassification", "vit", "feature-extraction",
         "needs a model that takes 'input_ids', ViTForImageClassification takes 'pixel_values'", "ViTModel"),
    ],
    ids=["encoder-generates", "text-is-no-image", "decoder-embeds", "both-embed", "image-is-no-text"],
)  # fmt: skip
def test_a_task_of_another_model_names_what_it_needs(bench, architecture, name, task, message, nearest):
    if name == "t5":
        config = transformers.T5Config(vocab_size=256, d_model=64, d_kv=16, d_ff=128, num_layers=1, num_heads=4)
        bench.write_hub_model(name, config, architecture)
    diagnostic = bench.refused_export(hub(name, architecture, task))
    assert (diagnostic.code, diagnostic.attribute) == ("wrong-task", "task")
    assert diagnostic.message == f"'{task}' {message}"
    assert (nearest or "torch_model") in diagnostic.hint


def test_a_model_that_remembers_more_than_keys_and_values_is_refused(bench):
    config = transformers.Lfm2Config(
        vocab_size=256, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, layer_types=["conv", "full_attention"],
    )  # fmt: skip
    bench.write_hub_model("lfm2", config, "Lfm2ForCausalLM")
    diagnostic = bench.refused_export(hub("lfm2", "Lfm2ForCausalLM", "text-generation"))
    assert diagnostic.code == "unsupported-architecture"
    assert diagnostic.message.endswith("keys and values alone, Lfm2ForCausalLM has a LinearAttentionLayer")


def test_a_graph_that_answers_otherwise_than_its_model_is_refused(bench):
    config = transformers.GPTNeoConfig(
        vocab_size=256, hidden_size=64, num_layers=2, num_heads=4, attention_types=[[["global", "local"], 1]],
        window_size=16, max_position_embeddings=128,
    )  # fmt: skip
    bench.write_hub_model("neo", config, "GPTNeoForCausalLM")
    diagnostic = bench.refused_export(hub("neo", "GPTNeoForCausalLM", "text-generation", "--max-seq-len", "64"))
    assert diagnostic.code == "unfaithful-graph"
    assert "signal to noise is" in diagnostic.message


def test_a_graph_that_torch_cannot_write_is_refused_at_the_models_line(bench, monkeypatch):
    monkeypatch.setattr("export.encoders.broadcast_masks", nullcontext)
    config = transformers.Gemma3TextConfig(
        vocab_size=256, hidden_size=64, intermediate_size=128, num_hidden_layers=1, num_attention_heads=4, head_dim=16,
        num_key_value_heads=2, max_position_embeddings=64, use_bidirectional_attention=True,
    )  # fmt: skip
    bench.write_hub_model("mapped", config, "Gemma3TextModel")
    flags = hub("mapped", "Gemma3TextModel", "feature-extraction", "--max-seq-len", "16", "--dynamic-shapes", "false")
    diagnostic = bench.refused_export(flags)
    assert diagnostic.code == "export-failed"
    assert diagnostic.message.startswith("torch.export cannot write the graph of the model at transformers/")


def test_a_length_that_a_model_fixes_names_what_may_serve(bench):
    config = transformers.Llama4TextConfig(
        vocab_size=256, hidden_size=64, intermediate_size=128, intermediate_size_mlp=128, num_hidden_layers=1,
        num_attention_heads=4, num_key_value_heads=2, head_dim=16, num_local_experts=2, moe_layers=[0],
        attention_chunk_size=12, max_position_embeddings=64,
    )  # fmt: skip
    bench.write_hub_model("llama4", config, "Llama4ForCausalLM")
    diagnostic = bench.refused_export(hub("llama4", "Llama4ForCausalLM", "text-generation"))
    assert diagnostic.code == "fixed-dimension"
    assert diagnostic.hint == "`dynamic_shapes = false` may serve: the program then reads one token a call"


def test_a_length_that_a_models_own_attention_fixes_names_what_may_serve(bench):
    config = transformers.MptConfig(d_model=64, n_heads=4, n_layers=1, vocab_size=256, max_seq_len=32)
    bench.write_hub_model("mpt", config, "MptForCausalLM")
    flags = hub("mpt", "MptForCausalLM", "text-generation")
    diagnostic = bench.refused_export(flags)
    assert diagnostic.code == "export-failed"
    assert "transformers/models/mpt/modeling_mpt.py:" in diagnostic.message
    assert diagnostic.hint == "`dynamic_shapes = false` may serve: the program then reads one token a call"
    bench.export_with("mpt", [*flags, "--dynamic-shapes", "false"])
    diagnostic = bench.refused_export([*flags, "--max-seq-len", "64"])
    assert diagnostic.message == "'max_seq_len' must be at most 32, the model's max_seq_len, is 64"


@pytest.mark.parametrize(
    "values",
    [{"hidden_size": "64"}, {"num_attention_heads": 0}, {"hidden_act": "none such"}, {"rope_parameters": 3}],
    ids=["text", "zero", "unknown-name", "no-table"],
)
def test_a_config_that_makes_no_model_is_refused(bench, values):
    diagnostic = bench.refused_export(bench.llama_with("odd.json", **values))
    assert (diagnostic.code, diagnostic.attribute) == ("wrong-config", "config")


def test_a_name_that_transformers_does_not_know_is_shown_with_the_line_that_looks_it_up(bench):
    message = bench.refused_export(bench.llama_with("act.json", hidden_act="foo")).message
    assert message.startswith(
        "the config does not build a LlamaForCausalLM: KeyError: 'foo' at transformers/activations.py:"
    )


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


@pytest.mark.parametrize("own", [{"model_type": "mine"}, {"architecture": "MineForCausalLM"}], ids=["type", "class"])
def test_a_model_with_remote_code_is_refused(bench, own):
    architecture = own.pop("architecture", "LlamaForCausalLM")
    flags = bench.llama_with("remote.json", auto_map={"AutoModel": "modeling.Mine"}, **own)
    diagnostic = bench.refused_export(replaced(flags, "--architecture", architecture))
    assert (diagnostic.code, diagnostic.notes) == ("remote-code", ("modeling.Mine",))


def test_code_beside_a_model_that_transformers_has_is_passed_over(bench):
    flags = bench.llama_with("both.json", auto_map={"AutoModelForCausalLM": "modeling.Mine"})
    assert bench.export_with("both", flags).exists()


def test_a_sequence_longer_than_the_model_is_refused(bench):
    diagnostic = bench.refused_export(replaced(LLAMA, "--max-seq-len", "256"))
    assert diagnostic.message == "'max_seq_len' must be at most 128, the model's max_position_embeddings, is 256"


def test_positions_that_stand_for_padding_are_no_part_of_a_sequence(bench):
    config = transformers.RobertaConfig(
        vocab_size=256, hidden_size=64, intermediate_size=128, num_hidden_layers=1, num_attention_heads=4,
        max_position_embeddings=66, pad_token_id=1,
    )  # fmt: skip
    bench.write_hub_model("roberta", config, "RobertaModel")
    flags = hub("roberta", "RobertaModel", "feature-extraction")
    diagnostic = bench.refused_export([*flags, "--max-seq-len", "66"])
    assert (diagnostic.code, diagnostic.attribute) == ("sequence-too-long", "max_seq_len")
    assert diagnostic.message == "'max_seq_len' must be at most 64, the model's positions without 2 for padding, is 66"
    module = torch.export.load(bench.export_with("roberta", flags)).module()
    longest = torch.full((1, 64), 5)
    assert module(input_ids=longest, attention_mask=torch.ones_like(longest)).shape == (1, 64)
    facts = json.loads((bench.folder / "roberta.json").read_text())
    assert facts["constant_methods"]["get_max_seq_len"] == 64


@pytest.mark.parametrize(
    ("attribute", "count", "message"),
    [
        ("example_input_ids", 65, "must hold 2 to 64 tokens, holds 65"),
        ("example_input_ids", 1, "must hold 2 to 64 tokens, holds 1"),
        ("example_input_ids", 0, "must hold 2 to 64 tokens, holds 0"),
        ("example_cache_position", 2, "must hold 3 positions, holds 2"),
    ],
)
def test_examples_of_tokens_are_refused_at_the_attribute_that_is_given(bench, attribute, count, message):
    diagnostic = bench.refused_export([*LLAMA, f"--{attribute.replace('_', '-')}", json.dumps(list(range(count)))])
    assert (diagnostic.code, diagnostic.attribute) == ("inputs-do-not-fit", attribute)
    assert diagnostic.message == f"'{attribute}' {message}"


def test_transformers_wrapper_is_traced_strictly(bench):
    flags = ["--wrapper", "transformers", "--attention", "sdpa", "--logits", "all", "--strict", "false"]
    diagnostic = bench.refused_export([*LLAMA, *flags])
    assert (diagnostic.code, diagnostic.attribute) == ("unsupported-option", "strict")


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
    assert diagnostic.notes == ("at raises.py:2:5: raise ValueError('no such size')",)


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
