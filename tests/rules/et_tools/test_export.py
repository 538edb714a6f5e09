"""Exporting: every kind of model and weight file, the same answers as the model's own, and the facts beside it."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

import transformers
from safetensors.torch import load_file, save_file
from workbench import BERT, LLAMA, VIT, Workbench, hub

from check.measure import main as measure
from lower import lower_portable


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Workbench(tmp_path_factory.mktemp("export"))


def module_of(graph):
    return torch.export.load(graph).module()


def reference(bench, architecture, name):
    config = transformers.AutoConfig.for_model(**json.loads((bench.folder / f"{name}.config.json").read_text()))
    model = getattr(transformers, architecture)._from_config(config, attn_implementation="eager").eval()
    model.load_state_dict(load_file(bench.folder / f"{name}.safetensors"))
    return model


@pytest.mark.parametrize("attention", ["custom_sdpa", "sdpa", "eager"])
def test_a_decoder_continues_a_sequence_as_the_model_does(bench, attention):
    graph = bench.export_with(f"llama_{attention}", [*LLAMA, "--attention", attention, "--logits", "all"])
    tokens = torch.tensor([[5, 17, 99, 3, 42, 7]])
    with torch.no_grad():
        expected = reference(bench, "LlamaForCausalLM", "llama")(tokens).logits
        decoder = module_of(graph)
        first = decoder(input_ids=tokens[:, :4], cache_position=torch.arange(4))
        rest = [decoder(input_ids=tokens[:, i : i + 1], cache_position=torch.tensor([i])) for i in (4, 5)]
    torch.testing.assert_close(torch.cat([first, *rest], 1), expected, atol=1e-5, rtol=1e-4)


def test_transformers_wrapper_gives_the_same_logits(bench):
    flags = ["--wrapper", "transformers", "--attention", "sdpa", "--logits", "all"]
    graph = bench.export_with("llama_transformers", [*LLAMA, *flags])
    tokens = torch.tensor([[5, 17, 99, 3]])
    with torch.no_grad():
        actual = module_of(graph)(input_ids=tokens, cache_position=torch.arange(4))
        expected = reference(bench, "LlamaForCausalLM", "llama")(tokens).logits
    torch.testing.assert_close(actual, expected, atol=1e-5, rtol=1e-4)


def test_the_longest_sequence_fills_the_cache(bench):
    graph = bench.export_with("llama_full", LLAMA)
    output = module_of(graph)(input_ids=torch.ones(1, 64, dtype=torch.long), cache_position=torch.arange(64))
    assert output.shape == (1, 1, 256)


def test_a_token_stands_at_the_last_place_of_the_cache_and_none_behind_it(bench):
    bench.export_with("short", [*LLAMA, "--max-seq-len", "16"])
    decoder = module_of(bench.folder / "short.pt2")
    decoder(input_ids=torch.ones(1, 1, dtype=torch.long), cache_position=torch.tensor([15]))
    for start, count in ((15, 2), (16, 1)):
        with pytest.raises(RuntimeError, match="Runtime assertion failed for expression"):
            decoder(input_ids=torch.ones(1, count, dtype=torch.long), cache_position=torch.arange(start, start + count))
    bench.lower(lower_portable, "short")
    files = ["--pte", "short.pte", "--graph", "short.pt2", "--facts", "short.json", "--output", "measure.json"]
    bench.run(measure, [*files, "--task", "text-generation"])
    against = json.loads((bench.folder / "measure.json").read_text())["against_graph"]
    assert (against["tokens_equal"], against["tokens"]) == (9, 9)  # After eight, and one that is not fed again.


def test_an_embedding_is_the_normalised_mean_of_the_tokens_that_count(bench):
    graph = bench.export_with("bert_pooled", BERT)
    tokens, mask = torch.tensor([[5, 6, 7, 0]]), torch.tensor([[1, 1, 1, 0]])
    with torch.no_grad():
        hidden = reference(bench, "BertModel", "bert")(tokens, attention_mask=mask).last_hidden_state
        expected = torch.nn.functional.normalize(hidden[:, :3].mean(1), dim=1)
        torch.testing.assert_close(module_of(graph)(input_ids=tokens, attention_mask=mask), expected)


def test_an_image_classifier_gives_the_models_logits(bench):
    graph = bench.export_with("vit", VIT)
    image = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        expected = reference(bench, "ViTForImageClassification", "vit")(image).logits
        torch.testing.assert_close(module_of(graph)(pixel_values=image), expected)


def test_facts_say_what_a_runner_must_know(bench):
    bench.export_with("llama_facts", LLAMA)
    facts = json.loads((bench.folder / "llama_facts.json").read_text())
    assert [each["name"] for each in facts["inputs"]] == ["input_ids", "cache_position"]
    assert facts["inputs"][0]["shape"] == [1, [0, 64]]
    constants = facts["constant_methods"]
    assert constants["get_max_seq_len"] == 64
    assert constants["get_eos_ids"] == [2]
    assert constants["use_sdpa_with_kv_cache"] is True


def test_shards_and_torch_files_give_the_graph_of_a_single_file(bench):
    state = load_file(bench.folder / "llama.safetensors")
    names = sorted(state)
    save_file({key: state[key] for key in names[::2]}, bench.folder / "s-1.safetensors")
    save_file({key: state[key] for key in names[1::2]}, bench.folder / "s-2.safetensors")
    where = {key: f"s-{1 + index % 2}.safetensors" for index, key in enumerate(names)}
    bench.write("s.safetensors.index.json", json.dumps({"weight_map": where}))
    torch.save(state, bench.folder / "state.bin")
    one = bench.export_with("single", LLAMA).read_bytes()
    head = [*LLAMA[: LLAMA.index("--weights")], *LLAMA[LLAMA.index("--weights") + 2 :]]
    shards = ["s.safetensors.index.json", "s-1.safetensors", "s-2.safetensors"]
    assert bench.export_with("sharded", [*head, *(x for s in shards for x in ("--weights", s))]).read_bytes() == one
    assert bench.export_with("torch_file", [*head, "--weights", "state.bin"]).read_bytes() == one


SMALL = {
    "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 256,
    "num_key_value_heads": 4, "max_position_embeddings": 128,
}  # fmt: skip


def decoder_facts(bench, name, architecture, config, length=64):
    bench.write_hub_model(name, config, architecture)
    bench.export_with(name, hub(name, architecture, "text-generation", "--max-seq-len", str(length)))
    return json.loads((bench.folder / f"{name}.json").read_text())


def test_attention_that_custom_sdpa_cannot_compute_falls_back_and_says_so(bench):
    config = transformers.Gemma2Config(**SMALL, head_dim=16, sliding_window=16)
    facts = decoder_facts(bench, "gemma2", "Gemma2ForCausalLM", config)
    assert facts["attention"] == "eager"
    assert [each["from"] for each in facts["fallbacks"]] == ["custom_sdpa", "sdpa"]


def test_a_sliding_window_is_named_as_the_reason_of_a_fallback(bench):
    config = transformers.MistralConfig(**SMALL, sliding_window=16)
    [fallback] = decoder_facts(bench, "mistral", "MistralForCausalLM", config)["fallbacks"]
    assert fallback["why"] == "custom_sdpa does not compute a sliding window of 16 tokens"


def test_attention_of_a_models_own_that_reads_the_cache_falls_back(bench):
    config = transformers.BloomConfig(vocab_size=256, hidden_size=64, n_layer=2, n_head=4)
    facts = decoder_facts(bench, "bloom", "BloomForCausalLM", config)
    assert facts["attention"] == "sdpa"
    [fallback] = facts["fallbacks"]
    assert fallback["why"].startswith("with it the graph does not answer as the model does: signal to noise is ")


def test_a_graph_that_refuses_a_position_falls_back(bench):
    facts = decoder_facts(bench, "two", "LlamaForCausalLM", transformers.LlamaConfig(**SMALL), length=2)
    [fallback] = facts["fallbacks"]
    assert "it refuses what the model reads" in fallback["why"]


def test_a_cache_has_the_shape_of_what_each_layer_remembers(bench):
    config = transformers.DeepseekV3Config(
        **SMALL, moe_intermediate_size=32, n_routed_experts=4, n_group=2, topk_group=1,
        num_experts_per_tok=2, n_shared_experts=1, first_k_dense_replace=1, q_lora_rank=16, kv_lora_rank=24,
        qk_rope_head_dim=8, qk_nope_head_dim=8, v_head_dim=16,
    )  # fmt: skip
    decoder_facts(bench, "latent", "DeepseekV3ForCausalLM", config)
    buffers = dict(module_of(bench.folder / "latent.pt2").named_buffers())
    assert (buffers["key_cache_0"].shape[-1], buffers["value_cache_0"].shape[-1]) == (24, 8)
    assert not any(buffers[name].any() for name in buffers if "cache" in name)


def test_tokens_that_a_text_model_is_traced_with_differ(bench):
    [_, inputs] = torch.export.load(bench.export_with("traced", BERT)).example_inputs
    assert len(set(inputs["input_ids"].flatten().tolist())) > 1
    assert {each.stride() for each in inputs.values()} == {(5, 1)}


@pytest.mark.parametrize("dynamic", ["true", "false"])
def test_masks_that_transformers_maps_over_places_are_exported(bench, dynamic):
    config = transformers.Gemma3TextConfig(
        **SMALL, head_dim=16, sliding_window=8, layer_types=["sliding_attention", "full_attention"],
        use_bidirectional_attention=True,
    )  # fmt: skip
    bench.write_hub_model("gemma", config, "Gemma3TextModel")
    flags = hub("gemma", "Gemma3TextModel", "feature-extraction", "--max-seq-len", "32", "--dynamic-shapes", dynamic)
    program = module_of(bench.export_with(f"gemma_{dynamic}", flags))
    tokens = torch.randint(0, 256, (1, 32), generator=torch.Generator().manual_seed(1))
    mask = (torch.arange(32) < 24).long()[None]
    with torch.no_grad():
        own = transformers.Gemma3TextModel._from_config(config, attn_implementation="eager").eval()
        own.load_state_dict(load_file(bench.folder / "gemma.safetensors"))
        hidden = own(tokens, attention_mask=mask).last_hidden_state
        expected = torch.nn.functional.normalize(hidden[:, :24].mean(1), dim=1)
        torch.testing.assert_close(program(input_ids=tokens, attention_mask=mask), expected, atol=1e-5, rtol=1e-4)


def test_weights_born_channels_last_are_straightened(bench):
    bench.write(
        "nhwc.py",
        """
