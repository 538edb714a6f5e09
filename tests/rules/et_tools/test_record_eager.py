"""Recording what a model says in eager: the tokens that transformers generates, and the logits that choose them."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("executorch.exir")
pytestmark = pytest.mark.torch

import transformers
from safetensors.torch import load_file
from workbench import Workbench

from check.record_eager import main

FLAGS = ["--reference", "eager.safetensors", "--tokens", "12"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Workbench(tmp_path_factory.mktemp("eager"))


def model_flags(name: str, architecture: str) -> list[str]:
    files = ["--config", f"{name}.config.json", "--weights", f"{name}.safetensors"]
    return ["--kind", "hf_model", "--architecture", architecture, *files]


def test_tokens_and_logits_are_those_of_generate(bench):
    bench.run(main, [*FLAGS, *model_flags("llama", "LlamaForCausalLM")])
    recorded = load_file(bench.folder / "eager.safetensors")
    config = transformers.AutoConfig.for_model(**json.loads((bench.folder / "llama.config.json").read_text()))
    model = transformers.LlamaForCausalLM._from_config(config, attn_implementation="sdpa").eval()
    model.load_state_dict(load_file(bench.folder / "llama.safetensors"))
    prompt = recorded["input_ids"]
    made = model.generate(prompt, do_sample=False, max_new_tokens=12, min_new_tokens=12)
    assert made[0, prompt.shape[1] :].tolist() == recorded["tokens"].tolist()
    with torch.no_grad():
        whole = model(made[:, :-1]).logits[0, prompt.shape[1] - 1 :]
    torch.testing.assert_close(recorded["logits"], whole, atol=1e-5, rtol=1e-4)


def test_a_model_that_gives_no_logits_is_refused(bench):
    [diagnostic] = bench.refused(main, [*FLAGS, *model_flags("bert", "BertModel")])
    assert (diagnostic.code, diagnostic.message) == (
        "not-a-decoder",
        "BertModel gives no logits: it does not generate text",
    )
