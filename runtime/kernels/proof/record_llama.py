"""Records calls of the operators of `llama`, with the answers of the package's library for export.

record_llama.py OUT

What the library computes in Half or BFloat16, or in chunks, is recorded from its definition in doubles instead.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from call import Call, Output, Tolerance
from calls_file import write_calls
from defined_calls import Calls, Numbers
from executorch.extension.llm.custom_ops import custom_ops, op_fallback  # noqa: F401 -- define them

OPS = torch.ops.llama
INT8 = torch.int8
NAMES = """
channelwise_gated_delta_rule custom_quantized_sdpa custom_sdpa fallback fast_hadamard_transform gated_delta_rule
sdpa_with_kv_cache update_cache update_cache_with_indices
"""
# Batch, rows, heads, key-value heads, head size, length, start.
CACHES = (
    (1, 1, 6, 3, 16, 70, 0),
    (1, 1, 6, 3, 16, 70, 69),
    (1, 7, 6, 3, 8, 70, 60),
    (2, 5, 4, 4, 20, 70, 64),
    (1, 18, 2, 2, 5, 20, 2),
)
EXACTNESS = {torch.float32: 3e-6, torch.float16: 2e-3, torch.bfloat16: 2e-2}


def caches(calls: Calls, numbers: Numbers) -> None:
    """Record update_cache and update_cache_with_indices."""
    dtypes = (torch.float32, torch.float16, INT8, torch.float64, torch.int64)
    for (batch, rows, _, heads, width, length, start), dtype in itertools.product(CACHES, dtypes):
        value, cache = (numbers.wholes(batch, at, heads, width, dtype=INT8).to(dtype) for at in (rows, length))
        after, unused = cache.clone(), Output(torch.zeros(1, dtype=dtype), torch.zeros(1, dtype=dtype))
        OPS.update_cache(value, after, start)
        calls.add("update_cache.out", {"value": value, "start_pos": start}, (Output(after, cache), unused))
        after = cache.clone()
        indices = numbers.wholes(batch, rows, dtype=torch.int64, least=0, most=length - 1)
        OPS.update_cache_with_indices(value, after, start, indices)
        given = {"value": value, "start_pos": start, "indices": indices}
        calls.add("update_cache_with_indices.out", given, (Output(after, cache), unused))


def attention(given: Mapping[str, Any]) -> torch.Tensor:
    """Return what custom_sdpa is defined to be, computed in doubles."""
    query, key, value = (given[name].double().transpose(1, 2) for name in ("query", "key", "value"))
    rows, length, start = query.shape[2], key.shape[2], given["start_pos"]
    mask = given["attn_mask"]
    if mask is None:
        last = torch.arange(start, start + rows) if given["is_causal"] else torch.full((rows,), start + rows - 1)
        mask = torch.zeros(rows, length).masked_fill(torch.arange(length) > last.unsqueeze(1), float("-inf"))
    several = [each.repeat_interleave(query.shape[1] // key.shape[1], 1) for each in (key, value)]
    scaled = torch.nn.functional.scaled_dot_product_attention
    return scaled(query, *several, attn_mask=mask.double(), scale=given["scale"]).transpose(1, 2).contiguous()


def attentions(calls: Calls, numbers: Numbers) -> None:
    """Record custom_sdpa, and with it sdpa_with_kv_cache."""
    for (batch, rows, heads, cache_heads, width, length, start), dtype in itertools.product(CACHES, EXACTNESS):
        query = numbers.floats(batch, rows, heads, width, by=1).to(dtype)
        key, value = (numbers.floats(batch, length, cache_heads, width, by=1).to(dtype) for _ in range(2))
        near = Tolerance(rtol=EXACTNESS[dtype], atol=EXACTNESS[dtype])
        for is_causal, mask, scale in (
            (True, None, None),
            (False, None, 0.3),
            (False, numbers.floats(rows, length), None),
        ):
            given = {"query": query, "key": key, "value": value, "start_pos": start, "attn_mask": mask}
            given |= {"is_causal": is_causal, "scale": scale}
            exact = dtype == torch.float32
            result = OPS.custom_sdpa(**given) if exact else attention(given).to(dtype)
            calls.add("custom_sdpa.out", given, result, near)
            if is_causal:
                updated(calls, numbers, given, near)


def updated(calls: Calls, numbers: Numbers, given: Mapping[str, Any], near: Tolerance) -> None:
    """Record sdpa_with_kv_cache: the same with rows that are written into the caches first."""
    query, caches = given["query"], (given["key"], given["value"])
    batch, rows, _, width = query.shape
    written = [numbers.floats(batch, rows, cache.shape[2], width, by=1).to(query.dtype) for cache in caches]
    after = [cache.clone() for cache in caches]
    for cache, new in zip(after, written, strict=True):
        cache[:, given["start_pos"] : given["start_pos"] + rows] = new
    result = attention({**given, "key": after[0], "value": after[1]}).to(query.dtype)
    outputs = (Output(after[0], caches[0]), Output(after[1], caches[1]), Output(result))
    whole = {**given, "key": written[0], "value": written[1], "seq_len": rows}
    calls.add("sdpa_with_kv_cache.out", whole, outputs, near)


def quantized_attentions(calls: Calls, numbers: Numbers) -> None:
    """Record custom_quantized_sdpa."""
    for (batch, rows, heads, cache_heads, width, length, start), third in itertools.product(CACHES, (False, True)):
        given: dict[str, Any] = {"start_pos": start, "is_seq_at_dim_2": third}
        for name, at, several in (("query", rows, heads), ("key", length, cache_heads), ("value", length, cache_heads)):
            sizes = (batch, several, at) if third else (batch, at, several)
            given[name] = numbers.wholes(*sizes, width, dtype=INT8)
            given[f"{name[0]}_scales"] = numbers.scales(*sizes, 1) / 8
            given[f"{name[0]}_zero_points"] = numbers.wholes(*sizes, 1, dtype=INT8, least=-9, most=9)
        near = Tolerance(rtol=2e-5, atol=2e-5)
        for is_causal, mask in ((True, None), (False, None), (False, numbers.floats(rows, length))):
            whole = {**given, "is_causal": is_causal, "attn_mask": mask}
            calls.add("custom_quantized_sdpa.out", whole, OPS.custom_quantized_sdpa(**whole), near)


def hadamard(calls: Calls, numbers: Numbers) -> None:
    """Record fast_hadamard_transform and fallback."""
    for width, sizes in itertools.product((1, 2, 8, 64, 28, 112), ((), (3,), (2, 0), (2, 3))):
        x = numbers.floats(*sizes, width)
        for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
            narrow = x.to(dtype)
            result = OPS.fast_hadamard_transform(narrow.double()).to(dtype)
            near = {torch.float64: 1e-6}.get(dtype) or EXACTNESS[dtype]
            calls.add("fast_hadamard_transform.out", {"mat": narrow}, result, Tolerance(rtol=near, atol=near))
            calls.add("fallback.out", {"input": narrow}, OPS.fallback(narrow))


def delta_rule(given: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what gated_delta_rule is defined to be, computed in doubles."""
    wide = {name: tensor.double() for name, tensor in given.items()}
    state, key = wide["initial_state"], wide["key"]
    decay = wide["decay"] if wide["decay"].dim() == 4 else wide["decay"].unsqueeze(-1).expand_as(key)
    outs = []
    for token in range(key.shape[2]):
        state = state * decay[:, :, token].unsqueeze(-1)
        seen = torch.einsum("bhkv,bhk->bhv", state, key[:, :, token])
        delta = (wide["value"][:, :, token] - seen) * wide["beta"][:, :, token].unsqueeze(-1)
        state = state + key[:, :, token].unsqueeze(-1) * delta.unsqueeze(-2)
        read = state.repeat_interleave(wide["query"].shape[1] // key.shape[1], 1)
        outs.append(torch.einsum("bhkv,bhk->bhv", read, wide["query"][:, :, token]))
    return torch.stack(outs, 2).float(), state.float()


def delta_rules(calls: Calls, numbers: Numbers) -> None:
    """Record gated_delta_rule by both names."""
    shapes = ((1, 1, 1, 1, 1, 1), (2, 4, 2, 4, 5, 6), (1, 3, 3, 35, 8, 70), (1, 2, 1, 9, 16, 130))
    for (batch, queries, heads, tokens, keys, values), is_scalar in itertools.product(shapes, (False, True)):
        given = {
            "query": numbers.floats(batch, queries, tokens, keys, by=1),
            "key": torch.nn.functional.normalize(numbers.floats(batch, heads, tokens, keys), dim=-1),
            "value": numbers.floats(batch, heads, tokens, values, by=1),
            "decay": numbers.scales(batch, heads, tokens, *([] if is_scalar else [keys])) * 5,
            "beta": numbers.scales(batch, heads, tokens) * 5,
            "initial_state": numbers.floats(batch, heads, keys, values, by=1),
        }
        for name in ("gated_delta_rule", "channelwise_gated_delta_rule"):
            calls.add(f"{name}.out", given, delta_rule(given), Tolerance(rtol=1e-4, atol=1e-5))


def recorded() -> Sequence[Call]:
    """Return all calls."""
    calls, numbers = Calls(getattr(OPS, name).out._schema for name in NAMES.split()), Numbers()
    for family in (caches, attentions, quantized_attentions, hadamard, delta_rules):
        family(calls, numbers)
    return calls.made


if __name__ == "__main__":
    write_calls(Path(sys.argv[1]), recorded())