import torch
def make():
    conv = torch.nn.Conv2d(4, 8, 1)
    conv.weight = torch.nn.Parameter(torch.rand(1, 1, 4, 8).permute(3, 2, 0, 1))
    return conv
""",
    )
    flags = ["--kind", "torch_model", "--entry", "nhwc.py:make", "--example-inputs", '[{"shape":[1,4,6,6]}]']
    program = torch.export.load(bench.export_with("nhwc", flags))
    assert program.state_dict["weight"].stride() == (4, 1, 1, 1)


def test_a_dimension_declared_dynamic_takes_other_sizes(bench):
    flags = ["--kind", "torch_model", "--entry", "batch.py:make", "--example-inputs", '[{"shape":[2,4]}]']
    bench.write("batch.py", "import torch\ndef make():\n    return torch.nn.Linear(4, 3)\n")
    graph = bench.export_with("batch", [*flags, "--dynamic-shapes", '{"0":{"0":[1,8]}}'])
    assert module_of(graph)(torch.rand(7, 4)).shape == (7, 3)


def test_a_graph_made_elsewhere_is_taken_and_a_source_transform_applied(bench):
    bench.write(
        "double.py",
        """
import torch
class Double(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
    def forward(self, x):
        return 2 * self.inner(x)
def double(module):
    return Double(module)
def make():
    return torch.nn.Identity()
""",
    )
    flags = ["--kind", "torch_model", "--entry", "double.py:make", "--example-inputs", '[{"shape":[4]}]']
    graph = bench.export_with("doubled", [*flags, "--source-transform", "double.py:double"])
    again = bench.export_with("taken", ["--kind", "pt2_model", "--pt2", graph.name])
    assert torch.equal(module_of(again)(torch.ones(4)), torch.full((4,), 2.0))


def test_no_path_of_this_machine_is_in_a_graph(bench):
    graph = bench.export_with("paths", BERT).read_bytes()
    assert str(bench.folder).encode() not in graph
    assert b"/site-packages/" not in graph
