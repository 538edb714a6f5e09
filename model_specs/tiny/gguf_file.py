"""Writes a small Llama's config and weights as a GGUF file with blocks of every type that programs execute.

gguf_file.py CONFIG_JSON WEIGHTS_SAFETENSORS GGUF
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from safetensors.numpy import load_file

TYPES = {
    "attn_q": gguf.GGMLQuantizationType.Q4_0,
    "attn_k": gguf.GGMLQuantizationType.Q4_0,
    "token_embd": gguf.GGMLQuantizationType.Q8_0,
    "output": gguf.GGMLQuantizationType.Q8_0,
}
"""By a tensor's name in the file; the other matrices are Q4_1."""


def write_gguf(config: dict[str, Any], weights: dict[str, np.ndarray], target: Path) -> None:
    """Write the model into `target`."""
    writer = gguf.GGUFWriter(target, "llama")
    writer.add_vocab_size(config["vocab_size"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config.get("rms_norm_eps", 1e-6))
    add_tokenizer(writer, config)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config["num_hidden_layers"])
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    for name, found in sorted(weights.items()):
        stem = names.get_name(name.removesuffix(".weight"))
        kind = stem.rpartition(".")[2]
        tensor = in_pairs(found, heads[kind]) if kind in heads else found
        type_ = gguf.GGMLQuantizationType.F32 if tensor.ndim == 1 else TYPES.get(kind, gguf.GGMLQuantizationType.Q4_1)
        writer.add_tensor(f"{stem}.weight", gguf.quantize(tensor.astype(np.float32), type_), raw_dtype=type_)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_tokenizer(writer: gguf.GGUFWriter, config: dict[str, Any]) -> None:
    """Give the file a tokenizer: a token a byte, and one of two, for there must be a merge."""
    shown = [chr(code if chr(code).isprintable() and code != ord(" ") else 256 + code) for code in range(256)]
    shown[0] = shown[ord(" ")] + "t"
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(shown[: config["vocab_size"]])
    writer.add_token_types([gguf.TokenType.NORMAL] * config["vocab_size"])
    writer.add_token_merges([f"{shown[ord(' ')]} t"])
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])


def in_pairs(tensor: np.ndarray, heads: int) -> np.ndarray:
    """Return the rows in the sequence of the file: what is rotated together lies side by side."""
    rows, columns = tensor.shape
    return tensor.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


if __name__ == "__main__":
    write_gguf(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), load_file(sys.argv[2]), Path(sys.argv[3]))
