"""Writes the config and seeded weights of a small transformers model, as a published one comes.

transformers_models.py llama|bert|vit CONFIG_JSON WEIGHTS_SAFETENSORS
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).absolute().parent))

import transformers
from modules import seeded
from safetensors.torch import save_file

SIZES: dict[str, Any] = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
TEXT: dict[str, Any] = {**SIZES, "vocab_size": 256, "max_position_embeddings": 128}
TOKENS: dict[str, Any] = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}

MODELS: dict[str, tuple[str, Any]] = {
    "llama": ("LlamaForCausalLM", transformers.LlamaConfig(**TEXT, **TOKENS, num_key_value_heads=2)),
    "bert": ("BertModel", transformers.BertConfig(**TEXT)),
    "vit": ("ViTForImageClassification", transformers.ViTConfig(**SIZES, image_size=32, patch_size=8, num_labels=10)),
}
"""Architecture and config of each."""


def write_model(name: str, config_file: Path, weights_file: Path) -> None:
    """Write the config and the weights of the model called `name`."""
    architecture, config = MODELS[name]
    model = seeded(getattr(transformers, architecture)(config))
    values = {**config.to_diff_dict(), "architectures": [architecture]}
    config_file.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    save_file({key: tensor.contiguous() for key, tensor in sorted(model.state_dict().items())}, weights_file)


if __name__ == "__main__":
    write_model(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
